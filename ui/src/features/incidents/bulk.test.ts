import assert from "node:assert/strict"
import { test } from "node:test"
import { makeIncident, uuid } from "../../../test/make.ts"
import type { BodyOf } from "../../api/call.ts"
import { ApiError } from "../../api/problem.ts"
import { actOnAll, currentProblems, MAX_IDS } from "./bulk.ts"

const ids = (n: number) => Array.from({ length: n }, (_, at) => uuid(at))
const makeApi = (failsAt: number | null) => {
  const sizes: number[] = []
  const actOnIncidents = async (body: BodyOf<"POST /incidents/actions">) => {
    if (sizes.length === failsAt) throw new ApiError(503, "busy", "starting")
    sizes.push(body.ids.length)
    return { results: body.ids.map((id) => ({ id, rejection: null })) }
  }
  return { api: { actOnIncidents }, sizes }
}

test("bulk: more incidents than one request takes are several requests", async () => {
  const { api, sizes } = makeApi(null)
  const { done, problems } = await actOnAll(api, { action: "acknowledge", ids: ids(450) })
  assert.deepEqual(sizes, [MAX_IDS, MAX_IDS, 50])
  assert.deepEqual([done.length, problems.size], [450, 0])
})
test("bulk: after a request that fails the rest is rejected, and what is done is reported", async () => {
  const { done, problems } = await actOnAll(makeApi(1).api, {
    action: "acknowledge",
    ids: ids(450),
  })
  assert.deepEqual([done.length, problems.size], [200, 250])
  assert.equal(problems.get(uuid(449)), "starting")
})
test("bulk: if the first request fails, nothing is done", async () => {
  await assert.rejects(actOnAll(makeApi(0).api, { action: "acknowledge", ids: ids(3) }), ApiError)
})
test("bulk: why a row was rejected holds until the incident changes", () => {
  const was = makeIncident(1, { updatedAtMs: 5 })
  const problems = new Map([[was.id, { why: "closed", updatedAtMs: 5 }]])
  assert.equal(currentProblems(problems, [was]).get(was.id), "closed")
  assert.equal(currentProblems(problems, [{ ...was, updatedAtMs: 6 }]).size, 0)
})
