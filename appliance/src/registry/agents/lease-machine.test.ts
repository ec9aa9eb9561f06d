import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { AgentId } from "../../platform/ids.ts"
import { type Candidate, LEASE_TIMES, type Lease, NO_LEASE, stepLease } from "./lease-machine.ts"

const agentIds = [1, 2, 3].map((n) => AgentId.parse(`00000000-0000-4000-8000-00000000000${n}`))
const [a, b, c] = agentIds as [AgentId, AgentId, AgentId]
const one = (agent: AgentId, more: Partial<Candidate> = {}): Candidate => ({
  agent,
  rank: agent === a ? 0 : 1,
  load: 0,
  aliveSinceMs: 0,
  reach: { answers: true, sinceMs: 0 },
  ...more,
})
const held = (holder: AgentId, incoming: Lease["incoming"] = null): Lease => ({
  ...NO_LEASE,
  holder,
  incoming,
})
const HOUR = 3_600_000

const offline = { aliveSinceMs: null, reach: null }
const unreached = (sinceMs: number) => ({ reach: { answers: false, sinceMs } })
const cases: readonly [string, Lease, readonly Candidate[], boolean, AgentId | null, string][] = [
  ["the first one", NO_LEASE, [one(a), one(b)], true, a, "assigned"],
  [
    "the preferred one is offline at first",
    NO_LEASE,
    [one(a, offline), one(b)],
    true,
    b,
    "assigned",
  ],
  ["offline holder", held(a), [one(a, offline), one(b)], true, b, "agent-offline"],
  [
    "offline, but the appliance stood still",
    held(a),
    [one(a, offline), one(b)],
    false,
    a,
    "assigned",
  ],
  ["all offline", held(b), [one(a, offline), one(b, offline)], true, b, "assigned"],
  [
    "offline, and the other cannot reach it either",
    held(a),
    [one(a, offline), one(b, unreached(0))],
    true,
    b,
    "agent-offline",
  ],
  [
    "not reached",
    held(a),
    [one(a, unreached(HOUR - 5_000)), one(b)],
    true,
    b,
    "device-not-reached",
  ],
  [
    "not reached for a moment",
    held(a),
    [one(a, unreached(HOUR - 3_000)), one(b)],
    true,
    a,
    "assigned",
  ],
  ["reached by nobody", held(a), [one(a, unreached(0)), one(b, unreached(0))], true, a, "assigned"],
  [
    "the other one does not know",
    held(a),
    [one(a, unreached(0)), one(b, { reach: null })],
    true,
    a,
    "assigned",
  ],
  ["no longer allowed", held(c), [one(a), one(b)], true, a, "agent-removed"],
  ["nobody is allowed", held(c), [], true, null, "assigned"],
  [
    "preferred is back",
    held(b, { agent: a, sinceMs: HOUR - 25_000 }),
    [one(a), one(b)],
    true,
    a,
    "preferred-is-back",
  ],
  [
    "preferred reads beside it",
    held(b, { agent: a, sinceMs: HOUR - 24_000 }),
    [one(a), one(b)],
    true,
    b,
    "assigned",
  ],
  [
    "load",
    held(b, { agent: c, sinceMs: 0 }),
    [one(b, { load: 9 }), one(c)],
    true,
    c,
    "load-balanced",
  ],
]

test("the lease goes to another agent for a named reason", () => {
  for (const [name, was, candidates, mayTakeOver, holder, reason] of cases) {
    const now = stepLease(was, candidates, HOUR, mayTakeOver)
    assert.deepEqual([now.holder, now.reason], [holder, reason], name)
  }
})

test("a returning agent first reads beside the holder, and only when it is stable", () => {
  const back = (sinceMs: number) => [one(a, { aliveSinceMs: sinceMs }), one(b)]
  assert.equal(stepLease(held(b), back(HOUR - 59_000), HOUR).incoming, null)
  assert.deepEqual(stepLease(held(b), back(HOUR - 60_000), HOUR).incoming, {
    agent: a,
    sinceMs: HOUR,
  })
  const beside = held(b, { agent: a, sinceMs: HOUR - 10_000 })
  const gone = stepLease(beside, [one(a, { aliveSinceMs: null, reach: null }), one(b)], HOUR)
  assert.deepEqual([gone.holder, gone.incoming], [b, null])
  const few = [one(b, { load: 4 }), one(c, { load: 2 })]
  assert.equal(stepLease(held(b), few, HOUR).incoming, null, "a small difference moves nothing")
})

