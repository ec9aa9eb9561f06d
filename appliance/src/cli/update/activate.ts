/** Switches to a release and waits for what the health gate decides; and back again. */
import { existsSync, readFileSync, rmSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { MIGRATING_STATUS, readUpdateState } from "../../machine/update-state.ts"
import { reasonOf } from "../exit.ts"
import { incompatibilityOf } from "./database-store.ts"
import { decide, GATE_MS, selfTestFault } from "./gate.ts"
import type { Fault } from "./preflight.ts"
import { enter } from "./progress.ts"
import { currentRelease, type PackageName, releaseFolder, switchTo } from "./releases.ts"
import {
  isActive,
  lastLines,
  restart,
  run,
  runningRelease,
  start,
  stop,
  unitFacts,
} from "./system.ts"

const CONTROL_SOCKET = "/run/ispvm/control.sock"
const POLL_MS = 500
/** The synthetic incident has 15 s of its own. */
const SELF_TEST_MS = 25_000
const RESTORE_MS = 4 * 3_600_000
const LOG_LINES = 5

export type Releases = { readonly appliance: string; readonly agent: string | null }

const askSelfTest = (limitMs: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: CONTROL_SOCKET, path: "/self-test", method: "POST", timeout: limitMs },
      (answer) => {
        let text = ""
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text = (text + chunk).slice(0, 100_000)
        })
        answer.on("error", reject)
        answer.on("end", () => {
          try {
            resolve(JSON.parse(text))
          } catch (cause) {
            reject(new Error(`the self-test answers HTTP ${answer.statusCode}`, { cause }))
          }
        })
      },
    )
    asked.on("timeout", () => asked.destroy(new Error("the self-test does not answer")))
    asked.on("error", reject)
    asked.end()
  })

const selfTest = async (limitMs: number): Promise<string | null> => {
  try {
    return selfTestFault(await askSelfTest(limitMs))
  } catch (error) {
    return reasonOf(error)
  }
}

/** `passes`: what a release that is ready still has to pass; null: it did. */
const waitFor = async (
  unit: PackageName,
  version: string,
  passes: (remainingMs: number) => Promise<string | null>,
): Promise<Fault | null> => {
  let countedMs = 0
  let atMs = performance.now()
  let fault: string | null = null
  for (;;) {
    const facts = unitFacts(unit)
    const nowMs = performance.now()
    if (!facts.status.startsWith(MIGRATING_STATUS)) countedMs += nowMs - atMs
    atMs = nowMs
    const isOfRelease = runningRelease(unit) === version
    const step = decide({ ...facts, isOfRelease, countedMs }, fault)
    if (step.kind === "failed")
      return { reason: step.reason, detail: `${step.detail}. ${lastLines(unit, LOG_LINES)}` }
    if (step.kind === "test") {
      const limitMs = Math.max(1, Math.min(SELF_TEST_MS, GATE_MS - countedMs))
      const found = await passes(limitMs)
      // One that was cut short says nothing new.
      fault = found === null || limitMs === SELF_TEST_MS ? found : (fault ?? found)
      if (fault === null && runningRelease(unit) === version) return null
    }
    await delay(POLL_MS)
  }
}

/** Counts its restarts from now on. */
const restartAfresh = (unit: PackageName): void => {
  run("systemctl", ["reset-failed", unit])
  restart(unit)
}

/** Written by the agent at the first heartbeat that the appliance has answered. */
const ALIVE_FILE = "/var/lib/ispvm-agent/alive.json"
const aliveFault = (version: string): string | null =>
  readText(ALIVE_FILE).includes(`"version":"${version}"`)
    ? null
    : "the appliance has not answered a heartbeat of the agent"
const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8").slice(0, 1_000)
  } catch {
    return ""
  }
}

const startAgent = async (version: string): Promise<Fault | null> => {
  const wasActive = isActive("ispvm-agent")
  switchTo("ispvm-agent", version)
  // Without a token it waits for one.
  if (!wasActive) return null
  rmSync(ALIVE_FILE, { force: true })
  restartAfresh("ispvm-agent")
  const fault = await waitFor("ispvm-agent", version, async () => aliveFault(version))
  return fault === null ? null : { reason: "agent", detail: fault.detail }
}

/** Null: it is ready and passes its self-test. */
export const checkHealth = (version: string): Promise<Fault | null> =>
  waitFor("ispvm", version, (remainingMs) => {
    if (readUpdateState().phase !== "testing") enter("testing")
    return selfTest(remainingMs)
  })

/** The state says `starting` already. Null: the release runs and is well. */
export const activate = async ({ appliance, agent }: Releases): Promise<Fault | null> => {
  switchTo("ispvm", appliance)
  restartAfresh("ispvm")
  const fault = await checkHealth(appliance)
  if (fault !== null || agent === null) return fault
  return await startAgent(agent)
}

const isRunningRelease = (name: PackageName, version: string): boolean =>
  isActive(name) && runningRelease(name) === version

const goBackTo = async (name: PackageName, version: string): Promise<Fault | null> => {
  if (currentRelease(name) !== version) switchTo(name, version)
  if (isRunningRelease(name, version)) return null
  restartAfresh(name)
  return await waitFor(name, version, async () => null)
}

const returnAgent = (version: string): void => {
  if (currentRelease("ispvm-agent") !== version) switchTo("ispvm-agent", version)
  const running = runningRelease("ispvm-agent")
  const isOther = running !== null && running !== version
  if (isOther || unitFacts("ispvm-agent").active === "failed") restartAfresh("ispvm-agent")
}

/** Null: the database is that of the backup again, and the release runs on it. */
const restoreCopy = async (copy: string, version: string): Promise<Fault | null> => {
  stop("ispvm")
  const folder = releaseFolder("ispvm", version)
  const program = join(folder, "appliance/src/cli/main.ts")
  const { ok, stderr } = run(
    join(folder, "node/bin/node"),
    [program, "restore", copy, "--replace"],
    { limitMs: RESTORE_MS, env: { NODE_NO_WARNINGS: "1" } },
  )
  start("ispvm")
  if (!ok) return { reason: "database", detail: `restore: ${stderr.trim().slice(-1_000)}` }
  return await waitFor("ispvm", version, async () => null)
}

const incompatibility = (version: string): Promise<string | null> =>
  incompatibilityOf(join(releaseFolder("ispvm", version), "appliance/migrations"), version).catch(
    () => null,
  )

/**
 * Returns to the releases from before. The database stays as it is, because the earlier release
 * runs on it; `copy` is restored only where that release says that it cannot. What it returns
 * completes the report; empty: all is as before.
 */
export const goBack = async (
  { appliance, agent }: Releases,
  copy: string | null,
): Promise<string> => {
  const notes: string[] = []
  if (agent !== null) returnAgent(agent)
  let fault = await goBackTo("ispvm", appliance)
  if (fault !== null && copy !== null && existsSync(copy)) {
    const refused = await incompatibility(appliance)
    if (refused !== null) {
      notes.push(`The database was restored from the backup before the update: ${refused}`)
      fault = await restoreCopy(copy, appliance)
    }
  }
  if (fault !== null) notes.push(`${appliance} does not run either: ${fault.detail}`)
  return notes.join(" ")
}
