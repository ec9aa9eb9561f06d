import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import {
  HeartbeatItem,
  HelloItem,
  LinkItem,
  NetwatchItem,
  PeerItem,
  Push,
  SessionsItem,
} from "@ispvm/wire/push"

const read = (file: string): string =>
  readFileSync(join(import.meta.dirname, "../../../../docs", file), "utf8")
const FIELDS = [
  ...[Push, LinkItem, PeerItem, SessionsItem, NetwatchItem, HeartbeatItem, HelloItem].flatMap(
    (schema) => Object.keys(schema.shape),
  ),
  ...Object.keys(HeartbeatItem.shape.ports.element.shape),
]

for (const file of ["companion.md", "wire.md"])
  test(`docs/${file} documents every field that a router sends`, () => {
    const text = read(file)
    assert.deepEqual(
      [...new Set(FIELDS)].filter((field) => !text.includes(`\`${field}\``)),
      [],
    )
  })
