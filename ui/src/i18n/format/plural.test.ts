import assert from "node:assert/strict"
import { test } from "node:test"
import { createPlural, listText } from "./plural.ts"

const forms = { one: "# device", other: "# devices" }

test("plural: English has one and other, and 0 is other", () => {
  const plural = createPlural("en-GB")
  assert.deepEqual(
    [0, 1, 2].map((n) => plural(n, forms)),
    ["0 devices", "1 device", "2 devices"],
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
  assert.equal(createPlural("tr")(1, { other: "# cihaz" }), "1 cihaz"))
test("plural: a list ends as the language ends it", () =>
  assert.equal(listText(["a", "b", "c"]), "a, b and c"))
