import assert from "node:assert/strict"
import { test } from "node:test"
import { byText } from "./names.ts"

test("names: a number in a name counts as a number", () =>
  assert.deepEqual(["r-10", "R-9", "r-2"].sort(byText), ["r-2", "R-9", "r-10"]))
