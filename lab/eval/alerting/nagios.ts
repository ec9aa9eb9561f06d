/** A Nagios of our own: it looks at hosts itself and is told of ports; its pages go to a file. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
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

/** What it holds of everything, and how late the latest look at a host was. */
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
    env: process.env,
    logFile: file("output"),
  })
  const stop = async (): Promise<void> => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const dead = new Set<string>()
  const reportedUp = new Set<string>()
  let roundNumber = 0
  let read = 0
  let lateMs = 0

  const setHostState = (host: string, reading: number | undefined): void => {
    if (reading === DOWN && !dead.has(host)) {
      writeFileSync(file(join(DEAD_FOLDER, host)), "")
      dead.add(host)
    } else if (reading === UP && dead.delete(host)) rmSync(file(join(DEAD_FOLDER, host)))
  }
  /** What is well is told as seldom as hosts are looked at; what is not, at each look. */
  const resultOf = (
    host: string,
    service: string,
    reading: number | undefined,
    place: number,
  ): string[] => {
    if (reading !== UP && reading !== DOWN) return []
    const object = `${host};${service}`
    const wasReportedUp = reportedUp.has(object)
    if (reading === UP) reportedUp.add(object)
    else reportedUp.delete(object)
    if (reading === UP && wasReportedUp && (roundNumber + place) % timing.checkEvery !== 0)
      return []
    const state = reading === UP ? "0;up" : "2;down"
    return [`[${Math.floor(Date.now() / 1_000)}] PROCESS_SERVICE_CHECK_RESULT;${object};${state}\n`]
  }
  const report = async (round: ProbeRound): Promise<void> => {
    if (!child.isRunning) throw new Error(`Nagios ended:\n${child.lastLines(5).join("\n")}`)
    roundNumber += 1
    if (roundNumber % timing.checkEvery === 0)
      lateMs = Math.max(lateMs, readStatus(file(STATUS_FILE)).lateMs)
    const lines = [...round].flatMap(([inventory, readings]) =>
      inventory.targets.flatMap((target, place) => {
        if (target.is === "port")
          return resultOf(target.port.host, target.port.link, readings[place], place)
        setHostState(target.host.name, readings[place])
        return target.host.isRemoteEnd
          ? resultOf(target.host.name, ALIVE, readings[place], place)
          : []
      }),
    )
    // Opened both ways: for writing alone it would wait for ever once Nagios has gone.
    const commands = await open(file(COMMAND_FILE), "r+")
    try {
      await commands.writeFile(lines.join(""))
    } finally {
      await commands.close()
    }
  }
  const isRecovered = (): Promise<boolean> =>
    Promise.resolve(readStatus(file(STATUS_FILE)).isRecovered)
  const drainPages = () => {
    const text = existsSync(file(PAGES_FILE)) ? readFileSync(file(PAGES_FILE), "utf8") : ""
    const fresh = text.slice(read)
    read = text.length
    return pagesOfNagios(fresh)
  }
  const untilReady = (): Promise<void> =>
    waitUntilReady(child, () => existsSync(file(COMMAND_FILE)), READY_MS)
  return {
    name: "Nagios",
    folder,
    untilReady,
    report,
    isRecovered,
    drainPages,
    lateMs: () => lateMs,
    stop,
  }
}
