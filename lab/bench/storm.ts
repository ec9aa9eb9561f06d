/**
 * A core cut in a large provider network: how fast it is named, how many symptoms it explains, and
 * whether the solver keeps up in the minutes after it. The cut is repaired halfway through these.
 *   npm run bench -- storm [--routers 2000] [--customers 20000] [--observations 20000]
 *                          [--seconds 3] [--every-ms 100] [--minutes 10] [--a-minute 10000]
 *                          [--flow-every-ms 1000] [--seed 1] [--real-time]
 * Time is event time: observations wait until earlier work is done, which is measured in processor
 * time; idle time is skipped. --real-time uses the wall clock. The references, on the same
 * observations: a parent tree, and solving each time from scratch.
 */
import { parseArgs } from "node:util"
import { type Answer, createSolver, type Solver, solve } from "@ispvm/rca"
import { makeIsp } from "../eval/isp.ts"
import { recheckWithNoise, USUAL_NOISE } from "../eval/observations.ts"
import { randomStream } from "../eval/shape.ts"
import {
  isIndistinguishable,
  makeWorld,
  visibilityOf,
  type World,
  withoutCustomers,
} from "../eval/world.ts"
import { percentile, table } from "./figures.ts"
import {
  millis,
  percent,
  presentStorm,
  type StormResult,
  sum,
  TARGET,
  type Timed,
  yes,
} from "./storm-report.ts"
import {
  type Clock,
  createObservationStore,
  type Moment,
  type ObservationStore,
  processorMs,
  serve,
  wallMs,
} from "./storm-serve.ts"
import {
  type Arrival,
  createRoundRobin,
  makeFlow,
  makeStorm,
  type RoundRobin,
} from "./storm-stream.ts"
import { createTree } from "./storm-tree.ts"

/** One of this many answers is also solved from scratch. */
const SCRATCH_EACH = 5
const MINUTE_MS = 60_000
/**
 * Below this confidence re-checks are made. The appliance confirms each new symptom before it
 * counts, and makes re-checks below 0.9.
 */
const RECHECK_BELOW = 0.99

const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routers: { type: "string", default: "2000" },
      customers: { type: "string", default: "20000" },
      observations: { type: "string", default: "20000" },
      seconds: { type: "string", default: "3" },
      "every-ms": { type: "string", default: "100" },
      minutes: { type: "string", default: "10" },
      "a-minute": { type: "string", default: "10000" },
      "flow-every-ms": { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      "real-time": { type: "boolean", default: false },
    },
  })
  const isRealTime = values["real-time"]
  return {
    routers: Number(values.routers),
    customers: Number(values.customers),
    observations: Number(values.observations),
    stormMs: Number(values.seconds) * 1_000,
    everyMs: Number(values["every-ms"]),
    minutes: Number(values.minutes),
    aMinute: Number(values["a-minute"]),
    flowEveryMs: Number(values["flow-every-ms"]),
    seed: Number(values.seed),
    clock: isRealTime ? wallMs : processorMs,
    idle: async (idleMs: number) => {
      if (isRealTime) await new Promise((resolve) => setTimeout(resolve, idleMs))
    },
  }
}
type Options = ReturnType<typeof readOptions>

/** The state of a run. */
type BenchContext = {
  readonly options: Options
  readonly world: World
  readonly trunk: string
  readonly solver: Solver
  readonly store: ObservationStore
  readonly random: () => number
  readonly memory: { rss: number; heapUsed: number }
}

const noteMemory = (peak: BenchContext["memory"]): void => {
  const { rss, heapUsed } = process.memoryUsage()
  peak.rss = Math.max(peak.rss, rss)
  peak.heapUsed = Math.max(peak.heapUsed, heapUsed)
}

