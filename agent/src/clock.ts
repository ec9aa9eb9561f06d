/**
 * The time by which readings are stamped: the appliance's, measured over heartbeats and carried on by a clock that nobody can set. So a
 * host whose own clock is years off, or is set while readings lie in the buffer, stamps none of them wrong.
 *
 *   now = steady + offset;  a round trip proves   answered - received <= offset <= answered - sent
 */
/** One round trip. `sentMs`, `receivedMs`: ms of the steady clock; `answeredMs`: epoch ms of the appliance's clock in between. */
export type RoundTrip = {
  readonly sentMs: number
  readonly receivedMs: number
  readonly answeredMs: number
}
/** Epoch ms minus steady ms. `host`: taken from the host's clock, until the appliance was heard. */
export type Offset = { readonly ms: number; readonly from: "host" | "appliance" }

/**
 * The offset after a round trip. The first one is taken in the middle; from then on it moves only as far as a round trip proves that it
 * must. So a slow way changes nothing, a drifting crystal is followed, and a step of the appliance's clock is followed at once.
 */
export const stepOffset = (was: Offset, { sentMs, receivedMs, answeredMs }: RoundTrip): Offset => {
  const [min, max] = [answeredMs - receivedMs, answeredMs - sentMs]
  if (!(min <= max)) return was // not a round trip: it was received before it was sent
  if (was.from === "host") return { ms: (min + max) / 2, from: "appliance" }
  return { ms: Math.min(Math.max(was.ms, min), max), from: "appliance" }
}

export type AgentClock = {
  /** Epoch ms by the appliance's clock, whole; by the host's until a round trip was measured. */
  readonly now: () => number
  /** Ms of a clock that nobody can set; its zero means nothing. */
  readonly steady: () => number
  /** Epoch ms by the host's clock, as it shows. */
  readonly host: () => number
  readonly measure: (trip: RoundTrip) => void
  /** The host's clock minus the appliance's; null until measured. */
  readonly skewMs: () => number | null
  readonly isMeasured: () => boolean
  /** Resolves at the first measurement, or when `signal` is aborted. */
  readonly measured: (signal: AbortSignal) => Promise<void>
}
type Sources = { readonly host: () => number; readonly steady: () => number }
const system: Sources = { host: () => Date.now(), steady: () => performance.now() }

export const createAgentClock = ({ host, steady }: Sources = system): AgentClock => {
  let offset: Offset = { ms: host() - steady(), from: "host" }
  const waiting = new Set<() => void>()
  const now = (): number => Math.max(0, Math.round(steady() + offset.ms))
  return {
    now,
    steady,
    host,
    measure: (trip) => {
      offset = stepOffset(offset, trip)
      if (offset.from === "appliance") for (const done of waiting) done()
    },
    skewMs: () => (offset.from === "host" ? null : host() - now()),
    isMeasured: () => offset.from === "appliance",
    measured: (signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done)
          signal.removeEventListener("abort", done)
          resolve()
        }
        if (offset.from === "appliance" || signal.aborted) return resolve()
        waiting.add(done)
        signal.addEventListener("abort", done)
      }),
  }
}
