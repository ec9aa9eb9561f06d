/** What probes of paths and readings of interfaces say for and against degradations. */
import {
  type DegradationKind,
  type InterfaceObservation,
  KINDS,
  type PathObservation,
} from "./model.ts"

/** What a degradation does to the packets that take it. */
export type Effect = { readonly lossRatio: number; readonly delayMs: number }
/** Tried for each candidate; between them, the best one is near enough. */
export const EFFECTS: readonly Effect[] = [
  // It shows at its interfaces alone.
  ...[0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9].map((lossRatio) => ({
    lossRatio,
    delayMs: 0,
  })),
  ...[0, 0.02, 0.05, 0.1, 0.2, 0.3].flatMap((lossRatio) =>
    [15, 35, 80, 180].map((delayMs) => ({ lossRatio, delayMs })),
  ),
]
const DELAYING = EFFECTS.filter(({ delayMs }) => delayMs > 0).length
/** Errors that cost no packet of the probes are as frequent as all that do. */
const UNNOTICED = 0.5
/** Of the effects that delay, or of those that do not: which share this one has. */
export const effectOdds = (effect: number): number => {
  const { lossRatio = 0, delayMs = 0 } = EFFECTS[effect] ?? {}
  if (delayMs > 0) return -Math.log(DELAYING)
  return Math.log(lossRatio === 0 ? UNNOTICED : (1 - UNNOTICED) / (EFFECTS.length - DELAYING - 1))
}
/** Effects that are close to each: the best one of a set is near the best one alone. */
export const NEAR: readonly (readonly number[])[] = EFFECTS.map((one) =>
  EFFECTS.flatMap((other, index) => {
    if (other === one) return []
    const loss = Math.abs(Math.sqrt(one.lossRatio) - Math.sqrt(other.lossRatio))
    const delay = Math.abs(Math.sqrt(one.delayMs) - Math.sqrt(other.delayMs))
    return loss < 0.16 && delay < 5 ? [index] : []
  }),
)
/** Of a path without a degradation. */
const USUAL_LOSS = 0.004
const USUAL_DELAY_MS = 2
/** A node that limits its answers, or a path that is not the one of the map. */
export const OUTLIER = 0.012

/** What a loss and a delay mean for a likelihood, computed once for many paths. */
export type Expected = {
  readonly logLost: number
  readonly logPassed: number
  readonly delayMs: number
  readonly scaleMs: number
}
export const expect = (lossRatio: number, delayMs: number): Expected => {
  const loss = 1 - (1 - USUAL_LOSS) * (1 - lossRatio)
  return {
    logLost: Math.log(loss),
    logPassed: Math.log(Math.max(1e-9, 1 - loss)),
    delayMs,
    scaleMs: USUAL_DELAY_MS + 0.3 * delayMs,
  }
}

/**
 * The likelihood of what was seen of a path, relative to the loss that fits best: many probes have
 * likelihoods too small for a number.
 */
export const likelihoodOf = (
  { sent, lost, delayMs }: PathObservation,
  { logLost, logPassed, delayMs: expectedMs, scaleMs }: Expected,
): number => {
  const passed = sent - lost
  const best =
    (lost === 0 ? 0 : lost * Math.log(lost / sent)) +
    (passed === 0 ? 0 : passed * Math.log(passed / sent))
  const counted = lost * logLost + passed * logPassed - best
  if (delayMs === null) return Math.exp(counted)
  return Math.exp(counted - Math.abs(delayMs - expectedMs) / scaleMs) / scaleMs
}
const OUTLIER_LOSSES = (
  [
    [0.01, 0.25],
    [0.03, 0.3],
    [0.06, 0.25],
    [0.1, 0.17],
    [0.3, 0.002],
    [0.6, 0.002],
    [0.95, 0.002],
  ] as const
).map(([loss, weight]) => ({ expected: expect(loss, 0), weight }))

/** Few outliers delay: what is usual at a device is known. Those that do, by up to this much. */
const OUTLIER_DELAYS = 0.1
const OUTLIER_DELAY_MS = 400
export const outlierOf = (path: PathObservation): number => {
  const mean = (delayMs: number | null): number =>
    OUTLIER_LOSSES.reduce(
      (sum, { expected, weight }) => sum + weight * likelihoodOf({ ...path, delayMs }, expected),
      0,
    )
  return path.delayMs === null
    ? mean(null)
    : (1 - OUTLIER_DELAYS) * mean(path.delayMs) + (OUTLIER_DELAYS * mean(null)) / OUTLIER_DELAY_MS
}

/** A node without processor time answers late or not, whatever passes through it. */
export const STRAINED = 0.5
const STRAINED_LOSSES = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7].map((loss) => expect(loss, 0))
export const strainedOf = (path: PathObservation): number => {
  const sum = STRAINED_LOSSES.reduce(
    (all, expected) => all + likelihoodOf({ ...path, delayMs: null }, expected),
    0,
  )
  return sum / STRAINED_LOSSES.length / (path.delayMs === null ? 1 : OUTLIER_DELAY_MS)
}

/** How often an interface of a degradation of this kind shows each signal. */
const SHOWS: Readonly<
  Record<DegradationKind, Readonly<Record<InterfaceObservation["signal"], number>>>
