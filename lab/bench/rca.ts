/**
 * The accuracy of root-cause analysis: random faults in recorded and generated networks, observed
 * with noise; first answers, and answers after one round of re-checks. On the same documents: a
 * parent tree, greedy coverage and SCORE. Cells of degraded links (loss, congestion) have references
 * of their own: voting by paths (007) and maximum likelihood over paths (Flock).
 *   npm run bench -- rca [--seed 1] [--cases N per network and cell] [--cells name,…]
 *                        [--graphs glob] [--held-out | --every] [--quick] [--repeats 1] [--optimal]
 *                        [--unrouted] [--work cause|elsewhere] [--json FILE] [--failures N [--stage first|rechecked]]
 * The name of a cell without its number of faults selects all numbers. --failures prints wrong
 * cases as lines of JSON on standard output, and the tables on standard error. --held-out takes
 * other seeds and the other half of the networks, --every both halves. --optimal prints the best
 * possible accuracy for one and two faults; with two it takes seconds per case. --unrouted weighs
 * faults that routing has not noticed too, as the product does. --work adds planned work at a router
 * of a fault, or at one that no fault concerns, and prints how often the answer names it.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { recordingsFolder } from "../config.ts"
import { CELLS, type Cell } from "../eval/cells.ts"
import { DEGRADED_CELLS, type DegradedCell } from "../eval/degraded-trial.ts"
import { isHeldOut, recordedShapes } from "../eval/recorded.ts"
import { GENERATED_KINDS, generateShapes, type Shape } from "../eval/shape.ts"
import { cachedWorldOf, type Outcome, outcomeOf, runTrial, type Trial } from "../eval/trial.ts"
import { PLANNED_WORK, type PlannedWork } from "../eval/work.ts"
import {
  areDegradedMet,
  type DegradedRow,
  presentDegraded,
  rechecked,
  runDegradedCell,
} from "./rca-degraded.ts"
import { isMet, present, type Row, rowOf, summary } from "./rca-table.ts"

type Options = {
  readonly seed: number
  /** Per network and cell; undefined: the usual number of the cell. */
  readonly cases: number | undefined
  readonly cells: readonly Cell[]
  /** Cells of degraded links, which have no outage. */
  readonly degraded: readonly DegradedCell[]
  readonly isQuick: boolean
  readonly half: "development" | "held-out" | "every"
  readonly graphs: string
  readonly repeats: number
  readonly isOptimalRequested: boolean
  readonly mayBeUnrouted: boolean
  readonly work: PlannedWork
  readonly json: string | undefined
  readonly failures: number
  readonly stage: "first" | "rechecked"
}
const DEV_SEED = 1
const HELD_OUT_SEED = 1_000_003
/** Generated networks of each kind. */
const MADE_COUNT = 40
const USUAL_CASES = 2
/** Of the extra cells, which have no targets. */
const EXTRA_CASES = 1
/** Of cells of degraded links, which are quick: one case of each network says less than the targets ask. */
const DEGRADED_CASES = 3
/** A quick run takes one of this many networks. */
const QUICK_EACH = 10

