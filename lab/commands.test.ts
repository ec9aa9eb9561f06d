import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { LabCommand } from "./commands.ts"

for (const ratio of [5, -0.1, Number.NaN]) {
  test(`a loss of ${ratio} is refused with how a percentage is written`, () => {
    const parsed = LabCommand.safeParse({ do: "loss", ratio })
    assert.ok(!parsed.success)
    assert.match(z.prettifyError(parsed.error), /a share from 0 to 1: 5 % is 0\.05/)
  })
}
test("a loss of five percent is 0.05", () => {
  assert.deepEqual(LabCommand.parse({ do: "loss", ratio: 0.05 }), { do: "loss", ratio: 0.05 })
})
