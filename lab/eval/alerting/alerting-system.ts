/** An alerting system that gets the same observations as the solver. */
import { spawnSync } from "node:child_process"
import type { Child } from "../../simulator/child.ts"
import type { NetworkInventory } from "./inventory.ts"
import type { Page } from "./page.ts"
import type { Account } from "./programs.ts"

export type ProbeRound = ReadonlyMap<NetworkInventory, Uint8Array>
export type AlertingSystem = {
  readonly name: string
  /** Holds everything it writes. Removed by `stop`. */
  readonly folder: string
  /** Resolves once it accepts observations; throws with its last output if it ended. */
  readonly untilReady: () => Promise<void>
  /** Reports one probe round. */
  readonly report: (round: ProbeRound) => Promise<void>
  /** Whether everything is up to it, and all recoveries are sent. */
  readonly isRecovered: () => Promise<boolean>
  /** Its pages since the last call. */
  readonly drainPages: () => Page[]
  /** How far it was behind its schedule at most. */
  readonly lateMs: () => number
  readonly stop: () => Promise<void>
}

/** The command as run by the account; as root by setpriv, which drops all privileges. */
export const asAccount = (account: Account, command: readonly string[]): string[] =>
  process.getuid?.() === 0
    ? [
        "setpriv",
        "--reuid",
        `${account.uid}`,
        "--regid",
        `${account.gid}`,
        "--clear-groups",
        "--",
        ...command,
      ]
    : [...command]

export const version = (program: string, args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync(program, [...args], { encoding: "utf8" })
  return /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0] ?? "?"
}

export const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs))

/** Waits until `holds` is true; throws `what` after the time limit. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
  what: () => string,
): Promise<void> => {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(what())
    await wait(100)
  }
}

/** Waits until a child is ready; throws with its last output if it ended. */
export const waitUntilReady = async (
  child: Child,
  isReady: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> => {
  const failureMessage = (): string =>
    `${child.plan.name} did not start:\n${child.lastLines(10).join("\n")}`
  await until(async () => !child.isRunning || (await isReady()), limitMs, failureMessage)
  if (!child.isRunning) throw new Error(failureMessage())
}
