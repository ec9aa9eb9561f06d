import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { gzipSync } from "node:zlib"
import { LIMITS } from "@ispvm/wire"
import { encodeBatch, encodeSection } from "@ispvm/wire/compact"
import { assertRejected, batch, heartbeatOf, openRig, type Rig } from "../../../test/agent-rig.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const FIXTURES = join(import.meta.dirname, "../../../../agent/wire/fixtures")
const TYPE = { "content-type": "application/vnd.ispvm.batch" }
const send = async (name: string, body: Buffer, headers: Record<string, string> = TYPE) => {
  const { client } = await rig.enrolled(name)
  return await rig.send("POST", "/ingest/v1/batches", body, client, headers)
}
const compact = (...items: readonly unknown[]): Buffer => {
  const { buffer, number, sentAtMs } = batch()
  return encodeBatch({ buffer, number, sentAtMs }, [encodeSection(items)])
}

test("a recorded batch of version 2 arrives as the same items as one of version 1", async () => {
  const answer = await send("recorded", readFileSync(join(FIXTURES, "compact-v2/batch.bin")))
  assert.equal(answer.status, 200, answer.text)
  const recorded = JSON.parse(readFileSync(join(FIXTURES, "v1/batch.json"), "utf8"))
  const { protocol, buffer, number, sentAtMs, items } = rig.batches.at(-1)?.batch ?? batch()
  assert.deepEqual({ protocol, buffer, number, sentAtMs, items }, recorded)
})

test("a body that is no compact batch, or is cut, is answered 400 with the reason", async () => {
  assertRejected(await send("json", Buffer.from(JSON.stringify(batch()))), 400, "malformed")
  const cut = await send("cut", compact({ kind: "x" }).subarray(0, -3))
  assertRejected(cut, 400, "malformed")
  assert.match(String(cut.json.message), /^The compact batch cannot be read: \w/)
})

test("a compact batch has the limits of a batch of JSON", async () => {
  const nested = JSON.parse(`${"[".repeat(20)}${"]".repeat(20)}`)
  const deep = await send("deep", compact({ kind: "x", nested }))
  assert.match(String(deep.json.message), /nested more than 16 levels/)
  const lists = Array.from({ length: 260_000 }, () => [])
  const many = await send("many", compact({ kind: "x", lists }))
  assert.match(String(many.json.message), /too many values/)
  const half = encodeSection([{ kind: "x", lists: lists.slice(0, 130_000) }])
  const { buffer, number, sentAtMs } = batch()
  const halves = await send("halves", encodeBatch({ buffer, number, sentAtMs }, [half, half]))
  assert.match(String(halves.json.message), /too many values/)
  const items = Array.from({ length: LIMITS.batchItems + 1 }, () => ({ kind: "x" }))
  assert.match(String((await send("items", compact(...items))).json.message), /5001 items/)
  assertRejected(await send("large", Buffer.alloc(LIMITS.batchBytesGzip + 1)), 413, "too-large")
  const zipped = gzipSync(compact({ kind: "x" }))
  const gzip = { ...TYPE, "content-encoding": "gzip" }
  assertRejected(await send("gzip", zipped, gzip), 415, "encoding-unsupported")
})

test("agents that can send version 2 are answered that it is accepted, others are not", async () => {
  const { client } = await rig.enrolled("features")
  const sendHeartbeat = async (features: string) =>
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client, {
      "ispvm-features": features,
    })
  assert.equal((await sendHeartbeat("diagnostics,compact-batches")).json.batchVersion, 3)
  assert.equal("batchVersion" in (await sendHeartbeat("diagnostics")).json, false)
})
