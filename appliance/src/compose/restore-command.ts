/** `ispvm restore`: replaces the data of this installation by those of a backup. */
import { createReadStream, openSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { textOf } from "../messages/text.ts"
import { findIdentity, messageOf, type Restored, restore } from "../operate/backup/backup.ts"
import { createLog } from "../platform/log.ts"
import { installationOf } from "./backup.ts"
import { lockDataFolder } from "./data-folder.ts"
import { openRunningServer } from "./database.ts"
import { becomeServiceUser, readOwnConfig } from "./installed.ts"

const EXIT = { fine: 0, fault: 1, usage: 2 } as const
const USAGE = "usage: ispvm restore FILE [--key FILE] [--replace]\n"

type Given = { readonly file: number; readonly identity: string | null; readonly replace: boolean }
const say = (text: string): void => void process.stderr.write(`${text}\n`)

class UsageError extends Error {}

/** Files are opened as the user who called this, who may be root. */
const readArguments = (args: readonly string[]): Given => {
  const options = { key: { type: "string" }, replace: { type: "boolean" } } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    })
    const [file, ...rest] = positionals
    if (file === undefined || rest.length > 0) throw new UsageError("expected one FILE")
    const identity =
      values.key === undefined ? null : findIdentity(readFileSync(values.key, "utf8"))
    if (values.key !== undefined && identity === null)
      throw new UsageError(`${values.key} holds no private key: expected AGE-SECRET-KEY-1…`)
    return { file: openSync(file, "r"), identity, replace: values.replace === true }
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

const report = ({ header, tables, rows, files, skipped, kept }: Restored): void => {
  say(`Restored: backup of ${new Date(header.madeAtMs).toISOString()} by ${header.product}.`)
  say(`${tables} tables, ${rows} rows, ${files} files.`)
  if (skipped.length > 0) say(`Not known to this release, left out: ${skipped.join(", ")}.`)
  if (kept !== null) say(`The files that were replaced are in ${kept}.`)
  say("Start the appliance: systemctl start ispvm")
}

const run = async ({ file, identity, replace }: Given): Promise<void> => {
  becomeServiceUser()
  await using stack = new AsyncDisposableStack()
  const config = readOwnConfig()
  lockDataFolder(config.dataDir, stack)
  const server = await openRunningServer(config, createLog("silent"), stack)
  const restored = await restore({
    ...installationOf(server),
    read: () => createReadStream("", { fd: file, start: 0, autoClose: false }),
    identity,
    dataDir: config.dataDir,
    isReplacing: replace,
    nowMs: Date.now(),
  })
  report(restored)
}

const main = async (args: readonly string[]): Promise<number> => {
  if (args.includes("--help")) {
    process.stdout.write(USAGE)
    return EXIT.fine
  }
  let given: Given
  try {
    given = readArguments(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return EXIT.usage
  }
  try {
    await run(given)
    return EXIT.fine
  } catch (error) {
    const said = messageOf(error)
    say(said.code === "backup.failed" && error instanceof Error ? error.message : textOf(said))
    return EXIT.fault
  }
}

process.exitCode = await main(process.argv.slice(2))
