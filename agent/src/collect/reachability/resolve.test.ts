import assert from "node:assert/strict"
import { test } from "node:test"
import { createResolver } from "./resolve.ts"

const rig = () => {
  const it = {
    nowMs: 1_000_000_000,
    queries: 0,
    answer: async (): Promise<readonly string[]> => ["2001:DB8::1", "192.0.2.1"],
  }
  const lookup = async () => {
    it.queries += 1
    return await it.answer()
  }
  return { it, resolver: createResolver({ now: () => it.nowMs, lookup, deadlineMs: 20 }) }
}
const gone = (): Promise<never> => Promise.reject(new Error("away"))

test("all addresses of a name, in canonical form; concurrent lookups share one query a minute", async () => {
  const { it, resolver } = rig()
  assert.deepEqual(await Promise.all([resolver.all("R1.example"), resolver.first("r1.EXAMPLE")]), [
    ["2001:db8::1", "192.0.2.1"],
    "2001:db8::1",
  ])
  it.nowMs += 59_000
  await resolver.all("r1.example")
  assert.equal(it.queries, 1)
})

test("an address is returned without a query", async () => {
  const { it, resolver } = rig()
  assert.deepEqual(
    [await resolver.first("2001:DB8:0::9"), await resolver.all("192.0.2.7")],
    ["2001:db8::9", ["192.0.2.7"]],
  )
  assert.equal(it.queries, 0)
})

test("while the name server is down the last good answer is used for an hour", async () => {
  const { it, resolver } = rig()
  await resolver.all("r1.example")
  it.answer = gone
  for (const afterMs of [61_000, 3_400_000]) {
    it.nowMs += afterMs
    assert.equal(await resolver.first("r1.example"), "2001:db8::1")
    await new Promise(setImmediate)
  }
  it.nowMs += 3_600_000
  await resolver.first("r1.example")
  await new Promise(setImmediate)
  assert.equal(await resolver.first("r1.example"), null)
})

test("a name server that never answers is given up, and queried again later", async () => {
  const { it, resolver } = rig()
  it.answer = () => new Promise(() => undefined)
  assert.deepEqual(await resolver.all("r1.example"), [])
  assert.equal(await resolver.first("r1.example"), null)
  it.answer = async () => ["192.0.2.1"]
  it.nowMs += 10_001
  assert.equal(await resolver.first("r1.example"), "192.0.2.1")
})

test("a clock set back does not make an answer valid for ever", async () => {
  const { it, resolver } = rig()
  await resolver.all("r1.example")
  it.nowMs -= 86_400_000
  await resolver.all("r1.example")
  assert.equal(it.queries, 2)
})
