import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import type { z } from "zod"
import * as wire from "./wire.ts"

/** By the start of the file's name; the longest match counts. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ack: wire.Ack,
  assignment: wire.Assignment,
  batch: wire.Batch,
  "api-error": wire.ApiError,
  "enrol-answer": wire.EnrolAnswer,
  "enrol-request": wire.EnrolRequest,
  heartbeat: wire.Heartbeat,
  "heartbeat-answer": wire.HeartbeatAnswer,
  item: wire.Item,
  "renew-request": wire.RenewRequest,
  "task-result": wire.TaskResult,
  tasks: wire.Tasks,
}
const schemaOf = (file: string): z.ZodType => {
  const key = Object.keys(SCHEMAS)
    .filter((name) => file.startsWith(name))
    .toSorted((a, b) => b.length - a.length)[0]
  const schema = SCHEMAS[key ?? ""]
  if (schema === undefined) throw new Error(`no schema for ${file}`)
  return schema
}

const folder = new URL("fixtures/v1/", import.meta.url)
const files = readdirSync(folder)
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"))

for (const file of files)
  test(`version 1, ${file}: parses and serialises unchanged`, () => {
    const message = read(file)
    assert.deepEqual(schemaOf(file).parse(message), message)
    assert.deepEqual(JSON.parse(JSON.stringify(schemaOf(file).parse(message))), message)
  })

test("every message rejects an unknown field", () => {
  for (const file of files) {
    const message = read(file)
    assert.equal(
      schemaOf(file).safeParse({ ...(typeof message === "object" ? message : {}), extra: 1 })
        .success,
      false,
      file,
    )
  }
})

test("there is a recording of every kind of item and task", () => {
  const batch = wire.Batch.parse(read("batch.json"))
  for (const item of batch.items) wire.Item.parse(item)
  const kinds = files
    .filter((file) => file.startsWith("item-"))
    .map((file) => wire.Item.parse(read(file)).kind)
  assert.deepEqual([...new Set(kinds)].toSorted(), [
    "event",
    "facts",
    "health",
    "interface",
    "ping",
    "rows",
    "sensor",
  ])
  const tasks = ["tasks.json", "tasks-diagnose.json"].flatMap((file) =>
    wire.Tasks.parse(read(file)).tasks.map(({ kind }) => kind),
  )
  assert.deepEqual(tasks, ["confirm", "reload", "test-access", "read", "diagnose", "cancel"])
})
