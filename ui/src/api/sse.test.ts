import assert from "node:assert/strict"
import { test } from "node:test"
import { createSseReader, type SseMessage } from "./sse.ts"

const read = (chunks: readonly string[]): SseMessage[] => {
  const got: SseMessage[] = []
  const reader = createSseReader((message) => got.push(message))
  for (const chunk of chunks) reader(chunk)
  return got
}
const text = ': alive\n\nid: 7\nevent: device\ndata: {"a":1}\n\nid: 8\ndata: x\ndata: y\n\n'
const expected: SseMessage[] = [
  { id: "7", event: "device", data: '{"a":1}' },
  { id: "8", event: "message", data: "x\ny" },
]

test("sse: comments are skipped, several data lines are one message", () =>
  assert.deepEqual(read([text]), expected))
test("sse: the cut between pieces does not matter", () =>
  assert.deepEqual(read([...text]), expected))
test("sse: carriage returns end lines too", () =>
  assert.deepEqual(read([text.replaceAll("\n", "\r\n")]), expected))
test("sse: half a message is kept back", () => assert.deepEqual(read(["data: x\n"]), []))
