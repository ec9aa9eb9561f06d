/** Large networks are solved beside the event loop, with the same answers as in the review. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as delay, setImmediate } from "node:timers/promises"
import type { Observation } from "@ispvm/rca"
import { DeviceId, LinkId } from "../../../platform/ids.ts"
import { AGENT } from "../../alerts/rules/test/rule-world.ts"
import { buildTopology, type Topology } from "../../alerts/topology.ts"
import { createDiagnoser, type Diagnosis } from "../diagnosis/diagnosis.ts"
import { uuid } from "../test/world-topology.ts"
import { changeColumns } from "./columns.ts"
import type { OutageAnswer, OutageRequest } from "./model.ts"
import { createSolvers, createSolverThread, SolverEnded } from "./solver-thread.ts"

const CHILDREN = 4
const deviceAt = (n: number): DeviceId => DeviceId.parse(uuid(2, n + 1))
const parentOf = (n: number): number => Math.floor((n - 1) / CHILDREN)
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** A tree; the agent is at its root. */
const treeOf = (size: number): Topology =>
  buildTopology(
    range(size).map((n) => ({
      ...{ id: deviceAt(n), name: `r${n}`, roles: ["core"], agentId: AGENT, siteId: null },
      reportsEveryS: null,
    })),
    range(size - 1).map((n) => ({
      ...{ id: LinkId.parse(uuid(3, n + 1)), name: `l${n + 1}`, capacityBps: null },
      a: { deviceId: deviceAt(parentOf(n + 1)), interface: `to-${n + 1}` },
      b: { deviceId: deviceAt(n + 1), interface: "up" },
    })),
    [{ id: AGENT, name: "north", deviceId: deviceAt(0), siteId: null }],
    [],
  )

const isBehind = (n: number, failed: number): boolean =>
  n === failed || (n > failed && isBehind(parentOf(n), failed))
/** Equal observations are the same object, as in a review. */
const observer = (size: number) => {
  const pairs = range(size).map((n) => {
    const probe = { entity: deviceAt(n), signal: "reachable", from: deviceAt(0) } as const
    return { up: { ...probe, value: "up" }, down: { ...probe, value: "down" } } as const
  })
  return (failed: number | null): Observation[] =>
    pairs.map(({ up, down }, n) => (failed !== null && isBehind(n, failed) ? down : up))
}

const causesOf = ({ hypotheses, recheck }: Pick<Diagnosis, "hypotheses" | "recheck">) => ({
  hypotheses: hypotheses.map(({ components, probability, classes }) => ({
    components,
    probability,
    classes,
  })),
  recheck,
})
const NONE: ReadonlySet<string> = new Set()
const isDown = ({ value }: Observation): boolean => value === "down"

test("a thread finds the causes that the review itself finds, as observations come and go", async (t) => {
  const topology = treeOf(120)
  const observed = observer(120)
  const faults: unknown[] = []
  const solvers = createSolvers((error) => void faults.push(error))
  t.after(() => solvers.stop())
  const sync = createDiagnoser()
  const threaded = createDiagnoser({ ...solvers, owner: "org" }, 0)
  for (const failed of [3, 7, null, 30]) {
    const observations = observed(failed)
    const expected = sync(topology, observations, NONE)
    let found = threaded(topology, observations, NONE)
    for (const down of observations.filter(isDown))
      if (!found.includes(down)) assert.ok(failed !== null)
    while (JSON.stringify(causesOf(found)) !== JSON.stringify(causesOf(expected))) {
      await delay(5)
      found = threaded(topology, observations, NONE)
    }
    assert.ok(observations.filter(isDown).every(found.includes))
  }
  assert.deepEqual(faults, [])
})

