/**
 * Root cause, judged: drawn faults in recorded and made-up networks, seen through noise, at first sight and after one round of re-checks;
 * beside it a parent tree, greedy coverage and SCORE on the same documents.
 *   npm run bench -- rca [--seed 1] [--cases N per network and cell] [--cells name,…] [--graphs glob] [--held-out] [--quick]
 *                        [--looks 1] [--json FILE] [--failures N [--stage first|rechecked]]
 * A cell's name without its number of faults stands for all three. --failures prints wrong cases as lines of JSON on standard output,
 * and the table on standard error. --held-out takes other seeds and the other half of the networks.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { CELLS, type Cell } from "../eval/cells.ts"
import { type Figures, figuresOf } from "../eval/judge.ts"
import { isHeldOut, recordedShapes } from "../eval/recorded.ts"
import { REFERENCES } from "../eval/references.ts"
import { MADE_KINDS, madeShapes, type Shape } from "../eval/shape.ts"
import { benchOf, runTrial, type Trial } from "../eval/trial.ts"
import { table } from "./figures.ts"

type Options = {
  readonly seed: number
  readonly cases: number
  readonly cells: readonly Cell[]
  readonly isQuick: boolean
  readonly isHeldOut: boolean
  readonly graphs: string
  readonly looks: number
  readonly json: string | undefined
  readonly failures: number
  readonly stage: "first" | "rechecked"
}
type Row = {
  readonly cell: Cell
  readonly silent: number
  readonly first: Figures
  readonly rechecked: Figures
  readonly references: Readonly<Record<string, { readonly first: number; readonly rechecked: number }>>
}

const DEV_SEED = 1
const HELD_OUT_SEED = 1_000_003
/** Networks made up of each kind. */
const MADE_COUNT = 40
/** Of the networks, which share a quick run takes. */
const QUICK_EACH = 6

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
      looks: { type: "string", default: "1" },
      json: { type: "string" },
      failures: { type: "string", default: "0" },
      stage: { type: "string", default: "first" },
    },
  })
  const wanted = values.cells?.split(",") ?? ["*"]
  const isWanted = ({ name }: Cell): boolean => wanted.some((one) => one === "*" || one === name || name.startsWith(`${one}/`))
  const cells = CELLS.filter(isWanted)
  if (cells.length === 0) throw new Error(`no such cell; there are ${CELLS.map(({ name }) => name).join(", ")}`)
  if (values.stage !== "first" && values.stage !== "rechecked") throw new Error("--stage is first or rechecked")
  return {
    seed: Number(values.seed ?? (values["held-out"] ? HELD_OUT_SEED : DEV_SEED)),
    cases: Number(values.cases ?? 1),
    cells,
    isQuick: values.quick,
    isHeldOut: values["held-out"],
    graphs: values.graphs,
    looks: Number(values.looks),
    json: values.json,
    failures: Number(values.failures),
    stage: values.stage,
  }
}

/** The networks of each kind; where nothing is recorded on this machine, ours stand in and that is said. */
const readShapes = (options: Options): { shapes: Map<Cell["networks"], readonly Shape[]>; notes: string[] } => {
  const made = MADE_KINDS.map((kind) => [kind, madeShapes(kind, MADE_COUNT, options.seed)] as const)
  const folder = process.env.ISPVM_RECORDINGS
  const recorded = folder === undefined ? [] : recordedShapes(folder, options.graphs)
  const half = recorded.filter(({ name }) => isHeldOut(name) === options.isHeldOut)
  const thinned = <T>(items: readonly T[]): T[] => items.filter((_, i) => !options.isQuick || i % QUICK_EACH === 0)
  const standIn = made.flatMap(([, shapes]) => shapes).filter((_, i) => i % 2 === 0)
  const notes =
    half.length > 0
      ? [`${half.length} of ${recorded.length} recorded networks (the ${options.isHeldOut ? "held-out" : "development"} half)`]
      : [
          `${folder === undefined ? "ISPVM_RECORDINGS is not set" : "no recorded network fits"}: ` +
            `${options.cells.filter(({ networks }) => networks === "recorded").length} cells on recorded networks did not run as such; ` +
            `${standIn.length} made-up networks stand in`,
        ]
  return {
    shapes: new Map<Cell["networks"], readonly Shape[]>([
      ["recorded", thinned(half.length > 0 ? half : standIn)],
      ...made.map(([kind, shapes]) => [kind, thinned(shapes)] as const),
    ]),
    notes,
  }
}

