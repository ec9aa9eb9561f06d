import assert from "node:assert/strict"
import { closeSync, fstatSync, openSync } from "node:fs"
import { test } from "node:test"
import { asErrorLines, isJournal, withPriorities } from "./journal.ts"
import { createLog } from "./log.ts"

test("it is the journal when device and inode are those that systemd names", () => {
  const fd = openSync("/dev/null", "r")
  const { dev, ino } = fstatSync(fd, { bigint: true })
  assert.equal(isJournal(fd, `${dev}:${ino}`), true)
  assert.equal(isJournal(fd, `${dev}:${ino + 1n}`), false)
  assert.equal(isJournal(fd, "nonsense"), false)
  assert.equal(isJournal(fd, null), false)
  closeSync(fd)
  assert.equal(isJournal(fd, `${dev}:${ino}`), false, "closed")
})

test("each line has the priority of its level, and is otherwise as before", () => {
  const plain: string[] = []
  const prefixed: string[] = []
  const logs = [
    createLog("trace", { write: (line) => void plain.push(line) }),
    createLog("trace", withPriorities({ write: (line) => void prefixed.push(line) })),
  ]
  const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const
  for (const log of logs)
    for (const level of levels) log.child({ part: "ingest" })[level]({ n: 1 }, "first\nsecond")
  assert.deepEqual(
    prefixed.map((line) => line.slice(0, 3)),
    ["<7>", "<7>", "<6>", "<4>", "<3>", "<3>"],
  )
  const withoutTime = (line: string): string => line.replace(/"at":"[^"]+"/, "")
  assert.deepEqual(
    prefixed.map((line) => withoutTime(line.slice(3))),
    plain.map(withoutTime),
  )
  for (const line of prefixed) assert.match(line, /^<\d>\{.*\}\n$/, "one line, one priority")
})

test("every line of a plain text is an error", () => {
  assert.equal(asErrorLines("first\nsecond\n"), "<3>first\n<3>second\n")
})
