import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { createCache } from "./cache.ts"

test("a full cache drops the entry written longest ago; writing again makes an entry the youngest", () => {
  const cache = createCache<string, number>({ maxEntries: 2 })
  cache.set("a", 1)
  cache.set("b", 2)
  cache.set("a", 3)
  cache.set("c", 4)
  assert.deepEqual(
    [cache.get("a"), cache.get("b"), cache.get("c"), cache.size()],
    [3, undefined, 4, 2],
  )
})

test("an entry is forgotten once its time to live is over", () => {
  const time = { nowMs: 0 }
  const cache = createCache<string, number>({ maxEntries: 5, ttlMs: 100, now: () => time.nowMs })
  cache.set("a", 1)
  time.nowMs = 99
  assert.equal(cache.get("a"), 1)
  time.nowMs = 100
  assert.deepEqual([cache.get("a"), cache.size()], [undefined, 0])
})

test("the bound holds whatever is written, and the last entries written are there", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 5 }), (keys, maxEntries) => {
      const cache = createCache<number, number>({ maxEntries })
      for (const [index, key] of keys.entries()) cache.set(key, index)
      const youngest = [...new Set([...keys].reverse())].slice(0, maxEntries)
      assert.deepEqual([...cache.entries()].map(([key]) => key).reverse(), youngest)
    }),
  )
})
