/**
 * `npm run test:runbooks`: an appliance installed from its packages gets each trouble that a page of
 * docs/runbooks is about. The commands are read from the page and run as they are written. Its own
 * health check sees the trouble before, and is ok afterwards.
 */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { reasonNotToBuild } from "../package/can-build.ts"
import { packagesInto } from "../package/for-tests.ts"
import { ensureRoot, reasonToSkip } from "./root.ts"
import { type Command, commandsOf, runbookNames } from "./runbook-page.ts"
import { DATA, type RunbookRig, startRunbookRig } from "./runbook-rig.ts"
import {
  AGENT_OFFLINE,
  BACKUP_FAILING,
  CERTIFICATE_EXPIRY,
  CLOCK_WRONG,
  DATABASE_DOWN,
  DISK_FULL,
  FACTORY_RESET,
  failedUpdate,
  INGEST_BACKLOG,
  NOTIFICATIONS_FAILING,
  RESTORE,
  type Scenario,
  SLOW_APPLIANCE,
  SMALL,
} from "./runbook-scenarios.ts"
import { deriveBundle } from "./update-bundles.ts"

const GOOD = "0.2.0"
const BAD = "0.3.0"
const VERIFY_MS = 420_000
const POLL_MS = 1_000
/** They show a trouble by their exit code. */
const SHOWS_TROUBLE = /^(?:systemctl status|ispvm status)\b/

const reason = reasonToSkip() ?? reasonNotToBuild()
const work = mkdtempSync(join(tmpdir(), "ispvm-runbooks-"))
let started: Promise<RunbookRig> | undefined
const built = join(work, "built")
const start = async (): Promise<RunbookRig> => {
  packagesInto(built)
  const packages = readdirSync(built)
    .filter((name) => name.endsWith("_amd64.deb"))
    .map((name) => join(built, name))
  const base = ensureRoot("trixie", (text) => console.log(text), ["chrony"])
  return await startRunbookRig(base, packages, work)
}
after(async () => {
  const rig = await started?.catch(() => undefined)
  await rig?.container.stop()
  rmSync(work, { recursive: true, force: true })
})

const followed = new Set<string>()
const it = (
  page: string,
  symptom: string,
  run: (rig: RunbookRig, t: TestContext) => Promise<void>,
): void =>
  void test(`runbook ${page}: ${symptom}`, { skip: reason ?? false }, async (t) => {
    started ??= start()
    await run(await started, t)
    followed.add(page)
  })

const isBad = (rig: RunbookRig, { check, code, isBad: own }: Scenario): boolean => {
  if (own !== undefined) return own(rig)
  const found = check === null ? null : rig.check(check)
  return found?.code === code && ["warning", "critical"].includes(found?.state ?? "")
}
const isGood = (rig: RunbookRig, { check, isGood: own }: Scenario): boolean =>
  own?.(rig) ?? (check !== null && rig.check(check)?.state === "ok")

/** As it is written; only an answer that it waits for is added. */
const typed = ({ answers = {} }: Scenario, line: string): string =>
  answers[line] === undefined ? line : `echo "${answers[line]}" | ${line}`

const runCommand = async (
  rig: RunbookRig,
  scenario: Scenario,
  { section, line }: Command,
  t: TestContext,
): Promise<void> => {
  const why = scenario.notRun?.[line]
  if (why !== undefined) {
    t.diagnostic(`${section}: ${line}: not run: ${why}`)
    return
  }
  await scenario.before?.[`${section}: ${line}`]?.(rig)
  // Nobody looks only once whether it has worked.
  const endMs = performance.now() + (section === "Verify" ? VERIFY_MS : 0)
  let output = rig.type(typed(scenario, line))
  while (output.code !== 0 && performance.now() < endMs) {
    await delay(POLL_MS)
    output = rig.type(line)
  }
  const { code, stdout, stderr } = output
  t.diagnostic(`${section}: ${line}: ${code}`)
  if (code !== 0 && section === "Check" && SHOWS_TROUBLE.test(line)) return
  assert.equal(code, 0, `${section}: ${line}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`)
}

