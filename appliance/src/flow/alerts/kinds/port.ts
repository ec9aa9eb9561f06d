/** Whether a link's port is up: one look in, the next state out. */
import {
  initialState,
  markDegraded,
  markDown,
  markUp,
  type PhaseReasons,
  type Rule,
  type State,
} from "../state-machine.ts"

export type PortReading = {
  readonly atMs: number
  readonly running: boolean
  readonly disabled: boolean
}
export type Port = { readonly state: State; readonly observedAtMs: number | null }

const REASONS: PhaseReasons = {
  ok: "port-up",
  recovering: "port-up-again",
  recovered: "port-up-for-hold",
  down: "port-down",
}

export const newPort = (atMs: number, state: State = initialState(atMs)): Port => ({
  state,
  observedAtMs: null,
})

/** A port switched off by hand is somebody's decision and no fault; the far end, which sees its link gone, tells of the effect. */
export const stepPort = (was: Port, reading: PortReading, rule: Rule): Port => {
  const { atMs } = reading
  if (reading.disabled)
    return { state: markDegraded(was.state, atMs, "disabled-by-admin"), observedAtMs: atMs }
  const state = reading.running
    ? markUp(was.state, atMs, REASONS, rule)
    : markDown(was.state, atMs, REASONS, rule)
  return { state, observedAtMs: atMs }
}

/** A port keeps its state until told otherwise, so the hold runs out by the clock, not only by the next reading. */
export const evaluatePortHold = (was: Port, nowMs: number, rule: Rule): Port =>
  was.state.phase === "recovering"
    ? { ...was, state: markUp(was.state, nowMs, REASONS, rule) }
    : was
