/**
 * `ispvm update` and `ispvm rollback`. The command hands its request to `ispvm-update.service` and
 * shows its progress: a terminal that is closed does not end an update.
 */
import { rmSync } from "node:fs"
import { resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"
import { readUpdateState, type UpdateState } from "../../machine/update-state.ts"
import { EXIT, fail, needsRoot, print } from "../exit.ts"
import { needsReboot } from "./debian/install.ts"
import { performRollback, performUpdate, undo } from "./perform.ts"
import { currentRelease } from "./releases.ts"
import {
  isRequested,
  type Request,
  refuseRequests,
  takeRequest,
  UI_BUNDLE,
  withdrawRequest,
  writeRequest,
} from "./requests.ts"
import { run } from "./system.ts"
import { isUnfinished, tidyUp } from "./work.ts"

const USAGE = "usage: ispvm update FILE [--ignore-clock] | ispvm update --status"
const UNIT = "ispvm-update.service"
const UNDO_UNIT = "ispvm-update-undo.service"
const POLL_MS = 500
const MAX_PAUSES = 12
/** Of these the machine is the cause: the same file may be tried again. */
const OF_THE_MACHINE = new Set(["no-space", "database", "clock", "backup-failed"])

const isBusy = (): boolean => {
  const { stdout } = run("systemctl", ["show", "--property=ActiveState", UNIT, UNDO_UNIT])
  return /=(?:active|activating|deactivating|reloading)$/m.test(stdout)
}

const lastText = ({ last }: UpdateState): string => {
  if (last === null) return "none yet"
  const { kind, outcome, from, to, reason, detail, endedAtMs } = last
  const at = new Date(endedAtMs).toISOString().slice(0, 19).replace("T", " ")
  const why = reason === "" ? "" : `, ${reason}: ${detail}`
  const what = kind === "debian" ? `Debian packages ${to ?? "?"}` : `${from ?? "?"} to ${to ?? "?"}`
  return `${outcome} at ${at} UTC, ${what}${why}`
}

const showStatus = (): number => {
  const state = readUpdateState()
  const { kind, phase, from, to, previous } = state
  const what = kind === "debian" ? `Debian packages ${to ?? "?"}` : `${from ?? "?"} to ${to ?? "?"}`
  print(
    `running   ${currentRelease("ispvm") ?? "no release"}`,
    `update    ${phase === "idle" ? "none" : `${phase}, ${what}`}`,
    `last      ${lastText(state)}`,
    `previous  ${previous ?? "none: ispvm rollback has nothing to return to"}`,
  )
  return EXIT.fine
}

/**
 * Until neither the update nor its undoing runs; before and between them, systemd runs none for a
 * moment.
 */
const follow = async (): Promise<void> => {
  let shown = ""
  let pauses = 0
  for (;;) {
    pauses = isBusy() ? 0 : pauses + 1
    const { phase } = readUpdateState()
    if (phase !== shown && phase !== "idle") print(phase)
    shown = phase
    const isLeft = phase !== "idle" || isUnfinished() || isRequested()
    if (pauses > (isLeft ? MAX_PAUSES : 0)) return
    await delay(POLL_MS)
  }
}

const BUSY = "another update is under way: see ispvm update --status"
const request = async (asked: Request): Promise<number> => {
  const refused = needsRoot()
  if (refused !== null) return refused
  if (isBusy()) return fail(BUSY)
  // Of somebody whose unit did not start.
  withdrawRequest()
  if (!writeRequest(asked)) return fail(BUSY)
  const askedAtMs = Date.now()
  if (!run("systemctl", ["--no-block", "start", UNIT]).ok) {
    withdrawRequest()
    return fail(`${UNIT} does not start: see systemctl status ${UNIT}`)
  }
  await follow()
  const state = readUpdateState()
  if (state.last === null || state.last.endedAtMs < askedAtMs)
    return fail(`the update has not run: see journalctl -u ${UNIT}`)
  const { outcome } = state.last
  if (outcome !== "updated" && outcome !== "returned") return fail(lastText(state))
  print(lastText(state))
  if (state.last.kind === "debian" && needsReboot())
    print("Some programs still run as before: restart this machine when it suits you.")
  return EXIT.fine
}

/** Of `ispvm-update.service`, one at a time. */
const carryOut = async (): Promise<number> => {
  if (readUpdateState().phase !== "idle" || isUnfinished()) await undo()
  const asked = takeRequest()
  if (asked === null) return EXIT.fine
  // Systemd takes an end by SIGTERM for a success, and would not have it undone.
  process.once("SIGTERM", () => process.exit(EXIT.fault))
  try {
    if (asked.kind === "update") await performUpdate(asked, asked.by)
    else await performRollback(asked.by)
  } finally {
    if (refuseRequests()) process.stderr.write("a second request came meanwhile and is refused\n")
  }
  const { last } = readUpdateState()
  const isOfUi = asked.kind === "update" && asked.file === UI_BUNDLE
  if (isOfUi && !OF_THE_MACHINE.has(last?.reason ?? "")) rmSync(UI_BUNDLE, { force: true })
  if (isUnfinished()) tidyUp()
  return EXIT.fine
}

export const update = async (args: readonly string[]): Promise<number> => {
  const options = {
    "ignore-clock": { type: "boolean" },
    status: { type: "boolean" },
    // Of the units.
    requested: { type: "boolean" },
    undo: { type: "boolean" },
  } as const
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true })
  } catch {
    return fail(USAGE, EXIT.usage)
  }
  const { values, positionals } = parsed
  const [file, ...more] = positionals
  if (values.status === true) return showStatus()
  if (values.requested === true) return needsRoot() ?? (await carryOut())
  if (values.undo === true) {
    const refused = needsRoot()
    if (refused === null) await undo()
    return refused ?? EXIT.fine
  }
  if (file === undefined || more.length > 0) return fail(USAGE, EXIT.usage)
  const ignoresClock = values["ignore-clock"] === true
  return await request({ kind: "update", file: resolve(file), ignoresClock, by: "command" })
}

export const rollback = async (args: readonly string[]): Promise<number> =>
  args.length > 0
    ? fail("usage: ispvm rollback", EXIT.usage)
    : await request({ kind: "rollback", by: "command" })