/** The symptom, then the page from its first command to its last. */
const follow = async (rig: RunbookRig, scenario: Scenario, t: TestContext): Promise<void> => {
  const { page, check } = scenario
  const commands = commandsOf(page)
  for (const named of [
    ...Object.keys(scenario.before ?? {}).map((key) => key.replace(/^\w+: /, "")),
    ...Object.keys({ ...scenario.notRun, ...scenario.answers }),
  ])
    assert.ok(
      commands.some(({ line }) => line === named),
      `${page} has no command ${named}`,
    )
  await scenario.cause(rig)
  await rig.until(`${page}: the symptom`, () => isBad(rig, scenario), 900_000)
  if (check !== null) t.diagnostic(`before: ${JSON.stringify(rig.check(check))}`)
  for (const command of commands) await runCommand(rig, scenario, command, t)
  await rig.until(`${page}: the check is ok`, () => isGood(rig, scenario), 900_000)
  if (check !== null) t.diagnostic(`afterwards: ${JSON.stringify(rig.check(check))}`)
}

it("agent-offline", "its unit is stopped", async (rig, t) => {
  await CLOCK_WRONG.cause(rig)
  await follow(rig, AGENT_OFFLINE, t)
})
it("database-down", "its unit is stopped", (rig, t) => follow(rig, DATABASE_DOWN, t))
it("backup-failing", "the target has no room", async (rig, t) => {
  await follow(rig, BACKUP_FAILING, t)
  // The runbook of a restore needs one.
  rig.container.run("cp", "--archive", `${DATA}/backups`, "/root/made")
})
it("disk-full", "what a restore has replaced fills the disk of the data", (rig, t) =>
  follow(rig, DISK_FULL, t),
)
it("certificate-expiry", "the UI's own certificate ends in three days", (rig, t) =>
  follow(rig, CERTIFICATE_EXPIRY, t),
)
it("clock-wrong", "no time server, as the test answers in place of systemd", (rig, t) =>
  follow(rig, CLOCK_WRONG, t),
)
it("ingest-backlog", "the disk of the database is full", (rig, t) => follow(rig, INGEST_BACKLOG, t))
it("slow-appliance", "another program locks a table", (rig, t) => follow(rig, SLOW_APPLIANCE, t))
it("notifications-failing", "nobody listens where the only channel sends", (rig, t) =>
  follow(rig, NOTIFICATIONS_FAILING, t),
)
it("failed-update", "a release ends during its gate", async (rig, t) => {
  const derived = { built, work, key: rig.key }
  const bring = (file: string): string => {
    const name = `/srv/bundles/${basename(file)}`
    copyFileSync(file, join(rig.container.root, name))
    return name
  }
  const bad = bring(await deriveBundle(derived, BAD, "ends"))
  const good = bring(await deriveBundle(derived, GOOD))
  await follow(rig, failedUpdate({ good, bad }), t)
})
it("restore", "the files of the database are damaged", async (rig, t) => {
  await follow(
    rig,
    {
      ...RESTORE,
      isGood: () => {
        if (rig.check("database") === null && rig.isReady()) rig.login()
        return rig.check("database")?.state === "ok"
      },
    },
    t,
  )
  assert.equal(rig.api().list("/devices").length, 5, "what was backed up")
})
it("factory-reset", "the appliance changes its owner", async (rig, t) => {
  const { fingerprint } = rig.status()
  await follow(rig, FACTORY_RESET, t)
  assert.notEqual(rig.status().fingerprint, fingerprint)
  assert.equal(rig.type(`mountpoint ${SMALL}`).code, 0, "what is mounted is left")
})

test("every page of the runbooks was followed", { skip: reason ?? false }, () => {
  assert.deepEqual([...followed].toSorted(), runbookNames().toSorted())
})
