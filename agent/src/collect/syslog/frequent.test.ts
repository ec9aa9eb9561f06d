import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, Event } from "@ispvm/wire"
import { eventOf } from "./events.ts"
import { Frequent, SINGLE_LINES } from "./frequent.ts"
import { parseLine } from "./lines.ts"
import { meaningOf } from "./meaning.ts"

const device = AssignedDevice.shape.id.parse("00000000-0000-4000-8000-000000000001")
const read = (raw: string) => {
  const line = parseLine(raw)
  const meaning = meaningOf(line.message, line.topics)
  assert.ok(meaning !== null)
  return { line, meaning }
}

test("500 sessions a second are ten events and one report a minute", () => {
  const frequent = new Frequent()
  let single = 0
  for (let n = 0; n < 30_000; n += 1) {
    const { line, meaning } = read(`pppoe,ppp,info <pppoe-u${n % 7}>: disconnected`)
    if (frequent.isSingle(device, line, meaning, 0)) single += 1
  }
  const other = read("pppoe,ppp,info <pppoe-u1>: connected")
  assert.ok(frequent.isSingle(device, other.line, other.meaning, 0), "another meaning")
  assert.deepEqual(frequent.due(59_999), [])
  const reports = frequent.due(60_000)
  assert.deepEqual([single, reports.length, frequent.due(120_000)], [SINGLE_LINES, 1, []])
  const [report] = reports
  assert.ok(report !== undefined)
  const event = Event.parse(
    eventOf("00000000-0000-4000-8000-000000000002", device, 1, report.line, report.meaning),
  )
  assert.deepEqual(
    [event.name, event.message, event.attributes],
    [
      "log",
      "29990 more in 60 s, the last: <pppoe-u4>: disconnected",
      {
        topics: "pppoe,ppp,info",
        meaning: "session-down",
        lines: "29990",
        user: "u3 (4285), u4 (4285), u5 (4284)",
      },
    ],
  )
})
