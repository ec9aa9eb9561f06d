/** A Nagios process. It checks hosts itself, ports are passive checks; its pages go to a file. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { environment } from "../../config.ts"
import { Child } from "../../simulator/child.ts"
import { DOWN, UP } from "../world.ts"
import {
  type AlertingSystem,
  asAccount,
  type ProbeRound,
  waitUntilReady,
} from "./alerting-system.ts"
import type { NetworkInventory } from "./inventory.ts"
import {
  ALIVE,
  COMMAND_FILE,
  DEAD_FOLDER,
  nagiosFiles,
  PAGES_FILE,
  STATUS_FILE,
} from "./nagios-config.ts"
import { pagesOfNagios } from "./page.ts"
import { type Account, programFolder } from "./programs.ts"
import type { Timing } from "./timing.ts"

export const writeNagiosFiles = (
  inventories: readonly NetworkInventory[],
  account: Account,
  timing: Timing,
): string => {
  const folder = programFolder("nagios", account, [DEAD_FOLDER, "results"])
  for (const [name, text] of Object.entries(
    nagiosFiles(inventories, { folder, ...account }, timing),
  ))
    writeFileSync(join(folder, name), text)
  return folder
}

/** Whether everything is up, and how late the latest check of a host was. */
export const readStatus = (
  path: string,
): { readonly isRecovered: boolean; readonly lateMs: number } => {
  const blocks = existsSync(path) ? readFileSync(path, "utf8").split("\n\n") : []
  const objects = blocks.filter((block) => /^\s*(?:host|service)status \{/.test(block))
  const late = objects
    .filter((block) => block.trimStart().startsWith("host"))
    .map((block) => Number(/\bcheck_latency=([\d.]+)/.exec(block)?.[1] ?? 0) * 1_000)
  return {
    isRecovered:
      objects.length > 0 &&
      objects.every(
        (block) =>
          block.includes("\tcurrent_state=0\n") && block.includes("\thas_been_checked=1\n"),
      ),
    lateMs: late.reduce((max, one) => Math.max(max, one), 0),
  }
}

const READY_MS = 60_000

/** Readings in the form that Nagios checks: files of dead hosts, and passive results. */
class CheckFeed {
  readonly #deadFolder: string
  readonly #timing: Timing
  readonly #dead = new Set<string>()
  readonly #reportedUp = new Set<string>()
  #round = 0

  constructor(deadFolder: string, timing: Timing) {
    this.#deadFolder = deadFolder
    this.#timing = timing
  }

  /** Whether the checks of everything that is up are due in the current round. */
  get isCheckDue(): boolean {
    return this.#round % this.#timing.checkEvery === 0
  }

  /** Updates the host files. Returns the commands with results of passive checks. */
  next(round: ProbeRound): string {
    this.#round += 1
    const lines = [...round].flatMap(([inventory, readings]) =>
      inventory.targets.flatMap((target, place) => {
        const reading = readings[place]
        if (target.is === "port")
          return this.#resultOf(target.port.host, target.port.link, reading, place)
        this.#setHostState(target.host.name, reading)
        return target.host.isRemoteEnd
          ? this.#resultOf(target.host.name, ALIVE, reading, place)
          : []
      }),
    )
    return lines.join("")
  }

  #setHostState(host: string, reading: number | undefined): void {
    const file = join(this.#deadFolder, host)
    if (reading === DOWN && !this.#dead.has(host)) {
      writeFileSync(file, "")
      this.#dead.add(host)
    } else if (reading === UP && this.#dead.delete(host)) rmSync(file)
  }

  /** What is up is reported as rarely as hosts are checked; what is not, in each round. */
  #resultOf(host: string, service: string, reading: number | undefined, place: number): string[] {
    if (reading !== UP && reading !== DOWN) return []
    const object = `${host};${service}`
    const wasReportedUp = this.#reportedUp.has(object)
    if (reading === UP) this.#reportedUp.add(object)
    else this.#reportedUp.delete(object)
    const isDue = (this.#round + place) % this.#timing.checkEvery === 0
    if (reading === UP && wasReportedUp && !isDue) return []
    const state = reading === UP ? "0;up" : "2;down"
    return [`[${Math.floor(Date.now() / 1_000)}] PROCESS_SERVICE_CHECK_RESULT;${object};${state}\n`]
  }
}

export const startNagios = (
  program: string,
  inventories: readonly NetworkInventory[],
  account: Account,
  timing: Timing,
): AlertingSystem => {
  const folder = writeNagiosFiles(inventories, account, timing)
  const file = (name: string): string => join(folder, name)
  const child = new Child({
    name: "nagios",
    command: asAccount(account, [program, file("nagios.cfg")]),
    env: environment(),
    logFile: file("output"),
  })
  const feed = new CheckFeed(file(DEAD_FOLDER), timing)
  let read = 0
  let lateMs = 0
  const report = async (round: ProbeRound): Promise<void> => {
    if (!child.isRunning) throw new Error(`Nagios ended:\n${child.lastLines(5).join("\n")}`)
    const results = feed.next(round)
    if (feed.isCheckDue) lateMs = Math.max(lateMs, readStatus(file(STATUS_FILE)).lateMs)
    // Opened for reading too: opening for writing alone would block once Nagios has ended.
    const commands = await open(file(COMMAND_FILE), "r+")
    try {
      await commands.writeFile(results)
    } finally {
      await commands.close()
    }
  }
  const drainPages = () => {
    const text = existsSync(file(PAGES_FILE)) ? readFileSync(file(PAGES_FILE), "utf8") : ""
    const fresh = text.slice(read)
    read = text.length
    return pagesOfNagios(fresh)
  }
  return {
    name: "Nagios",
    folder,
    untilReady: () => waitUntilReady(child, () => existsSync(file(COMMAND_FILE)), READY_MS),
    report,
    isRecovered: () => Promise.resolve(readStatus(file(STATUS_FILE)).isRecovered),
    drainPages,
    lateMs: () => lateMs,
    stop: async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