> = {
  "degraded-link": { errors: 0.7, drops: 0.05, load: 0.03, optics: 0.01 },
  "congested-link": { errors: 0.01, drops: 0.7, load: 0.95, optics: 0.002 },
  "failing-optic": { errors: 0.8, drops: 0.03, load: 0.03, optics: 0.95 },
  "degraded-node": { errors: 0.05, drops: 0.1, load: 0.05, optics: 0.002 },
}
const SHOWS_WITHOUT = { errors: 0.0001, drops: 0.005, load: 0.01, optics: 0.0005 }
/** A reading that shows what is there, and one that shows what is not. */
const READ = { shown: 0.97, notShown: 0.004 }
/** How likely a degradation is of this kind, and delays. */
const KIND = {
  "degraded-link": 0.6,
  "congested-link": 0.3,
  "failing-optic": 0.1,
  "degraded-node": 1,
}
const DELAYS = {
  "degraded-link": 0.03,
  "congested-link": 0.9,
  "failing-optic": 0.02,
  "degraded-node": 0.2,
}
/**
 * Odds that a link is degraded, before anything is observed: in a network of any size, about as many
 * links are degraded at once.
 */
const DEGRADED_LINKS = 2
const [MIN_LINK_PRIOR, MAX_LINK_PRIOR] = [0.004, 0.05]
export const linkPriorOf = (links: number): number =>
  Math.min(MAX_LINK_PRIOR, Math.max(MIN_LINK_PRIOR, DEGRADED_LINKS / Math.max(1, links)))
/** Of a node. */
const NODE_PRIOR = 0.0005
/** Of a node that is known to have no processor time left. */
const STRAINED_PRIOR = 0.3

type Readings = ReadonlyMap<InterfaceObservation["signal"], { bad: number; good: number }>
export const readingsByLink = (
  interfaces: readonly InterfaceObservation[],
): ReadonlyMap<string, Readings> => {
  const byLink = new Map<
    string,
    Map<InterfaceObservation["signal"], { bad: number; good: number }>
  >()
  for (const { link, signal, isBad } of interfaces) {
    const own = byLink.get(link) ?? new Map()
    byLink.set(link, own)
    const counts = own.get(signal) ?? { bad: 0, good: 0 }
    own.set(signal, counts)
    if (isBad) counts.bad += 1
    else counts.good += 1
  }
  return byLink
}

const readAs = (
  readings: Readings,
  shows: Readonly<Record<InterfaceObservation["signal"], number>>,
): number => {
  let product = 1
  for (const [signal, { bad, good }] of readings) {
    const shown = READ.shown ** bad * (1 - READ.shown) ** good
    const not = READ.notShown ** bad * (1 - READ.notShown) ** good
    product *= shows[signal] * shown + (1 - shows[signal]) * not
  }
  return product
}

/** Counters that showed nothing of a degradation will most likely show nothing the next time. */
const SHOWS_ANYTHING = 0.75
/** How likely the next reading of an interface is bad, if its link is degraded and if not. */
export const readBadAgain = (
  readings: readonly InterfaceObservation[],
): { readonly shown: number; readonly notShown: number } => {
  const bad = readings.filter(({ isBad }) => isBad).length
  // Each signal is read at once; a good one says something only where none is bad.
  const good = bad > 0 ? 0 : Math.min(2, readings.length)
  const shown = SHOWS_ANYTHING * READ.shown ** bad * (1 - READ.shown) ** good
  const not = (1 - SHOWS_ANYTHING) * READ.notShown ** bad * (1 - READ.notShown) ** good
  const share = shown / (shown + not)
  return { shown: share * READ.shown + (1 - share) * READ.notShown, notShown: READ.notShown }
}

export type Weighed = {
  /** Log odds of a degradation that does not delay, and of one that does. */
  readonly steady: number
  readonly delaying: number
  /** The likelier kind of either. */
  readonly kind: { readonly steady: DegradationKind; readonly delaying: DegradationKind }
}
const NO_READINGS: Readings = new Map()
export const weighNode = (isStrained: boolean): Weighed =>
  weigh(["degraded-node"], isStrained ? STRAINED_PRIOR : NODE_PRIOR, NO_READINGS)
/** What the interfaces say of a link, with how often such a thing is degraded. */
export const weighLink = (prior: number, readings: Readings = NO_READINGS): Weighed =>
  weigh(
    KINDS.filter((kind) => kind !== "degraded-node"),
    prior,
    readings,
  )
const weigh = (kinds: readonly DegradationKind[], prior: number, readings: Readings): Weighed => {
  const without = readAs(readings, SHOWS_WITHOUT)
  const weight = (kind: DegradationKind, isDelaying: boolean): number =>
    KIND[kind] * (isDelaying ? DELAYS[kind] : 1 - DELAYS[kind]) * readAs(readings, SHOWS[kind])
  const best = (isDelaying: boolean): DegradationKind =>
    kinds.reduce((one, other) =>
      weight(other, isDelaying) > weight(one, isDelaying) ? other : one,
    )
  const odds = (isDelaying: boolean): number =>
    Math.log(prior) +
    Math.log(kinds.reduce((sum, kind) => sum + weight(kind, isDelaying), 0) / without)
  return {
    steady: odds(false),
    delaying: odds(true),
    kind: { steady: best(false), delaying: best(true) },
  }
}
