/** Whether a link's port is up: one look in, the next state out. */
import { fall, type Rule, rise, type State, unseen, type Words, weaken } from "./machine.ts"

export type PortLook = { readonly atMs: number; readonly running: boolean; readonly disabled: boolean }
export type Port = { readonly state: State; readonly lookAtMs: number | null }

const WORDS: Words = { good: "port-up", again: "port-up-again", held: "port-up-for-hold", bad: "port-down" }

export const newPort = (atMs: number, state: State = unseen(atMs)): Port => ({ state, lookAtMs: null })

/** A port switched off by hand is somebody's decision and no fault; the far end, which sees its link gone, tells of the effect. */
export const stepPort = (was: Port, look: PortLook, rule: Rule): Port => {
  const { atMs } = look
  if (look.disabled) return { state: weaken(was.state, atMs, "disabled-by-admin"), lookAtMs: atMs }
  const state = look.running ? rise(was.state, atMs, WORDS, rule) : fall(was.state, atMs, WORDS, rule)
  return { state, lookAtMs: atMs }
}

/** A port keeps its state until told otherwise, so the hold runs out by the clock, not only by the next reading. */
export const tickPort = (was: Port, nowMs: number, rule: Rule): Port =>
  was.state.phase === "recovering" ? { ...was, state: rise(was.state, nowMs, WORDS, rule) } : was
