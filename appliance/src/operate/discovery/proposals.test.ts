import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { Candidate, StoredProposal } from "./model.ts"
import { changesOf } from "./proposals.ts"

const DAY_MS = 86_400_000
const content = {
  ...{ name: null, addresses: [], board: null, linkKind: null, sources: [], reason: null },
  ...{ ends: [], evidence: [] },
}
const candidate = fc.record({
  key: fc.constantFrom("k1", "k2", "k3", "k4"),
  kind: fc.constantFrom("device" as const, "link" as const),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  isStale: fc.boolean(),
  seenAtMs: fc.integer({ min: 0, max: 60 * DAY_MS }),
  macs: fc.subarray(["m1", "m2", "m3"]),
  content: fc.constant(content),
})
const stored = fc
  .tuple(candidate, fc.constantFrom("open" as const, "accepted" as const, "rejected" as const))
  .map(
    ([one, state]): StoredProposal => ({
      ...one,
      ...{ id: `id-${one.key}`, state, firstSeenAtMs: 0, decidedAtMs: null, decidedBy: null },
      createdId: state === "accepted" ? `made-${one.key}` : null,
    }),
  )
const unique = <T extends { readonly key: string }>(list: readonly T[]): T[] => [
  ...new Map(list.map((one) => [one.key, one])).values(),
]

test("no run changes a decision, except where what was made of it is gone", () => {
  fc.assert(
    fc.property(
      fc.array(candidate, { maxLength: 6 }),
      fc.array(stored, { maxLength: 4 }),
      (found, known) => {
        const proposals = unique(known)
        const ids = new Set(["made-k1", "made-k2"])
        const changes = changesOf(unique(found), {
          ...{ stored: proposals, ids, confirmed: new Set(["k3"]), owned: new Set(["m3"]) },
          nowMs: 60 * DAY_MS,
        })
        const stateOf = new Map(proposals.map((one) => [one.id, one]))
        for (const id of [...changes.stale, ...changes.remove])
          assert.equal(stateOf.get(id)?.state, "open")
        for (const id of changes.reject) {
          const one = stateOf.get(id)
          assert.equal(one?.state, "accepted")
          assert.ok(!ids.has(one?.createdId ?? ""))
        }
        const added = new Set(changes.add.map(({ key }) => key))
        for (const { key } of proposals) assert.ok(!added.has(key))
        assert.equal(new Set(changes.update.map(({ id }) => id)).size, changes.update.length)
      },
    ),
    { numRuns: 500 },
  )
})

test("a run that finds the same again changes nothing but times", () => {
  const one: Candidate = {
    ...{ key: "k", kind: "link", confidence: 0.9, isStale: false, seenAtMs: DAY_MS, macs: [] },
    content,
  }
  const state = { state: "open" as const, firstSeenAtMs: 0, decidedAtMs: null, decidedBy: null }
  const known = { ...one, ...state, id: "id", createdId: null }
  const changes = changesOf([one], {
    ...{ stored: [known], ids: new Set<string>(), confirmed: new Set<string>() },
    ...{ owned: new Set<string>(), nowMs: DAY_MS },
  })
  assert.deepEqual(
    [changes.add, changes.stale, changes.remove, changes.reject, changes.update.length],
    [[], [], [], [], 1],
  )
})
