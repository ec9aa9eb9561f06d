import assert from "node:assert/strict"
import { test } from "node:test"
import { createDuration, createList, createPlural, EN_FORMATS, TR_FORMATS } from "./numbers.ts"

test("plural: English has one and other, and 0 is other", () => {
  const plural = createPlural(EN_FORMATS.tag)
  assert.deepEqual(
    [0, 1, 2, 4_000].map((n) => plural(n, { one: "# device", other: "# devices" })),
    ["0 devices", "1 device", "2 devices", "4\u202f000 devices"],
  )
})
test("plural: a language with more forms picks its own", () => {
  const plural = createPlural("pl")
  const polish = { one: "# węzeł", few: "# węzły", many: "# węzłów", other: "# węzła" }
  assert.deepEqual(
    [1, 3, 5].map((n) => plural(n, polish)),
    ["1 węzeł", "3 węzły", "5 węzłów"],
  )
})
test("plural: a form that is not given is other", () =>
  assert.equal(createPlural(TR_FORMATS.tag)(1, { other: "# cihaz" }), "1 cihaz"))
test("a list ends as the language ends it", () => {
  assert.equal(createList(EN_FORMATS.tag)(["a", "b", "c"]), "a, b and c")
  assert.equal(createList(TR_FORMATS.tag)(["a", "b", "c"]), "a, b ve c")
})
test("a duration has its two largest units; seconds beside minutes where they are wanted", () => {
  const [english, turkish] = [createDuration(EN_FORMATS), createDuration(TR_FORMATS)]
  const ms = 243_000
  assert.deepEqual(
    [
      english(ms),
      english(ms, { minuteWithSeconds: true }),
      turkish(ms, { minuteWithSeconds: true }),
    ],
    ["4 min", "4 min 3 s", "4 dk 3 sn"],
  )
  assert.deepEqual([english(400), turkish(76 * 3_600_000)], ["under 1 s", "3 gün 4 sa"])
})
