/** Every change of the state of an update, on disk before what it announces is done. */
import type { UpdateOutcome, UpdatePhase } from "../../api/updates.ts"
import { readUpdateState, type UpdateState, writeUpdateState } from "../../machine/update-state.ts"
import { giveBackRoom } from "./work.ts"

const MAX_DETAIL = 2_000
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOSPC"
const change = (changes: Partial<UpdateState>): UpdateState => {
  const state = { ...readUpdateState(), ...changes }
  try {
    writeUpdateState(state)
  } catch (error) {
    if (!isDiskFull(error) || !giveBackRoom()) throw error
    writeUpdateState(state)
  }
  return state
}

export type Begin = Pick<UpdateState, "from" | "to" | "by"> & { readonly agentFrom: string | null }
export const begin = ({ from, to, by, agentFrom }: Begin): void => {
  const nowMs = Date.now()
  const { agent } = readUpdateState()
  change({
    ...{ kind: "release", from, to, by },
    phase: "checking",
    startedAtMs: nowMs,
    phaseAtMs: nowMs,
    agent: { ...agent, from: agentFrom },
  })
}

export const enter = (
  phase: UpdatePhase,
  changes: Partial<Pick<UpdateState, "to" | "kind">> | null = null,
): void => {
  change({ phase, phaseAtMs: Date.now(), ...changes })
  process.stdout.write(`${phase}\n`)
}

/** `previous`: what `ispvm rollback` returns to from now on; left out: as before. */
export const end = (
  outcome: UpdateOutcome,
  { reason, detail }: { readonly reason: string; readonly detail: string },
  previous?: { readonly appliance: string | null; readonly agent: string | null },
): void => {
  const { kind, from, to, startedAtMs, agent, previous: before } = readUpdateState()
  const nowMs = Date.now()
  const last = {
    ...{ kind, outcome, from, to, reason },
    detail: detail.slice(0, MAX_DETAIL),
    startedAtMs: startedAtMs ?? nowMs,
    endedAtMs: nowMs,
  }
  change({
    ...{ kind: "release", phase: "idle", from: null, to: null, by: null, startedAtMs: null, last },
    phaseAtMs: nowMs,
    previous: previous === undefined ? before : previous.appliance,
    agent: { from: null, previous: previous === undefined ? agent.previous : previous.agent },
  })
  process.stdout.write(`${outcome}${reason === "" ? "" : `: ${reason}: ${detail}`}\n`)
}
