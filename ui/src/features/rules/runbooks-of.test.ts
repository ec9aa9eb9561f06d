import assert from "node:assert/strict"
import { test } from "node:test"
import { runbooksOf } from "./runbooks-of.ts"

const rule = (id: string, runbook: string | null) => ({
  id,
  name: { id, en: id, tr: id },
  runbook,
})

test("an incident has the runbooks of its rules, each once, and none that is no link", () => {
  const rules = [
    rule("cpu", "https://wiki.example/load"),
    rule("memory", "https://wiki.example/load"),
    rule("disk", "docs/runbooks/disk-full.md"),
    rule("loss", null),
    rule("old", "javascript:alert(1)"),
    rule("other", "https://wiki.example/other"),
  ]
  const kinds = ["cpu", "memory", "disk", "loss", "old", "interface-down"]
  assert.deepEqual(
    runbooksOf(rules, kinds).map(({ id }) => id),
    ["cpu", "disk"],
  )
  assert.deepEqual(runbooksOf(rules, []), [])
})
