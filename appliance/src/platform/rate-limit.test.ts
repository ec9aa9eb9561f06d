import assert from "node:assert/strict"
import { test } from "node:test"
import { createRateLimit } from "./rate-limit.ts"

const make = (maxKeys = 100) => {
  const time = { nowMs: 0 }
  return {
    time,
    rateLimit: createRateLimit({ now: () => time.nowMs }, { burst: 2, perSecond: 0.5, maxKeys }),
  }
}

test("a burst passes, then one for each interval, and the announced wait is correct", () => {
  const { rateLimit, time } = make()
  assert.deepEqual([rateLimit.take("a"), rateLimit.take("a"), rateLimit.take("a")], [0, 0, 2_000])
  time.nowMs = 1_999
  assert.ok(rateLimit.take("a") > 0)
  time.nowMs = 2_000
  assert.equal(rateLimit.take("a"), 0)
})

test("callers are independent, and what is given back can be used again", () => {
  const { rateLimit } = make()
  rateLimit.take("a")
  rateLimit.take("a")
  assert.equal(rateLimit.take("b"), 0)
  rateLimit.refund("a")
  assert.equal(rateLimit.take("a"), 0)
  rateLimit.refund("c")
  assert.deepEqual([rateLimit.take("c"), rateLimit.take("c")], [0, 0])
  assert.ok(rateLimit.take("c") > 0)
})

test("setting the clock back neither adds nor removes budget", () => {
  const { rateLimit, time } = make()
  time.nowMs = 10_000
  rateLimit.take("a")
  time.nowMs = 0
  assert.equal(rateLimit.take("a"), 0)
  assert.ok(rateLimit.take("a") > 0)
})

test("strangers cannot fill the memory: the least recent caller is evicted", () => {
  const { rateLimit } = make(2)
  rateLimit.take("a")
  rateLimit.take("a")
  rateLimit.take("b")
  rateLimit.take("c")
  assert.equal(rateLimit.take("a"), 0)
})
