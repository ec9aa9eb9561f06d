import assert from "node:assert/strict"
import { test } from "node:test"
import { createThrottle } from "./throttle.ts"

const make = (keysMost = 100) => {
  const time = { nowMs: 0 }
  return { time, throttle: createThrottle({ now: () => time.nowMs }, { burst: 2, perSecond: 0.5, keysMost }) }
}

test("a burst goes through, then one for each drip, and the wait that is told is the true one", () => {
  const { throttle, time } = make()
  assert.deepEqual([throttle.take("a"), throttle.take("a"), throttle.take("a")], [0, 0, 2_000])
  time.nowMs = 1_999
  assert.ok(throttle.take("a") > 0)
  time.nowMs = 2_000
  assert.equal(throttle.take("a"), 0)
})

test("one caller's haste is not another's, and what is given back may be taken again", () => {
  const { throttle } = make()
  throttle.take("a")
  throttle.take("a")
  assert.equal(throttle.take("b"), 0)
  throttle.refund("a")
  assert.equal(throttle.take("a"), 0)
  throttle.refund("c")
  assert.deepEqual([throttle.take("c"), throttle.take("c")], [0, 0])
  assert.ok(throttle.take("c") > 0)
})

test("a clock set back gives nothing away and takes nothing", () => {
  const { throttle, time } = make()
  time.nowMs = 10_000
  throttle.take("a")
  time.nowMs = 0
  assert.equal(throttle.take("a"), 0)
  assert.ok(throttle.take("a") > 0)
})

test("strangers cannot fill the memory: the caller longest unheard is forgotten", () => {
  const { throttle } = make(2)
  throttle.take("a")
  throttle.take("a")
  throttle.take("b")
  throttle.take("c")
  assert.equal(throttle.take("a"), 0)
})