/** What happens to an agent: it sends or not, and it reaches the device or not. */
type Fate = {
  readonly agent: number
  readonly atS: number
  readonly sends: boolean
  readonly reaches: boolean
}
const fates = fc.array(
  fc.record({
    agent: fc.integer({ min: 0, max: 2 }),
    atS: fc.integer({ min: 0, max: 300 }),
    sends: fc.boolean(),
    reaches: fc.boolean(),
  }),
  { maxLength: 40 },
)
const ranks = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 })

type AgentState = {
  sends: boolean
  reaches: boolean
  seenMs: number
  onlineMs: number
  /** Since when `reaches` is what it is. */
  reachMs: number
  /** Since when it sends and reaches the device. */
  goodMs: number
}
const newState = (): AgentState => ({
  sends: true,
  reaches: true,
  seenMs: 0,
  onlineMs: 0,
  reachMs: 0,
  goodMs: 0,
})
const suffer = (of: AgentState, { sends, reaches }: Fate, nowMs: number): void => {
  if (of.reaches !== reaches) of.reachMs = nowMs
  if (!(of.sends && of.reaches) && sends && reaches) of.goodMs = nowMs
  Object.assign(of, { sends, reaches })
}
const send = (of: AgentState, nowMs: number): void => {
  if (!of.sends) return
  if (nowMs - of.seenMs > 4_000) of.onlineMs = nowMs
  of.seenMs = nowMs
}
const candidateOf = (of: AgentState, agent: AgentId, rank: number, nowMs: number): Candidate => {
  const isAlive = nowMs - of.seenMs < LEASE_TIMES.offlineMs
  return {
    agent,
    rank,
    load: 0,
    aliveSinceMs: isAlive ? of.onlineMs : null,
    reach: isAlive ? { answers: of.reaches, sinceMs: of.reachMs } : null,
  }
}
/** Since when the holder has not worked; null: it works. */
const failedSince = (holder: AgentState | undefined): number | null => {
  if (holder === undefined) return 0
  if (!holder.sends) return holder.seenMs
  return holder.reaches ? null : holder.reachMs
}

/** Plays a history; gives the holders with their first moments, and what broke the promise. */
const play = (history: readonly Fate[], ranks: readonly number[], stepMs: number) => {
  const state = agentIds.map(newState)
  const due = history.toSorted((x, y) => x.atS - y.atS)
  const holders: { readonly holder: AgentId | null; readonly fromMs: number }[] = []
  const broken: string[] = []
  let lease = NO_LEASE
  let next = 0
  for (let nowMs = 0; nowMs < 320_000; nowMs += stepMs) {
    for (let fate = due[next]; fate !== undefined && fate.atS * 1_000 <= nowMs; fate = due[next]) {
      suffer(state[fate.agent] ?? newState(), fate, nowMs)
      next += 1
    }
    for (const of of state) send(of, nowMs)
    const candidates = agentIds.map((agent, at) =>
      candidateOf(state[at] ?? newState(), agent, ranks[at] ?? 0, nowMs),
    )
    const was = lease
    lease = stepLease(was, candidates, nowMs)
    if (lease.holder !== was.holder) holders.push({ holder: lease.holder, fromMs: nowMs })
    const failedMs = failedSince(state[lease.holder === null ? -1 : agentIds.indexOf(lease.holder)])
    const hasWorking = state.some((of) => of.sends && of.reaches && nowMs - of.goodMs > 15_000)
    if (hasWorking && failedMs !== null && nowMs - failedMs > 15_000)
      broken.push(`no working holder at ${nowMs}: ${JSON.stringify({ lease, state })}`)
    if (lease.holder !== null && lease.holder === lease.incoming?.agent)
      broken.push(`reads beside itself at ${nowMs}`)
  }
  return { holders, broken }
}

test("one holder at each moment, and one that works while one has worked for 15 s", () => {
  let moves = 0
  fc.assert(
    fc.property(fates, ranks, fc.integer({ min: 200, max: 1_000 }), (history, rank, stepMs) => {
      const { holders, broken } = play(history, rank, stepMs)
      moves += holders.length
      assert.deepEqual(broken, [])
      for (const [at, { fromMs }] of holders.entries())
        assert.ok(at === 0 || fromMs > (holders[at - 1]?.fromMs ?? 0), "two holders at one moment")
    }),
    { numRuns: 100 },
  )
  assert.ok(moves > 10, `leases moved ${moves} times`)
})