const wholeNumber = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number`)
  return Number(text)
}
const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      cases: { type: "string" },
      cells: { type: "string" },
      graphs: { type: "string", default: "*" },
      quick: { type: "boolean", default: false },
      "held-out": { type: "boolean", default: false },
      optimal: { type: "boolean", default: false },
      every: { type: "boolean", default: false },
      unrouted: { type: "boolean", default: false },
      work: { type: "string", default: "none" },
      repeats: { type: "string" },
      json: { type: "string" },
      failures: { type: "string" },
      stage: { type: "string", default: "first" },
    },
  })
  const selected = values.cells?.split(",") ?? ["*"]
  const isSelected = ({ name }: { readonly name: string }): boolean =>
    selected.some((one) => one === "*" || one === name || name.startsWith(`${one}/`))
  const cells = CELLS.filter(isSelected)
  const degraded = DEGRADED_CELLS.filter(isSelected)
  if (cells.length + degraded.length === 0) {
    const names = [...CELLS, ...DEGRADED_CELLS].map(({ name }) => name)
    throw new Error(`no such cell; the cells are ${names.join(", ")}`)
  }
  if (values.stage !== "first" && values.stage !== "rechecked")
    throw new Error("--stage is first or rechecked")
  const work = PLANNED_WORK.find((one) => one === values.work)
  if (work === undefined) throw new Error(`--work is one of ${PLANNED_WORK.join(", ")}`)
  return {
    seed: wholeNumber("seed", values.seed) ?? (values["held-out"] ? HELD_OUT_SEED : DEV_SEED),
    cases: wholeNumber("cases", values.cases) ?? (values.quick ? 1 : undefined),
    cells,
    degraded,
    isQuick: values.quick,
    half: values.every ? "every" : values["held-out"] ? "held-out" : "development",
    graphs: values.graphs,
    repeats: wholeNumber("repeats", values.repeats) ?? 1,
    isOptimalRequested: values.optimal,
    mayBeUnrouted: values.unrouted,
    work,
    json: values.json,
    failures: wholeNumber("failures", values.failures) ?? 0,
    stage: values.stage,
  }
}

/** The networks of each kind. Without recordings, generated networks replace the recorded ones. */
const readShapes = (
  options: Options,
): { shapes: Map<Cell["networks"], readonly Shape[]>; note: string } => {
  const made = GENERATED_KINDS.map(
    (kind) => [kind, generateShapes(kind, MADE_COUNT, options.seed)] as const,
  )
  const folder = recordingsFolder()
  const recorded = folder === undefined ? [] : recordedShapes(folder, options.graphs)
  const half = recorded.filter(
    ({ name }) => options.half === "every" || isHeldOut(name) === (options.half === "held-out"),
  )
  const thinned = <T>(items: readonly T[]): T[] =>
    items.filter((_, i) => !options.isQuick || i % QUICK_EACH === 0)
  const fallback = made.flatMap(([, shapes]) => shapes).filter((_, i) => i % 2 === 0)
  const missing = options.cells.filter(({ networks }) => networks === "recorded").length
  const part = options.half === "every" ? "all of them" : `the ${options.half} half`
  const reason =
    folder === undefined ? "ISPVM_RECORDINGS is not set" : "no recorded network matches"
  const note =
    half.length > 0
      ? `${half.length} of ${recorded.length} recorded networks (${part})`
      : `${reason}: ${missing} cells on recorded networks did not run on these, ` +
        `but on ${fallback.length} generated networks`
  return {
    shapes: new Map<Cell["networks"], readonly Shape[]>([
      ["recorded", thinned(half.length > 0 ? half : fallback)],
      ...made.map(([kind, shapes]) => [kind, thinned(shapes)] as const),
    ]),
    note,
  }
}

/** Prints a wrong case. `isAvoidable`: the observations support the truth more than the answer. */
const printFailure = (cell: Cell, trial: Trial, stage: "first" | "rechecked"): void => {
  const { document, answer, score, isAvoidable } = trial[stage]
  const about = {
    cell: cell.name,
    network: trial.network,
    stage,
    truth: trial.truth,
    rank: score.rank,
    isAvoidable,
  }
  console.log(JSON.stringify({ ...about, answer, document }))
}

const runDegradedCells = (options: Options, shapes: readonly Shape[]): DegradedRow[] =>
  options.degraded.map((cell) => {
    const row = runDegradedCell(cell, shapes, options.seed, options.cases ?? DEGRADED_CASES)
    console.error(`${cell.name}: re-checked ${rechecked(row).toFixed(3)}`)
    return row
  })

const workNamed = ({ work }: Options, trials: readonly Outcome[]): string =>
  work === "none"
    ? ""
    : `, work named ${trials.filter(({ isWorkNamed }) => isWorkNamed).length} of ${trials.length}`

export const run = async (args: readonly string[]): Promise<boolean> => {
  const options = readOptions(args)
  const { shapes, note } = readShapes(options)
  const print = options.failures > 0 ? console.error : console.log
  print(note)
  const rows: Row[] = []
  const mainOutcomes: Outcome[] = []
  const beganMs = performance.now()
  for (const cell of options.cells) {
    const trials: Outcome[] = []
    let printed = 0
    const cases = options.cases ?? (cell.isExtra ? EXTRA_CASES : USUAL_CASES)
    for (const shape of shapes.get(cell.networks) ?? []) {
      const cached = cachedWorldOf(cell, shape, options.seed)
      for (let number = 0; number < cases; number += 1) {
        const trial = runTrial(cell, shape.name, cached, options, number)
        trials.push(outcomeOf(trial))
        if (trial[options.stage].score.rank === 0 || printed === options.failures) continue
        printFailure(cell, trial, options.stage)
        printed += 1
      }
    }
    const row = rowOf(cell, trials)
    rows.push(row)
    if (!cell.isExtra) mainOutcomes.push(...trials)
    const tookS = ((performance.now() - beganMs) / 1_000).toFixed(0)
    const [first, rechecked] = [row.first.top1.toFixed(3), row.rechecked.top1.toFixed(3)]
    console.error(
      `${cell.name}: ${first}, re-checked ${rechecked}${workNamed(options, trials)} (${tookS} s)`,
    )
  }
  const degraded = runDegradedCells(options, shapes.get("recorded") ?? [])
  if (rows.length > 0) print(present(rows))
  if (degraded.length > 0) print(`\n${presentDegraded(degraded)}`)
  if (mainOutcomes.length > 0) print(`\n${summary(mainOutcomes)}`)
  print(
    `seed ${options.seed}, ${options.cases ?? `${USUAL_CASES} (extra cells ${EXTRA_CASES})`} ` +
      `cases per network and cell, ${options.repeats} new observation(s) per re-check`,
  )
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ seed: options.seed, note, rows }, null, 2)}\n`)
  return isMet(rows, mainOutcomes) && areDegradedMet(degraded)
}
