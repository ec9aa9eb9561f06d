/** Agents are updated one after the other, and a release that fails once goes no further. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { OwnPackage } from "@ispvm/wire"
import fc from "fast-check"
import { AgentId } from "../../platform/ids.ts"
import { createPackageOffers, type PackageRelease } from "./package-offers.ts"

const agent = (n: number): AgentId =>
  AgentId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`)
const [A, B, C] = [agent(1), agent(2), agent(3)]
const runs = (version: string, more: Partial<OwnPackage> = {}): OwnPackage => ({
  version,
  architecture: "amd64",
  failed: null,
  ...more,
})
const gaveUp = (version: string): OwnPackage =>
  runs("1", { failed: { version, reason: "no-heartbeat" } })

const makeOffers = (version = "2") => {
  const at = { ms: 0, release: release(version) as PackageRelease | null }
  const offers = createPackageOffers({
    source: {
      release: () => at.release,
      piece: async () => null,
      isLater: (one, other) => Number(one) > Number(other),
    },
    steady: () => at.ms,
  })
  return { ...offers, at }
}
const release = (version: string): PackageRelease => ({
  version,
  architectures: new Set(["amd64"]),
})
const OFFER = { version: "2" }

test("one agent at a time is offered the release, the next once that one runs it", () => {
  const { offer, stateOf } = makeOffers()
  assert.deepEqual(offer(A, runs("1")), OFFER)
  assert.equal(offer(B, runs("1")), null)
  assert.deepEqual(offer(A, runs("1")), OFFER, "repeated until it is done")
  assert.equal(stateOf(A)?.state, "updating")
  assert.equal(stateOf(B)?.state, "waiting")
  assert.equal(offer(A, runs("2")), null)
  assert.equal(stateOf(A)?.state, "current")
  assert.deepEqual(offer(B, runs("1")), OFFER)
})

test("an agent that gives the release up stops it for all; an operator may try it again", () => {
  const { offer, stateOf, retry } = makeOffers()
  offer(A, runs("1"))
  assert.equal(offer(A, gaveUp("2")), null)
  assert.deepEqual(stateOf(A), { state: "failed", version: "2", reason: "no-heartbeat" })
  assert.equal(offer(B, runs("1")), null)
  retry(A)
  assert.equal(offer(B, runs("1")), null)
  assert.deepEqual(offer(A, gaveUp("2")), OFFER)
  assert.deepEqual(
    offer(A, gaveUp("2")),
    OFFER,
    "until root has begun, it names the failure before",
  )
  offer(A, runs("2"))
  assert.deepEqual(offer(B, runs("1")), OFFER)
})

test("a later release is offered also where the one before was given up", () => {
  const { offer, at } = makeOffers()
  offer(A, gaveUp("2"))
  at.release = release("3")
  assert.deepEqual(offer(A, gaveUp("2")), { version: "3" })
})

test("an agent that does not come back in time has failed, and nobody else is offered it", () => {
  const { offer, stateOf, at } = makeOffers()
  offer(A, runs("1"))
  at.ms = 31 * 60_000
  assert.equal(offer(B, runs("1")), null)
  assert.deepEqual(stateOf(A), { state: "failed", version: "2", reason: "no-answer" })
})

test("no offer: to an agent that cannot be updated, runs as new a release, or has another processor", () => {
  const { offer, stateOf, at } = makeOffers()
  assert.equal(offer(A, null), null)
  assert.equal(stateOf(A), null)
  assert.equal(offer(A, runs("2")), null)
  assert.equal(offer(B, runs("3")), null)
  assert.equal(offer(C, runs("1", { architecture: "arm64" })), null)
  at.release = null
  assert.equal(offer(C, runs("1")), null)
})

test("whatever agents say in whatever order, never two of them have the release at once", () => {
  const step = fc.tuple(
    fc.constantFrom(A, B, C),
    fc.constantFrom(runs("1"), runs("2"), gaveUp("2"), null),
    fc.nat({ max: 20 * 60_000 }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { offer, stateOf, at } = makeOffers()
      for (const [who, own, passedMs] of steps) {
        at.ms += passedMs
        offer(who, own)
        const updating = [A, B, C].filter((each) => stateOf(each)?.state === "updating")
        assert.ok(updating.length <= 1)
      }
    }),
  )
})