/** An answer is right if it shows what the truth shows, apart from single customers. */
const createCheck = (world: World, truth: readonly string[]) => {
  const known = new Map<string, boolean>()
  return (answer: Answer): boolean => {
    const named = withoutCustomers(world, answer.hypotheses[0]?.components ?? [])
    const key = JSON.stringify(named)
    const isRight =
      known.get(key) ?? (answer.hypotheses.length > 0 && isIndistinguishable(world, named, truth))
    known.set(key, isRight)
    return isRight
  }
}
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`

const runStorm = async (
  { options, world, trunk, solver, store, memory }: BenchContext,
  storm: readonly Arrival[],
): Promise<StormResult> => {
  const { stormMs, everyMs, clock, idle } = options
  const isTrunkNamed = createCheck(world, [trunk])
  const moments: (Moment & Timed)[] = []
  const byTree: Timed[] = []
  const scratch: { oursMs: number; theirsMs: number }[] = []
  const tree = createTree(world)
  let [offset, treeAnswer] = [0, tree.answer()]
  const onMoment = (moment: Moment): void => {
    noteMemory(memory)
    moments.push({ ...moment, isRight: isTrunkNamed(moment.answer) })
    for (const { observation } of storm.slice(offset, offset + moment.addedCount))
      tree.observe(observation)
    offset += moment.addedCount
    const [solveMs, latestAnswer] = timed(wallMs, tree.answer)
    treeAnswer = latestAnswer
    // A tree cannot name a link: its far end counts.
    byTree.push({ atMs: moment.atMs, solveMs, isRight: trunk.endsWith(` – ${latestAnswer.named}`) })
    if (moments.length % SCRATCH_EACH !== 0) return
    const document = { ...world.plan, isPartial: true, observations: store.current() }
    scratch.push({ oursMs: moment.solveMs, theirsMs: timed(clock, () => solve(document))[0] })
  }
  const untilMs = stormMs + 2 * everyMs
  await serve({
    arrivals: storm,
    fromMs: 0,
    untilMs,
    everyMs,
    clock,
    idle,
    add: store.add,
    answer: solver.answer,
    onMoment,
  })
  return { moments, byTree, treeAnswer, scratch }
}

const timed = <T>(clock: Clock, work: () => T): readonly [number, T] => {
  const began = clock()
  const result = work()
  return [clock() - began, result]
}

type Minute = {
  readonly row: readonly string[]
  readonly busyMs: number
  readonly waiting: number
  readonly solveMs: readonly number[]
}
const runMinute = async (
  { options, world, trunk, store, solver, random, memory }: BenchContext,
  roundRobin: RoundRobin,
  minute: number,
): Promise<Minute> => {
  const { stormMs, flowEveryMs, aMinute, clock, idle } = options
  const truth = minute < options.minutes / 2 ? [trunk] : []
  const fromMs = stormMs + minute * MINUTE_MS
  const untilMs = fromMs + MINUTE_MS
  const arrivals = makeFlow(world, truth, roundRobin, aMinute, fromMs, MINUTE_MS, random)
  const moments: Moment[] = []
  const onMoment = (moment: Moment): void => {
    noteMemory(memory)
    moments.push(moment)
  }
  // As the appliance does: re-checks are made at once, before their turn in the round robin.
  const visibility = visibilityOf(world, truth)
  const recheck = ({ hypotheses, recheck: requested }: Answer) =>
    (hypotheses[0]?.probability ?? 0) < RECHECK_BELOW
      ? recheckWithNoise(world, visibility, requested, 1, USUAL_NOISE, random)
      : []
  const worker = {
    add: store.add,
    answer: solver.answer,
    dropOutdated: store.dropOutdated,
    recheck,
    onMoment,
  }
  await serve({ arrivals, fromMs, untilMs, everyMs: flowEveryMs, clock, idle, ...worker })
  const solveMs = moments.map((moment) => moment.solveMs)
  const busyMs = sum(moments.map((moment) => moment.busyMs))
  const last = moments.at(-1)
  const waiting = last?.waiting ?? 0
  const lateMs = Math.max(0, (last?.atMs ?? 0) - untilMs)
  const isRight = last !== undefined && createCheck(world, truth)(last.answer)
  const named = last?.answer.hypotheses[0]?.components ?? []
  const more = named.length > 3 ? ` and ${named.length - 3} more` : ""
  const wrong = `wrong: ${named.slice(0, 3).join(", ") || "nothing"}${more}`
  const row = [
    `${minute + 1}`,
    truth.length === 0 ? "nothing" : "the trunk",
    `${arrivals.length}`,
    millis(busyMs),
    percent(busyMs / MINUTE_MS),
    millis(percentile(solveMs, 50)),
    millis(percentile(solveMs, 95)),
    `${waiting}`,
    millis(lateMs),
    isRight ? "right" : wrong,
  ]
  return { row, busyMs, waiting, solveMs }
}

const flow = async (context: BenchContext): Promise<boolean> => {
  const minutes: Minute[] = []
  const roundRobin = createRoundRobin(context.world, context.random)
  for (let minute = 0; minute < context.options.minutes; minute += 1) {
    minutes.push(await runMinute(context, roundRobin, minute))
    console.error(`minute ${minute + 1} of ${context.options.minutes}`)
  }
  if (minutes.length === 0) return true
  const head = [
    "minute",
    "failed",
    "observations",
    "work",
    "utilisation",
    "answer p50",
    "p95",
    "waiting",
    "late",
    "named",
  ]
  console.log(`\n${table([head, ...minutes.map(({ row }) => row)])}`)
  const busiest = Math.max(...minutes.map(({ busyMs }) => busyMs / MINUTE_MS))
  const waiting = minutes.at(-1)?.waiting ?? 0
  const p95Ms = percentile(
    minutes.flatMap(({ solveMs }) => solveMs),
    95,
  )
  const met = {
    busiest: busiest < TARGET.utilisation,
    waiting: waiting === 0,
    p95: p95Ms <= TARGET.p95Ms,
  }
  const rows = [
    ["the minutes after it", "ours", "target", "met"],
    ["busiest minute", percent(busiest), "< 100 %", yes(met.busiest)],
    ["observations waiting at the end", `${waiting}`, "0", yes(met.waiting)],
    ["an answer, p95", millis(p95Ms), "≤ 50 ms", yes(met.p95)],
  ]
  console.log(`\n${table(rows)}`)
  return met.busiest && met.waiting && met.p95
}

const WARM_ANSWERS = 30
/** A running appliance has warm code: another network of the size is solved a few times first. */
const warmUp = ({ routers, customers, observations, stormMs, seed }: Options): void => {
  const random = randomStream("warm", seed)
  const { plan, trunk } = makeIsp({ routers, customers }, random)
  const solver = createSolver({ ...plan, isPartial: true })
  const storm = makeStorm(makeWorld(plan), [trunk], observations, stormMs, random)
  storm.forEach(({ observation }, index) => {
    solver.observe(observation)
    if (index % Math.ceil(storm.length / WARM_ANSWERS) === 0) solver.answer()
  })
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const options = readOptions(args)
  const random = randomStream("storm", options.seed)
  const before = process.memoryUsage()
  const { plan, trunk } = makeIsp(
    { routers: options.routers, customers: options.customers },
    random,
  )
  const world = makeWorld(plan)
  const storm = makeStorm(world, [trunk], options.observations, options.stormMs, random)
  const down = storm.filter((one) => one.observation.value === "down")
  const byNoise = down.filter((one) => !one.isTrulyDown).length
  console.log(
    `${options.routers} routers, ${options.customers} customers, ${plan.links.length} links; ` +
      `${trunk} cut; ${storm.length} observations in ${options.stormMs / 1_000} s, ` +
      `${down.length} of them down, ${byNoise} of these by noise; seed ${options.seed}`,
  )
  warmUp(options)
  const [madeMs, solver] = timed(options.clock, () => createSolver({ ...plan, isPartial: true }))
  const store = createObservationStore(solver)
  const context: BenchContext = {
    options,
    world,
    trunk,
    solver,
    store,
    random,
    memory: { rss: 0, heapUsed: 0 },
  }
  const isStormMet = presentStorm(store, storm, await runStorm(context, storm))
  console.log(`creating the solver ${millis(madeMs)}`)
  const isFlowMet = await flow(context)
  const { rss, heapUsed } = context.memory
  console.log(
    `\nmemory at most ${megabytes(rss)} resident, ${megabytes(heapUsed)} heap, ` +
      `with the network of the bench; ` +
      `at the start ${megabytes(before.rss)}, ${megabytes(before.heapUsed)}`,
  )
  return isStormMet && isFlowMet
}
