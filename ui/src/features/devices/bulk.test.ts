import assert from "node:assert/strict"
import { test } from "node:test"
import { ApiError } from "../../api/problem.ts"
import { bulkChangeOf, changeAll } from "./bulk.ts"

test("bulk: an entry of the menu is a change; an empty id takes away", () => {
  assert.deepEqual(bulkChangeOf("site:s1"), { siteId: "s1" })
  assert.deepEqual(bulkChangeOf("agent:"), { agentId: null })
  assert.equal(bulkChangeOf("remove"), null)
})
test("bulk: a device that is refused does not stop the others", async () => {
  const asked: string[] = []
  const changeDevice = async (id: string) => {
    asked.push(id)
    if (id === "b") throw new ApiError(422, "invalid", "no such site")
    return { id }
  }
  assert.deepEqual(await changeAll({ changeDevice }, ["a", "b", "c"], { siteId: "s" }), {
    changed: ["a", "c"],
    rejected: new Map([["b", "no such site"]]),
  })
  assert.deepEqual(asked, ["a", "b", "c"])
})
