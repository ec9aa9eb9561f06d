import assert from "node:assert/strict"
import { test } from "node:test"
import { parseInline, parseRunbook } from "./runbook-text.ts"

test("a runbook becomes headings, paragraphs, lists and commands", () => {
  const text = `# Title

Two lines
of one paragraph.

## Check

- first
- second, which goes
  on here

\`\`\`sh
df -h /

ispvm status
\`\`\`

3. third
\`\`\`
as printed
\`\`\`
`
  assert.deepEqual(parseRunbook(text), [
    { kind: "title", text: "Title" },
    { kind: "paragraph", content: [{ kind: "text", text: "Two lines of one paragraph." }] },
    { kind: "heading", text: "Check" },
    {
      kind: "list",
      start: null,
      items: [
        [{ kind: "text", text: "first" }],
        [{ kind: "text", text: "second, which goes on here" }],
      ],
    },
    { kind: "commands", lines: ["df -h /", "ispvm status"] },
    { kind: "list", start: 3, items: [[{ kind: "text", text: "third" }]] },
    { kind: "output", text: "as printed" },
  ])
})

test("text within a line: code, emphasis, and links to runbooks alone", () => {
  assert.deepEqual(parseInline("see `df` and **this**: [Disk](disk-full.md), [x](https://a.b)."), [
    { kind: "text", text: "see " },
    { kind: "code", text: "df" },
    { kind: "text", text: " and " },
    { kind: "strong", text: "this" },
    { kind: "text", text: ": " },
    { kind: "link", text: "Disk", to: "disk-full" },
    { kind: "text", text: ", " },
    { kind: "text", text: "x" },
    { kind: "text", text: "." },
  ])
  assert.deepEqual(parseInline("*slanted* <b>x</b>"), [
    { kind: "em", text: "slanted" },
    { kind: "text", text: " <b>x</b>" },
  ])
})
