import assert from "node:assert/strict"
import { test } from "node:test"
import { SENT_KINDS } from "../../api/redaction.ts"
import { AgentId } from "../../platform/ids.ts"
import { createSentMeter, kindOfItem, MAX_EXAMPLE_CHARS } from "./sent.ts"

const AGENT = AgentId.parse("00000000-0000-4000-8000-00000000000a")
const HOUR_MS = 3_600_000
const open = () => {
  let nowMs = 1_000_000_000_000
  const meter = createSentMeter({ now: () => nowMs })
  const send = (...items: readonly object[]) =>
    meter.noteItems(
      AGENT,
      items,
      items.map((item) => Buffer.byteLength(JSON.stringify(item))),
    )
  const of = (kind: string) => meter.of(AGENT).find((each) => each.kind === kind)
  return {
    meter,
    send,
    of,
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test("items count by kind, with their rows and the bytes of their JSON", () => {
  const { send, of, now } = open()
  const table = { kind: "rows", rows: [{ key: "a" }, { key: "ş" }], gone: ["b"] }
  send({ kind: "ping" }, { kind: "interface" }, { kind: "bgp" }, table, { kind: "event" })
  const [samples, tables] = [of("samples"), of("tables")]
  assert.deepEqual([samples?.messages, samples?.rows], [2, 2])
  assert.deepEqual(
    [tables?.messages, tables?.rows, tables?.bytes],
    [1, 3, Buffer.byteLength(JSON.stringify(table))],
  )
  assert.deepEqual(tables?.latest, {
    atMs: now(),
    text: JSON.stringify(table),
    chars: JSON.stringify(table).length,
  })
  assert.equal(of("probes")?.messages, 1)
  assert.equal(of("facts")?.messages, 0)
  assert.equal(kindOfItem(null), "samples")
})

test("an hour later nothing is counted, and the latest example is still the latest", () => {
  const { send, of, pass } = open()
  send({ kind: "event", message: "first" })
  pass(HOUR_MS / 2)
  send({ kind: "event", message: "second" })
  assert.equal(of("events")?.messages, 2)
  pass(HOUR_MS / 2)
  assert.equal(of("events")?.messages, 1)
  pass(HOUR_MS)
  assert.equal(of("events")?.messages, 0)
  assert.match(of("events")?.latest?.text ?? "", /second/)
})

test("an example is cut, and says how long it was; menus of a router are none", () => {
  const { meter, send, of } = open()
  send({ kind: "facts", text: "x".repeat(9_000) })
  const latest = of("facts")?.latest
  assert.equal(latest?.text.length, MAX_EXAMPLE_CHARS)
  assert.ok((latest?.chars ?? 0) > 9_000)
  const id = "00000000-0000-4000-8000-00000000000b"
  const rows = [{ name: "public", community: "secret" }]
  meter.noteResult(AGENT, {
    ...{ kind: "read", id, trouble: null },
    menus: [{ menu: "/snmp/community", rows, reason: "ok" }],
  })
  assert.deepEqual([of("answers")?.messages, of("answers")?.latest], [1, null])
  const run = { kind: "diagnosis" as const, id, first: 0 }
  meter.noteResult(AGENT, { ...run, lines: ["a", "b"], end: null })
  meter.noteResult(AGENT, { ...run, lines: [], end: { outcome: "done", message: "" } })
  assert.equal(of("diagnostics")?.rows, 2)
  assert.match(of("diagnostics")?.latest?.text ?? "", /"a","b"/)
})

test("a table that only reports its age does not replace an example with rows", () => {
  const { send, of } = open()
  const table = (...keys: string[]) => ({
    ...{ kind: "rows", gone: [] },
    rows: keys.map((key) => ({ key })),
  })
  send(table("a"), table())
  assert.match(of("tables")?.latest?.text ?? "", /"a"/)
})

test("an agent of which nothing was received has every kind, empty; a removed one too", () => {
  const { meter, send } = open()
  const empty = () => meter.of(AGENT).every(({ messages, latest }) => messages === 0 && !latest)
  assert.deepEqual(
    meter.of(AGENT).map(({ kind }) => kind),
    [...SENT_KINDS],
  )
  assert.ok(empty())
  send({ kind: "event" })
  meter.forget(AGENT)
  assert.ok(empty())
})