test("the event loop goes on while the causes in 10,000 nodes are looked for", async (t) => {
  const size = 10_000
  const topology = treeOf(size)
  const observations = observer(size)(5)
  const faults: unknown[] = []
  const solvers = createSolvers((error) => void faults.push(error))
  t.after(() => solvers.stop())
  const began = performance.now()
  const expected = createDiagnoser()(topology, observations, NONE)
  const syncMs = performance.now() - began
  const threaded = createDiagnoser({ ...solvers, owner: "org" })
  let longestMs = 0
  let turns = 0
  let found: Diagnosis | null = null
  do {
    const before = process.threadCpuUsage()
    found = threaded(topology, observations, NONE)
    // What comes from the thread is read in this turn.
    await setImmediate()
    const { user, system } = process.threadCpuUsage(before)
    longestMs = Math.max(longestMs, (user + system) / 1_000)
    turns += 1
  } while (found.hypotheses.length === 0)
  t.diagnostic(
    `in the review ${syncMs.toFixed(0)} ms; on a thread the loop was busy ${longestMs.toFixed(0)} ms at most, ${turns} turns`,
  )
  assert.deepEqual(causesOf(found), causesOf(expected))
  // 100 ms are wanted, and 50 to 87 were seen; beside other tests and their garbage it takes longer.
  assert.ok(longestMs <= Math.max(200, syncMs / 3), `${longestMs} ms`)
  assert.deepEqual(faults, [])
})

const thread = (program: string, more: Parameters<typeof createSolverThread>[1] = {}) =>
  createSolverThread<OutageRequest, OutageAnswer>((answer) => answer as OutageAnswer, {
    ...more,
    program: new URL(`data:text/javascript,${encodeURIComponent(program)}`),
  })
const LISTEN = `import { parentPort } from "node:worker_threads"
const answer = (id) => parentPort.postMessage({ id, answer: { hypotheses: [], recheck: [] } })
parentPort.on("message", ({ id, request: { owner } }) => {`
const asked = (owner: string): OutageRequest => ({
  kind: "outages",
  owner,
  network: null,
  changes: changeColumns([], new Map()),
})

test("what waits is replaced by what its owner asks later, and others keep their place", async (t) => {
  const { solve, stop } = thread(`${LISTEN} answer(id) })`)
  t.after(stop)
  const built: string[] = []
  const ask = (owner: string, name: string) =>
    solve(owner, () => {
      built.push(name)
      return asked(owner)
    }).then((answer) => answer !== null)
  const answers = await Promise.all([
    ask("a", "a1"),
    ask("b", "b1"),
    ask("c", "c1"),
    ask("b", "b2"),
    ask("a", "a2"),
  ])
  assert.deepEqual(built, ["a1", "b2", "c1", "a2"])
  assert.deepEqual(answers, [true, false, true, true, true])
})

test("a thread that ends fails its request with a name and is started again, for those that wait", async (t) => {
  let ended = 0
  const { solve, stop } = thread(
    `${LISTEN} if (owner === "bad") throw new Error("made up"); answer(id) })`,
    {
      onEnded: () => {
        ended += 1
      },
    },
  )
  t.after(stop)
  const generations: number[] = []
  const ask = (owner: string) =>
    solve(owner, (generation) => {
      generations.push(generation)
      return asked(owner)
    })
  const outcomes = await Promise.allSettled([ask("good"), ask("bad"), ask("other")])
  const [, bad, other] = outcomes
  assert.equal(bad?.status === "rejected" && bad.reason instanceof SolverEnded, true)
  assert.equal(other?.status, "fulfilled")
  assert.deepEqual(generations, [1, 1, 2])
  assert.equal(ended, 1)
})

test("a request that takes too long ends its thread", async (t) => {
  const { solve, stop } = thread(`${LISTEN} while (owner === "bad"); answer(id) })`, {
    longestMs: 300,
  })
  t.after(stop)
  await assert.rejects(
    solve("bad", () => asked("bad")),
    SolverEnded,
  )
})

test("after a failure causes are found without the thread", async () => {
  const topology = treeOf(20)
  const observations = observer(20)(3)
  const faults: unknown[] = []
  const failing = () => Promise.reject(new Error("made up"))
  const diagnose = createDiagnoser(
    {
      owner: "org",
      outages: failing,
      degradations: failing,
      onError: (error) => void faults.push(error),
    },
    0,
  )
  assert.deepEqual(diagnose(topology, observations, NONE).hypotheses, [])
  await setImmediate()
  assert.notDeepEqual(diagnose(topology, observations, NONE).hypotheses, [])
  assert.equal(faults.length, 1)
})
