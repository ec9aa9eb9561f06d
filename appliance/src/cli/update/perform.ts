/** An update, a return to the release before, and the undoing of either after an interruption. */
import { existsSync, rmSync } from "node:fs"
import { readUpdateState, type UpdateState } from "../../machine/update-state.ts"
import { reasonOf } from "../exit.ts"
import { activate, goBack, type Releases } from "./activate.ts"
import { incompatibilityOf } from "./database-store.ts"
import { completeDebian, hasDebianPlan, performDebian } from "./debian/install.ts"
import { isDebian } from "./debian/manifest.ts"
import { emptyFolder } from "./packages.ts"
import type { Fault } from "./preflight.ts"
import { type Order, open, prepare } from "./prepare.ts"
import { begin, end, enter } from "./progress.ts"
import { currentRelease, isComplete, releaseFolder } from "./releases.ts"
import { BOOT_MARKER, COPY_FILE, isUnfinished, reserveRoom, tidyUp, WORK_FOLDER } from "./work.ts"

const FINE = { reason: "", detail: "" } as const

/** An error that nobody expected is a reason like any other: the release from before runs on. */
const asFault = (error: unknown): Fault => ({
  reason:
    error instanceof Error && "code" in error && error.code === "ENOSPC" ? "no-space" : "fault",
  detail: reasonOf(error),
})

const before = (): Releases | null => {
  const appliance = currentRelease("ispvm")
  return appliance === null ? null : { appliance, agent: currentRelease("ispvm-agent") }
}

/** From here on an interruption is undone by `undo`. Null: the new releases run and are well. */
const switchOver = async (from: Releases, to: Releases): Promise<Fault | null> => {
  enter("starting")
  const fault = await activate(to).catch(asFault)
  if (fault === null) return null
  enter("rolling-back")
  const note = await goBack(from, COPY_FILE)
  return {
    reason: fault.reason,
    detail: [fault.detail, note].filter((each) => each !== "").join(" "),
  }
}

export const performUpdate = async (order: Order, by: string): Promise<void> => {
  const from = before()
  emptyFolder(WORK_FOLDER)
  reserveRoom()
  begin({ from: from?.appliance ?? null, to: null, by, agentFrom: from?.agent ?? null })
  if (from === null) {
    end("rejected", { reason: "fault", detail: "/opt/ispvm/current names no release" })
    return
  }
  const opened = open(order.file)
  if (opened.ok && isDebian(opened)) {
    await performDebian(opened, order.file, order.ignoresClock).catch((error: unknown) =>
      end("rejected", asFault(error)),
    )
    return
  }
  const prepared = opened.ok
    ? await prepare(opened, order).catch((error: unknown) => ({
        ok: false as const,
        ...asFault(error),
      }))
    : opened
  if (!prepared.ok) {
    end("rejected", prepared)
    return
  }
  const fault = await switchOver(from, prepared.to)
  if (fault !== null) {
    end("rolled-back", fault)
    return
  }
  end("updated", FINE, from)
}

const returnFault = async (previous: string | null): Promise<Fault | null> => {
  if (previous === null)
    return { reason: "no-previous", detail: "there is no release to return to" }
  if (!isComplete("ispvm", previous))
    return { reason: "no-previous", detail: `${previous} is not on this machine any more` }
  const migrations = `${releaseFolder("ispvm", previous)}/appliance/migrations`
  const refused = await incompatibilityOf(migrations, previous)
  return refused === null ? null : { reason: "database", detail: refused }
}

export const performRollback = async (by: string): Promise<void> => {
  const from = before()
  const { previous, agent } = readUpdateState()
  emptyFolder(WORK_FOLDER)
  reserveRoom()
  begin({ from: from?.appliance ?? null, to: previous, by, agentFrom: from?.agent ?? null })
  const refused = await returnFault(previous).catch(asFault)
  if (refused !== null || previous === null || from === null) {
    end("rejected", refused ?? { reason: "no-previous", detail: "" })
    return
  }
  const withAgent = agent.previous !== null && isComplete("ispvm-agent", agent.previous)
  const to: Releases = { appliance: previous, agent: withAgent ? agent.previous : null }
  const fault = await switchOver(from, to)
  // The release that was left is not one to return to: it is removed.
  if (fault === null) end("returned", FINE, { appliance: null, agent: null })
  else end("rolled-back", fault)
}

const hasSwitched = ({ phase }: UpdateState): boolean =>
  phase === "starting" || phase === "testing" || phase === "rolling-back"

/** After the process of an update or the whole machine was stopped: as before the update. */
export const undo = async (): Promise<void> => {
  const state = readUpdateState()
  const booted = existsSync(BOOT_MARKER)
  if (state.phase !== "idle" && hasDebianPlan()) {
    await completeDebian()
  } else if (state.phase !== "idle") {
    const cause = booted
      ? { reason: "power-loss", detail: `The machine stopped during the update (${state.phase}).` }
      : { reason: "killed", detail: `The update was stopped (${state.phase}).` }
    let note = "Nothing was switched."
    if (hasSwitched(state) && state.from !== null) {
      enter("rolling-back")
      note = await goBack({ appliance: state.from, agent: state.agent.from }, COPY_FILE)
    }
    const outcome = booted ? "undone-at-boot" : hasSwitched(state) ? "rolled-back" : "rejected"
    end(outcome, { reason: cause.reason, detail: `${cause.detail} ${note}`.trim() })
  }
  rmSync(BOOT_MARKER, { force: true })
  if (isUnfinished()) tidyUp()
}
