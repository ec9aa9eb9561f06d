import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { Ack, ApiError, Assignment, HeartbeatAnswer, Tasks } from "@ispvm/wire"
import type { z } from "zod"
import { csrPem, openRig, type Rig } from "../../../test/agent-rig.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const recorded = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(
      join(import.meta.dirname, "../../../../agent/wire/fixtures/v1", `${name}.json`),
      "utf8",
    ),
  )

/** Recorded requests of agents of version 1, and their expected answers. */
const cases: [string, string, string | null, number, z.ZodType | null][] = [
  ["POST", "/ingest/v1/batches", "batch", 200, Ack],
  ["POST", "/ingest/v1/batches", "batch-empty", 200, Ack],
  ["POST", "/heartbeat/v1", "heartbeat", 200, HeartbeatAnswer],
  ["POST", "/tasks/v1/results", "task-result", 204, null],
  ["POST", "/tasks/v1/results", "task-result-ok", 204, null],
  ["GET", "/tasks/v1", null, 200, Tasks],
  ["GET", "/assignment/v1?revision=none", null, 200, Assignment],
  // Its request is truncated in the recording.
  ["POST", "/renew/v1", "renew-request", 422, ApiError],
]
for (const [method, path, name, status, schema] of cases)
  test(`${method} ${path} ${name ?? ""} of version 1 is answered ${status}`, async () => {
    const { client } = await rig.enrolled(`${method} ${path} ${name}`)
    const answer = await rig.send(method, path, name === null ? null : recorded(name), client)
    assert.equal(answer.status, status, answer.text)
    if (schema === null) assert.equal(answer.text, "")
    else assert.ok(schema.safeParse(answer.json).success, answer.text)
  })

test("a recorded enrolment with a current token and a complete request gets a certificate", async () => {
  const { id } = await rig.agents.create(rig.actor, {
    name: "recorded",
    siteId: null,
    deviceId: null,
  })
  const { token } = await rig.agents.token(rig.actor, id, "localhost")
  const request = { ...recorded("enrol-request"), secret: token.split(".")[1], csrPem }
  const answer = await rig.send("POST", "/enrol/v1", request)
  assert.deepEqual(Object.keys(answer.json).sort(), Object.keys(recorded("enrol-answer")).sort())
})

test("an unchanged assignment is answered 304 without a body", async () => {
  const { client } = await rig.enrolled("unchanged")
  const { revision } = (await rig.send("GET", "/assignment/v1?revision=", null, client)).json
  const answer = await rig.send("GET", `/assignment/v1?revision=${revision}`, null, client)
  assert.deepEqual([answer.status, answer.text], [304, ""])
})