const rowOf = (cell: Cell, trials: readonly Trial[]): Row => {
  const share = (isRight: (trial: Trial) => boolean | undefined): number => trials.filter(isRight).length / trials.length
  return {
    cell,
    silent: share(({ isSilent }) => isSilent),
    first: figuresOf(trials.map(({ first }) => first.verdict)),
    rechecked: figuresOf(trials.map(({ rechecked }) => rechecked.verdict)),
    references: Object.fromEntries(
      Object.keys(REFERENCES).map((name) => [
        name,
        {
          first: share(({ references }) => references[name]?.first),
          rechecked: share(({ references }) => references[name]?.rechecked),
        },
      ]),
    ),
  }
}

const two = (value: number): string => (Number.isNaN(value) ? "–" : value.toFixed(3).replace(/^0\./, "."))
const held = (value: number, wanted: number | undefined): string =>
  wanted === undefined ? two(value) : `${two(value)}${value >= wanted ? " ≥ " : " < "}${two(wanted).replace(/0$/, "")}`

const present = (rows: readonly Row[]): string => {
  const names = Object.keys(REFERENCES)
  const head = [
    "cell",
    "n",
    "silent",
    "top-1",
    "top-3",
    "again",
    "top-3",
    "F1",
    "again",
    "ECE",
    "again",
    "Brier",
    "wrongly suppr.",
    "folded",
    "p50 ms",
    "p95 ms",
    ...names,
    ...names.map((name) => `${name} again`),
  ]
  const lines = rows.map(({ cell, silent, first, rechecked, references }) => [
    cell.name,
    `${first.cases}`,
    two(silent),
    held(first.top1, cell.wanted?.first),
    two(first.top3),
    held(rechecked.top1, cell.wanted?.rechecked),
    two(rechecked.top3),
    two(first.f1),
    two(rechecked.f1),
    two(first.calibrationError),
    two(rechecked.calibrationError),
    two(first.brier),
    `${first.wronglySuppressed + rechecked.wronglySuppressed}/${first.suppressed + rechecked.suppressed}`,
    two(first.foldedRatio),
    first.p50Ms.toFixed(1),
    first.p95Ms.toFixed(1),
    ...names.map((name) => two(references[name]?.first ?? Number.NaN)),
    ...names.map((name) => two(references[name]?.rechecked ?? Number.NaN)),
  ])
  return table([head, ...lines])
}

/** A wrong case for a person to study; the likelihoods are the bench's own. */
const printFailure = (cell: Cell, trial: Trial, stage: "first" | "rechecked"): void => {
  const { document, answer, verdict } = trial[stage]
  console.log(
    JSON.stringify({ cell: cell.name, network: trial.network, stage, truth: trial.truth, rank: verdict.rank, answer, document }),
  )
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const options = readOptions(args)
  const { shapes, notes } = readShapes(options)
  const say = options.failures > 0 ? console.error : console.log
  for (const note of notes) say(note)
  const rows: Row[] = []
  const all: { readonly cell: Cell; readonly trials: readonly Trial[] }[] = []
  const beganMs = performance.now()
  for (const cell of options.cells) {
    const trials: Trial[] = []
    let printed = 0
    for (const shape of shapes.get(cell.networks) ?? []) {
      const bench = benchOf(cell, shape, options.seed)
      for (let number = 0; number < options.cases; number += 1) {
        const trial = runTrial(cell, shape.name, bench, options.seed, number, options.looks)
        trials.push(trial)
        if (printed < options.failures && trial[options.stage].verdict.rank !== 0) {
          printFailure(cell, trial, options.stage)
          printed += 1
        }
      }
    }
    const row = rowOf(cell, trials)
    rows.push(row)
    all.push({ cell, trials })
    const tookS = (performance.now() - beganMs) / 1_000
    console.error(`${cell.name}: ${two(row.first.top1)}, again ${two(row.rechecked.top1)} (${tookS.toFixed(0)} s)`)
  }
  say(present(rows))
  const trials = all.filter(({ cell }) => !cell.isExtra).flatMap((one) => one.trials)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ seed: options.seed, rows }, null, 2)}\n`)
  if (trials.length > 0) {
    const [first, again] = [figuresOf(trials.map((t) => t.first.verdict)), figuresOf(trials.map((t) => t.rechecked.verdict))]
    const wrong = first.wronglySuppressed + again.wronglySuppressed
    const suppressed = first.suppressed + again.suppressed
    say(
      `all ${trials.length} cases without the extra cells: calibration error ${two(first.calibrationError)}, after re-checks ${two(again.calibrationError)} ` +
        `(wanted ≤ .03); wrongly suppressed ${wrong} of ${suppressed} (wanted ≤ 1 in 10,000)`,
    )
  }
  say(`seed ${options.seed}, ${options.cases} a network and cell, ${options.looks} look(s) a re-check`)
  return rows.every(
    ({ cell, first, rechecked }) =>
      cell.wanted === null || (first.top1 >= cell.wanted.first && rechecked.top1 >= cell.wanted.rechecked),
  )
}
