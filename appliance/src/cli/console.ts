/** `ispvm console`: the first terminal of an appliance, without a login. It only shows. */
import { networkInterfaces } from "node:os"
import { setTimeout as delay } from "node:timers/promises"
import { type ConsoleFacts, consoleLines, fitted } from "./console-text.ts"
import { readStatus, uiPort } from "./status.ts"

const REFRESH_MS = 5_000
const SIZE = { columns: 80, rows: 24 } as const
/** Clears the screen and what scrolled out of it, and hides the cursor. */
const CLEAR = "\u001b[?25l\u001b[H\u001b[2J\u001b[3J"

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

export const showConsole = async (args: readonly string[]): Promise<number> => {
  if (args.includes("--once")) {
    process.stdout.write(`${consoleLines(await readFacts()).join("\n")}\n`)
    return 0
  }
  for (;;) {
    const { columns = SIZE.columns, rows = SIZE.rows } = process.stdout
    const lines = fitted(consoleLines(await readFacts()), columns, rows - 1)
    process.stdout.write(`${CLEAR}${lines.join("\r\n")}`)
    await delay(REFRESH_MS)
  }
}
