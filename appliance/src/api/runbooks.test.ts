import assert from "node:assert/strict"
import { test } from "node:test"
import { Rule } from "./alert-rules.ts"
import { runbookLinkOf } from "./runbooks.ts"

const RULE = {
  id: "cpu",
  name: "CPU",
  when: { metric: "device.cpu_pct", above: 90 },
  severity: "minor",
}

test("a runbook is a page of the docs or of the web", () => {
  for (const text of ["docs/runbooks/disk-full.md", "/runbooks/disk-full", "runbooks/disk-full.md"])
    assert.deepEqual(runbookLinkOf(text), { kind: "page", id: "disk-full" }, text)
  assert.deepEqual(runbookLinkOf("HTTPS://Wiki.example/a b".replace(" ", "%20")), {
    kind: "url",
    href: "https://wiki.example/a%20b",
  })
  assert.equal(runbookLinkOf("http://192.0.2.1:8080/?page=7#x")?.kind, "url")
  assert.equal(Rule.safeParse({ ...RULE, runbook: "https://wiki.example/cpu" }).success, true)
})

test("nothing else is a link, and a rule with it is rejected", () => {
  for (const text of [
    "javascript:alert(1)",
    "JavaScript:alert(1)//https://wiki.example",
    "data:text/html,x",
    "file:///etc/passwd",
    "//wiki.example/x",
    "https:wiki.example",
    "https://",
    "https://user:secret@wiki.example/",
    "https://wiki.example\\@evil.example/",
    "https://wiki.example/a b",
    "docs/runbooks/none.md",
    "docs/runbooks/../operations.md",
    "/runbooks/disk-full/../../settings",
    "page 7 of the folder",
  ]) {
    assert.equal(runbookLinkOf(text), null, text)
    const rejected = Rule.safeParse({ ...RULE, runbook: text })
    assert.deepEqual(
      rejected.error?.issues.map(({ path, message }) => [path.join("."), message]),
      [["runbook", "field.runbook"]],
      text,
    )
  }
})
