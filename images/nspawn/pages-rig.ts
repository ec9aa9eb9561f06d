/** The machines on which the commands of pages are run: an appliance, an agent's, a fresh one. */
import { execFileSync, spawnSync } from "node:child_process"
import { createPublicKey } from "node:crypto"
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { z } from "zod"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { type Container, installPackages, SEARCH_PATH, startContainer } from "./container.ts"
import { otherVersion } from "./debian-packages.ts"
import { mountOverlay, unmount } from "./overlay.ts"
import { type Api, apiOf, PERSON } from "./restore-api.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { builtVersion, type Derived, newKey } from "./update-bundles.ts"

export const PAGES = ["install", "backup", "update"] as const
export type Name = (typeof PAGES)[number]

/** By a page an update needs a clock that follows a time server, which that of a container never does. */
const CLOCK =
  '#!/bin/sh\n[ "$1" = show ] && exec echo yes\nexec /usr/bin/timedatectl.of-debian "$@"\n'
/** What pages use besides what the packages need. */
const PROGRAMS = ["genisoimage", "age", "zstd", "apt-utils"]
const MAIN = join(import.meta.dirname, "../package/main.ts")
const OLD_PACKAGE = "tzdata"
const EXECUTABLE = "ispvm-agent-*-linux-amd64"

const Status = z.object({ setupCode: z.string().nullable(), fingerprint: z.string().nullable() })
export type Machine = Pick<Container, "root" | "run" | "tryRun">
export type PagesRig = {
  readonly appliance: Container
  readonly agent: Container
  readonly fresh: Container
  /** Of the appliance, as its agents reach it. */
  readonly address: string
  /** The version of the packages. */
  readonly first: string
  readonly derived: Derived
  readonly statusOf: (machine: Machine) => z.infer<typeof Status>
  readonly isReadyAt: (machine: Container) => boolean
  readonly isReady: () => boolean
  /** Into the folder in which commands are run. */
  readonly bringPackages: (machine: Machine) => void
  /** The key of the releases that the test makes. */
  readonly trustKey: () => void
  readonly setUp: () => void
  readonly sshKey: () => string
  readonly tokenFor: (agent: string) => string
  readonly isReporting: (agent: string) => boolean
  readonly buildExecutable: () => string
  /** Daily, to this folder, with a key of its own. */
  readonly storeBackupsIn: (path: string) => void
  readonly backupKey: () => string
  readonly installOldPackage: () => void
  /** Null: there is no mirror in reach. */
  readonly besideMirror: <T>(use: (machine: Machine) => T) => T | null
  readonly stop: () => Promise<void>
}

const prepare = (root: string): void => {
  const program = join(root, "usr/bin/timedatectl")
  copyFileSync(program, `${program}.of-debian`)
  writeFileSync(program, CLOCK, { mode: 0o755 })
}

/** A machine in reach of Debian's archive: the network is that of this one. */
const besideMirror =
  (base: string, work: string, built: string, first: string): PagesRig["besideMirror"] =>
  (use) => {
    const folder = join(work, "mirror")
    mkdirSync(folder)
    const { root } = mountOverlay(folder, [base])
    try {
      const tryRun: Machine["tryRun"] = (...command) => {
        const args = [root, "env", "-i", `PATH=${SEARCH_PATH}`, "LC_ALL=C.UTF-8", ...command]
        const { status, stdout, stderr } = spawnSync("chroot", args, { encoding: "utf8" })
        return { code: status ?? -1, stdout, stderr }
      }
      const run: Machine["run"] = (...command) => {
        const { code, stdout, stderr } = tryRun(...command)
        if (code !== 0) throw new Error(`${command.join(" ")} exited ${code}: ${stderr}`)
        return stdout
      }
      installPackages(root, [join(built, `ispvm_${first}_amd64.deb`)])
      for (const file of ["etc/hosts", "etc/resolv.conf"].filter((each) =>
        existsSync(`/${each}`),
      )) {
        rmSync(join(root, file), { force: true })
        copyFileSync(`/${file}`, join(root, file))
      }
      if (tryRun("apt-get", "--quiet", "--error-on=any", "update").code !== 0) return null
      return use({ root, run, tryRun })
    } finally {
      unmount(root)
    }
  }

const statusOf: PagesRig["statusOf"] = ({ tryRun }) =>
  Status.parse(JSON.parse(tryRun("ispvm", "status", "--json").stdout))

const isReadyAt: PagesRig["isReadyAt"] = ({ curl, url }) =>
  curl("--output", "/dev/null", "--fail", "--max-time", "2", `${url}/readyz`).code === 0

