/** Another system under the same looks. */
import { spawnSync } from "node:child_process"
import type { Child } from "../../simulator/child.ts"
import type { NetworkInventory } from "./inventory.ts"
import type { Page } from "./page.ts"
import type { Account } from "./programs.ts"

export type ProbeRound = ReadonlyMap<NetworkInventory, Uint8Array>
export type AlertingSystem = {
  readonly name: string
  /** Everything it writes; gone once it has stopped. */
  readonly folder: string
  /** Resolves once it can be told; throws with its last words where it ended instead. */
  readonly untilReady: () => Promise<void>
  /** Lays one look at everything before it. */
  readonly report: (round: ProbeRound) => Promise<void>
  /** Whether it holds that all is well and has told so. */
  readonly isRecovered: () => Promise<boolean>
  /** What it paged since the last time it was asked. */
  readonly drainPages: () => Page[]
  /** How far it fell behind its own schedule at worst. */
  readonly lateMs: () => number
  readonly stop: () => Promise<void>
}

/** The command as it is run by the account: as root it goes through setpriv, which leaves nothing of root's. */
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

/** Tries again until it holds; throws with `what` when the time is over. */
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

/** Waits until a child is ready; throws with its last words where it ended instead. */
export const waitUntilReady = async (
  child: Child,
  isReady: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> => {
  const failureMessage = (): string =>
    `${child.plan.name} did not come up:\n${child.lastLines(10).join("\n")}`
  await until(async () => !child.isRunning || (await isReady()), limitMs, failureMessage)
  if (!child.isRunning) throw new Error(failureMessage())
}
