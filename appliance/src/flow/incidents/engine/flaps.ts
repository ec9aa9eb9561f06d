/**
 * Flapping ports. One alert stays active through the flaps of a port; how often the port went down
 * tells a loose connector from a cut link. In memory: a restart resets the counts.
 */
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"

const MIN_FLAPS = 3
export const FLAP_WITHIN_MS = 60_000
/** The published count changes at most this often, so that a title can be read. */
const UPDATE_MS = 3_000

export type Flap = { readonly times: number; readonly overMs: number }
type Run = {
  flaps: number
  times: number
  firstMs: number
  lastMs: number
  /** The last few drops. */
  recent: number[]
  reported: (Flap & { readonly atMs: number }) | null
}
export type Flaps = {
  readonly observe: (alert: AlertNow) => void
  /** Null: it does not flap, or no longer. */
  readonly of: (alert: AlertNow, nowMs: number) => Flap | null
}

export const createFlaps = (): Flaps => {
  const runs = new Map<AlertId, Run>()
  /** How many drops are new; several may have come in one batch. */
  const newDrops = ({ state }: AlertNow, was: Run | undefined): number => {
    if (was === undefined) return state.phase === "down" ? 1 : 0
    if (state.flaps > was.flaps) return state.flaps - was.flaps
    const isNewProblem =
      state.phase === "down" &&
      (state.flaps < was.flaps || (state.flaps === 1 && state.sinceMs > was.lastMs))
    return isNewProblem ? 1 : 0
  }
  return {
    observe: (alert) => {
      const { id, observes, state } = alert
      if (observes !== "link") return
      const was = runs.get(id)
      const drops = newDrops(alert, was)
      if (drops === 0) return
      const atMs = state.phase === "down" ? state.sinceMs : (state.upAgainAtMs ?? state.sinceMs)
      const run =
        was === undefined || atMs - was.lastMs > FLAP_WITHIN_MS
          ? { times: 0, firstMs: atMs, recent: [], reported: null }
          : { times: was.times, firstMs: was.firstMs, recent: was.recent, reported: was.reported }
      const recent = [...run.recent, ...Array.from({ length: drops }, () => atMs)].slice(-MIN_FLAPS)
      runs.set(id, { ...run, flaps: state.flaps, times: run.times + drops, lastMs: atMs, recent })
    },
    of: ({ id, state }, nowMs) => {
      const run = runs.get(id)
      if (run === undefined) return null
      // Down for this long, it no longer flaps.
      if (state.phase === "down" && nowMs - run.lastMs >= FLAP_WITHIN_MS) run.reported = null
      else if (
        run.reported === null
          ? isFlapping(run)
          : nowMs - run.reported.atMs >= UPDATE_MS && run.times > run.reported.times
      ) {
        run.reported = { times: run.times, overMs: run.lastMs - run.firstMs, atMs: nowMs }
      }
      return run.reported
    },
  }
}

const isFlapping = ({ recent }: Run): boolean =>
  recent.length >= MIN_FLAPS && (recent.at(-1) ?? 0) - (recent[0] ?? 0) <= FLAP_WITHIN_MS
