/**
 * The time of readings: the appliance's clock, measured by heartbeats and continued by a monotonic
 * clock. A host clock that is wrong, or set while readings are buffered, has no effect.
 *
 *   now = steady + offset;  a round trip proves   answered - received <= offset <= answered - sent
 */
/**
 * One round trip. `sentMs` and `receivedMs` are ms of the steady clock, `answeredMs` is the
 * appliance's clock in epoch ms between them.
 */
export type RoundTrip = {
  readonly sentMs: number
  readonly receivedMs: number
  readonly answeredMs: number
}
/** Epoch ms minus steady ms. `host`: from the host's clock, before the first answer. */
export type Offset = { readonly ms: number; readonly from: "host" | "appliance" }

/**
 * The offset after a round trip. The first round trip sets its middle; later ones move the offset
 * only as far as they prove necessary. Latency therefore does not change it, drift is followed, and
 * a step of the appliance's clock is followed at once.
 */
export const stepOffset = (was: Offset, { sentMs, receivedMs, answeredMs }: RoundTrip): Offset => {
  const [min, max] = [answeredMs - receivedMs, answeredMs - sentMs]
  if (!(min <= max)) return was // impossible: received before it was sent
  if (was.from === "host") return { ms: (min + max) / 2, from: "appliance" }
  return { ms: Math.min(Math.max(was.ms, min), max), from: "appliance" }
}

export type AgentClock = {
  /** Whole epoch ms by the appliance's clock; by the host's until a round trip is measured. */
  readonly now: () => number
  /** Ms of a monotonic clock with an arbitrary zero. */
  readonly steady: () => number
  /** Epoch ms by the host's clock. */
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
