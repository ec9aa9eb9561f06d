/** `ispvm console`: the first terminal of an appliance: what it is, and a menu without a shell. */
import { execFile } from "node:child_process"
import { flushCompileCache } from "node:module"
import { hostname, networkInterfaces } from "node:os"
import { join } from "node:path"
import notify from "systemd-notify"
import { type Action, actionsWith } from "./console-actions.ts"
import { keysOf, type MenuContext, menuLines, type Screen, step } from "./console-menu.ts"
import { type ConsoleFacts, consoleLines, fitted } from "./console-text.ts"
import { COMMAND_LIST } from "./help.ts"
import { readStatus, uiPort } from "./status.ts"

const REFRESH_MS = 5_000
/** Addresses cost nothing to read; a new one is shown at once. */
const ADDRESS_MS = 1_000
const COMMAND_MS = 10 * 60_000
const SIZE = { columns: 80, rows: 24 } as const
const MAIN = join(import.meta.dirname, "main.ts")
const HIDE_CURSOR = "\u001b[?25l"
const SHOW_CURSOR = "\u001b[?25h"
const HOME = "\u001b[H"
const END_LINE = "\u001b[K"
const END_SCREEN = "\u001b[J"

/** An address of the link alone is of no use in a browser elsewhere. */
const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address)

const readFacts = async (): Promise<ConsoleFacts> => ({
  status: await readStatus(),
  addresses: ownAddresses(),
  port: uiPort(),
  atMs: Date.now(),
})

type Outcome = { readonly isFine: boolean; readonly lines: readonly string[] }
const runCommand = ([name = "", ...args]: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const [program, all] =
      name === "systemctl" ? [name, args] : [process.execPath, [MAIN, name, ...args]]
    execFile(program, all, { timeout: COMMAND_MS }, (error, stdout, stderr) =>
      resolve({ isFine: error === null, lines: `${stdout}${stderr}`.trimEnd().split("\n") }),
    ).stdin?.end()
  })

const wrap = (line: string, columns: number): readonly string[] =>
  line.length <= columns
    ? [line]
    : (line.match(new RegExp(`.{1,${columns}}(?:\\s+|$)|.{1,${columns}}`, "g")) ?? [line])

/** Draws the whole screen in place, so that a slow serial line does not flicker. */
const draw = (lines: readonly string[]): void => {
  const { columns = SIZE.columns, rows = SIZE.rows } = process.stdout
  const [width, height] = [columns || SIZE.columns, rows || SIZE.rows]
  const shown = fitted(
    lines.flatMap((line) => wrap(line, width - 1)),
    width - 1,
    height - 1,
  )
  process.stdout.write(
    `${HIDE_CURSOR}${HOME}${shown.map((line) => `${line}${END_LINE}`).join("\r\n")}${END_SCREEN}`,
  )
}

const createConsole = (isService: boolean, onEnd: () => void) => {
  const context: MenuContext = {
    actions: actionsWith(new Set(COMMAND_LIST.map(({ name }) => name))),
    hostname: hostname(),
  }
  let screen: Screen = { kind: "status" }
  let facts: ConsoleFacts | null = null
  const show = (): void => {
    if (screen.kind !== "status") draw(menuLines(screen, context))
    else if (facts !== null)
      draw([...consoleLines(facts), "", `Enter: menu${isService ? "" : "   Ctrl-C: end"}`])
  }
  const start = async (action: Action, command: readonly string[]): Promise<void> => {
    const outcome = await runCommand(command)
    screen = { kind: "output", action, ...outcome }
    show()
  }
  return {
    show,
    refresh: async (): Promise<void> => {
      facts = await readFacts()
      show()
    },
    /** Between two refreshes. */
    checkAddresses: (): void => {
      const addresses = ownAddresses()
      if (facts === null || addresses.join() === facts.addresses.join()) return
      facts = { ...facts, addresses, atMs: Date.now() }
      show()
    },
    press: (sent: string): void => {
      for (const key of keysOf(sent)) {
        if (key.kind === "interrupt" && !isService) onEnd()
        const next = step(screen, key, context)
        screen = next.screen
        if (next.run !== null) void start(next.run.action, next.run.command)
      }
      show()
    },
  }
}

/** Ends with Ctrl-C where a person has started it; as a service it never ends by itself. */
const runConsole = async (isService: boolean): Promise<void> => {
  const ended = Promise.withResolvers<void>()
  const shown = createConsole(isService, ended.resolve)
  process.stdin.setRawMode?.(true)
  process.stdin.setEncoding("utf8").on("data", (sent: string) => shown.press(sent))
  process.stdin.once("end", ended.resolve)
  process.stdout.on("resize", shown.show)
  process.stdout.write(`${HOME}${END_SCREEN}`)
  await shown.refresh()
  // Started means to systemd: the first screen is drawn. Without systemd there is nothing to send.
  if (isService) await notify({ ready: true, status: "Shown" }).catch(() => undefined)
  // For the next start: a service does not end by itself, which would store it.
  flushCompileCache()
  const timers = [
    setInterval(() => void shown.refresh(), REFRESH_MS),
    setInterval(shown.checkAddresses, ADDRESS_MS),
  ]
  await ended.promise
  for (const timer of timers) clearInterval(timer)
  process.stdin.setRawMode?.(false)
  process.stdin.pause()
  process.stdout.write(`${SHOW_CURSOR}\r\n`)
}

export const showConsole = async (args: readonly string[]): Promise<number> => {
  if (args.includes("--once")) {
    process.stdout.write(`${consoleLines(await readFacts()).join("\n")}\n`)
    return 0
  }
  await runConsole(args.includes("--service"))
  return 0
}
