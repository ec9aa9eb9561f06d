/** `npm run test:nspawn`: the packages, and their updates, on a Debian booted in a container. */
import { spawnSync } from "node:child_process"
import { parseArgs } from "node:util"
import { environment } from "../config.ts"

const FILES = ["images/nspawn/packages.test.ts", "images/nspawn/update-check.ts"]
const FULL_FILES = [
  "images/package/lintian-check.ts",
  ...FILES,
  "images/nspawn/debian-check.ts",
  "images/nspawn/agent-update-check.ts",
  "images/nspawn/two-agents-check.ts",
  "images/nspawn/update-series-check.ts",
  "images/nspawn/update-disk-check.ts",
  "images/nspawn/update-page-check.ts",
  "images/nspawn/restore-check.ts",
  "images/nspawn/ansible-check.ts",
]
const HELP = `npm run test:nspawn [-- OPTIONS]

Installs the packages of this checkout on a Debian booted in a container, and updates them: some
minutes. Needs root, mmdebstrap and systemd-nspawn.
ISPVM_TEST_RELEASE=bookworm: on Debian 12.

--full      also lintian, Debian packages from signed bundles and from Debian's mirror, more
            faults, updates of an agent, a backup restored on a fresh Debian, the Ansible roles, and
            an update that is killed 30 times
--kills N   killed N times
--seed N    the moments of a run before, as it printed them
`

const options = {
  full: { type: "boolean" },
  kills: { type: "string" },
  seed: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const

const main = (): number => {
  const { values } = parseArgs({ options })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const files = values.full === true ? FULL_FILES : FILES
  const { status } = spawnSync(process.execPath, ["--test", "--test-isolation=none", ...files], {
    stdio: "inherit",
    env: {
      ...environment(),
      ISPVM_TEST_ALONE: "1",
      ...(values.full === true ? { ISPVM_TEST_FULL: "1" } : {}),
      ...(values.kills === undefined ? {} : { ISPVM_TEST_KILLS: values.kills }),
      ...(values.seed === undefined ? {} : { ISPVM_TEST_SEED: values.seed }),
    },
  })
  return status ?? 1
}
process.exitCode = main()