type Files = "bringPackages" | "trustKey" | "sshKey" | "buildExecutable" | "installOldPackage"
const filesOf = (
  { run, root }: Container,
  base: string,
  { built, work, key }: Derived,
): Pick<PagesRig, Files> => ({
  bringPackages: (machine) => {
    for (const file of globSync(join(built, "*_amd64.deb")))
      copyFileSync(file, join(machine.root, "root", basename(file)))
  },
  trustKey: () => {
    const pem = createPublicKey(key.key).export({ type: "spki", format: "pem" })
    mkdirSync(join(root, "etc/ispvm/trust.d"), { recursive: true })
    writeFileSync(join(root, "etc/ispvm/trust.d/test.pem"), pem)
  },
  sshKey: () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(work, "ssh")])
    return readFileSync(join(work, "ssh.pub"), "utf8").split(" ")[1] ?? ""
  },
  buildExecutable: () => {
    const given = globSync(join(built, EXECUTABLE))[0]
    if (given !== undefined) return given
    const out = join(work, "executable")
    const options = ["--arch", "amd64", "--only", "agent-executable", "--quick"]
    execFileSync(process.execPath, [MAIN, "--out", out, ...options], { stdio: "ignore" })
    const [file] = globSync(join(out, EXECUTABLE))
    if (file === undefined) throw new Error("no executable was built")
    return file
  },
  installOldPackage: () => {
    const old = otherVersion({ work, base, name: OLD_PACKAGE, version: () => "2000a-1" })
    copyFileSync(old, join(root, "root/old.deb"))
    run("dpkg", "--install", "/root/old.deb")
  },
})

type Account = "setUp" | "tokenFor" | "isReporting" | "storeBackupsIn" | "backupKey"
const accountOf = (appliance: Container, work: string): Pick<PagesRig, Account> => {
  const api: Api = apiOf(appliance, work)
  const secrets = { backup: "" }
  return {
    setUp: () => {
      const { setupCode } = statusOf(appliance)
      api.send("POST", "/setup", { setupCode, organisation: "Test ISP", ...PERSON })
    },
    tokenFor: (name) => {
      const id = api.add("/agents", { name, siteId: null, deviceId: null })
      const answer = api.send("POST", `/agents/${id}/token`, {})
      return z.object({ token: z.string() }).parse(answer).token
    },
    isReporting: (name) => api.agent(name)?.lastSeenAtMs != null,
    storeBackupsIn: (path) => {
      const { identity } = z
        .object({ identity: z.string() })
        .parse(api.send("POST", "/backup/key", {}))
      secrets.backup = identity
      const settings = { frequency: "daily", hourUtc: 2, keepCount: 2, keepDays: 30 }
      api.send("PUT", "/backup/settings", { ...settings, target: { kind: "directory", path } })
    },
    backupKey: () => secrets.backup,
  }
}

const start = async (): Promise<PagesRig> => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-pages-"))
  const built = join(work, "built")
  packagesInto(built)
  const first = builtVersion(built)
  const base = ensureRoot("trixie", (text) => console.log(text), PROGRAMS)
  const boot = async (near?: { readonly namespace: string; readonly number: number }) =>
    await startContainer({
      ...{ name: "doc", base: [base], prepare },
      ...(near === undefined ? {} : { near }),
    })
  const appliance = await boot()
  const { namespace, url } = appliance
  const agent = await boot({ namespace, number: 1 })
  const fresh = await boot({ namespace, number: 2 })
  const derived = { built, work, key: newKey() }
  return {
    ...{ appliance, agent, fresh, first, derived, statusOf, isReadyAt },
    address: new URL(url).hostname,
    isReady: () => isReadyAt(appliance),
    ...filesOf(appliance, base, derived),
    ...accountOf(appliance, work),
    besideMirror: besideMirror(base, work, built, first),
    stop: async () => {
      await fresh.stop()
      await agent.stop()
      await appliance.stop()
      rmSync(work, { recursive: true, force: true })
    },
  }
}

/** The checks of the pages, in order, on machines that the first of them starts. */
export const pagesChecks = () => {
  const reason = reasonToSkip() ?? reasonNotToBuild()
  if (reason !== null) console.log(`no command of a page was run: ${reason}`)
  let started: Promise<PagesRig> | undefined
  after(async () => {
    const rig = await started?.catch(() => undefined)
    await rig?.stop()
  })
  return (name: string, run: (rig: PagesRig, t: TestContext) => void | Promise<void>): void =>
    void test(`pages: ${name}`, { skip: reason ?? false }, async (t) => {
      started ??= start()
      await run(await started, t)
    })
}
