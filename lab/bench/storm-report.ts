/** What `bench -- storm` prints of the storm itself, and which targets it meets. */
import { percentile, ratio, table } from "./figures.ts"
import type { Moment, ObservationStore } from "./storm-serve.ts"
import type { Arrival } from "./storm-stream.ts"
import type { TreeAnswer } from "./storm-tree.ts"

export const TARGET = {
  correlatedRatio: 0.999,
  namedMs: 3_000,
  p95Ms: 50,
  utilisation: 1,
} as const

export type Timed = { readonly atMs: number; readonly isRight: boolean; readonly solveMs: number }
export type StormResult = {
  readonly moments: readonly (Moment & Timed)[]
  readonly byTree: readonly Timed[]
  readonly treeAnswer: TreeAnswer
  /** The times of our answer, and of solving the same observations from scratch. */
  readonly scratch: readonly { readonly oursMs: number; readonly theirsMs: number }[]
}

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0)
export const percent = (part: number): string => `${(100 * part).toFixed(2)} %`
export const millis = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : "never"
export const yes = (isMet: boolean): string => (isMet ? "yes" : "NO")

const share = (all: readonly Arrival[], isOne: (one: Arrival) => boolean): number =>
  all.filter(isOne).length / all.length

/** Since when all answers are right; infinite if the last one is not. */
const rightSince = (moments: readonly Timed[]): number =>
  moments[moments.findLastIndex((moment) => !moment.isRight) + 1]?.atMs ?? Number.POSITIVE_INFINITY

/** The share of the symptoms that the last answer explains, and that of the tree. */
const correlation = (
  store: ObservationStore,
  symptoms: readonly Arrival[],
  { moments, treeAnswer }: StormResult,
) => {
  const last = moments.at(-1)
  const explained = new Set(last?.isRight === true ? last.answer.hypotheses[0]?.explained : [])
  const places = new Map(store.current().map((observation, index) => [observation, index]))
  return {
    ours: share(symptoms, ({ observation }) => explained.has(places.get(observation) ?? -1)),
    // In favour of the tree: any node above counts, right or not.
    tree: share(
      symptoms.filter(({ observation }) => observation.signal === "reachable"),
      ({ observation }) => treeAnswer.topOf(observation.entity) !== observation.entity,
    ),
  }
}

/** Prints the figures. True if all targets are met. */
export const presentStorm = (
  store: ObservationStore,
  storm: readonly Arrival[],
  result: StormResult,
): boolean => {
  const { moments, byTree, treeAnswer } = result
  const symptoms = storm.filter((one) => one.isTrulyDown)
  const firstMs = symptoms[0]?.atMs ?? 0
  const correlated = correlation(store, symptoms, result)
  const namedMs = rightSince(moments) - firstMs
  const ours = moments.map(({ solveMs }) => solveMs)
  const theirs = byTree.map(({ solveMs }) => solveMs)
  const p95Ms = percentile(ours, 95)
  const named = moments.at(-1)?.answer.hypotheses[0]?.components.length ?? 0
  const met = {
    correlated: correlated.ours >= TARGET.correlatedRatio,
    named: namedMs <= TARGET.namedMs,
    p95: p95Ms <= TARGET.p95Ms,
  }
  const rows = [
    ["the storm", "ours", "target", "met", "parent tree"],
    [
      "down observations explained (ours: by the right cause), without noise",
      percent(correlated.ours),
      "≥ 99.9 %",
      yes(met.correlated),
      percent(correlated.tree),
    ],
    [
      "from the first symptom to the lasting right cause",
      millis(namedMs),
      "≤ 3 s",
      yes(met.named),
      millis(rightSince(byTree) - firstMs),
    ],
    ["an answer, p50", millis(percentile(ours, 50)), "", "", millis(percentile(theirs, 50))],
    ["an answer, p95", millis(p95Ms), "≤ 50 ms", yes(met.p95), millis(percentile(theirs, 95))],
    ["faults named at the end", `${named}`, "", "", `${treeAnswer.pages}`],
  ]
  console.log(table(rows))
  presentTimes(storm, result)
  return met.correlated && met.named && met.p95
}

const presentTimes = (storm: readonly Arrival[], { moments, scratch }: StormResult): void => {
  const addUs = (1_000 * sum(moments.map(({ busyMs, solveMs }) => busyMs - solveMs))) / storm.length
  const maxWaiting = Math.max(...moments.map(({ waiting }) => waiting))
  console.log(
    `${moments.length} answers; at most ${maxWaiting} observations waiting; ` +
      `adding one observation ${addUs.toFixed(1)} µs`,
  )
  const median = (of: "oursMs" | "theirsMs"): number =>
    percentile(
      scratch.map((one) => one[of]),
      50,
    )
  const [oursMs, theirsMs] = [median("oursMs"), median("theirsMs")]
  console.log(
    `an answer, and solving from scratch: ${millis(oursMs)}, ${millis(theirsMs)}, ` +
      `${ratio(oursMs, theirsMs)}`,
  )
}
