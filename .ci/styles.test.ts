import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import {
  ALLOWED_RAW,
  ALLOWED_REPEATS,
  isRaw,
  rawLines,
  rawValues,
  repeatedLines,
  repeatedRules,
  styleRules,
  templateRules,
} from "./styles.ts"

const root = join(import.meta.dirname, "..")

const HOW = "use a token or a shared style of ui/src/theme"

test("no style rule of the UI is repeated", () => {
  assert.deepEqual(repeatedLines(root), [], HOW)
})

test("no style rule of the UI writes out a value that is a token", () => {
  assert.deepEqual(rawLines(root), [], HOW)
})

test("every allowed raw value is still used, and has a reason", () => {
  const raw = rawValues(styleRules(root), [])
  for (const { file, declaration, reason } of ALLOWED_RAW) {
    assert.ok(reason.length > 20, declaration)
    assert.ok(
      raw.some((each) => each.rule.file === file && each.declaration === declaration),
      `${file}: ${declaration}`,
    )
  }
})

test("every allowed repeat is still repeated, and has a reason", () => {
  const repeated = repeatedRules(styleRules(root), []).map(([first]) => first?.declarations.join())
  for (const { declaration, reason } of ALLOWED_REPEATS) {
    assert.ok(reason.length > 20, declaration)
    assert.ok(repeated.includes(declaration), declaration)
  }
})

const SOURCE = `
import { css } from "lit"
const a = css\`
  /* color: red in a comment; { */
  .a { gap: 4px; color: var(--text) }
  @media (max-width: 640px) {
    .b { color: var(--text) }
    .c, .d {
      color: var(--text);
      gap: 4px;
    }
  }
  \${shared}
\`
const b = css\`.e{color:  var(--text);gap: \${size}px} @media (max-width: 640px) { .f { color: var(--text); } }\`
const c = css\`.g { color: var(--text); gap: 4px; }\`
`

test("rules are read with their line and the conditions around them", () => {
  const rules = templateRules("a.ts", SOURCE)
  assert.deepEqual(
    rules.map(({ line, context, selector }) => [line, context.join(), selector]),
    [
      [5, "", ".a"],
      [7, "@media (max-width: 640px)", ".b"],
      [8, "@media (max-width: 640px)", ".c, .d"],
      [15, "", ".e"],
      [15, "@media (max-width: 640px)", ".f"],
      [16, "", ".g"],
    ],
  )
})

test("rules repeat in any order of declarations, but only under the same condition", () => {
  assert.deepEqual(
    repeatedRules(templateRules("a.ts", SOURCE)).map((group) =>
      group.map(({ selector }) => selector),
    ),
    [
      [".a", ".g"],
      [".b", ".f"],
    ],
  )
  const place = (gap: string): string =>
    `css\`.a{grid-column: 2; order: 1${gap}}\` css\`.b{order: 1; grid-column: 2${gap}}\``
  assert.equal(repeatedRules(templateRules("a.ts", place(""))).length, 0, "placement")
  assert.equal(repeatedRules(templateRules("a.ts", place("; gap: 0"))).length, 1)
})

test("lengths, times, colours, weights and layers are raw; tokens and proportions are not", () => {
  for (const raw of [
    "gap: 4px",
    "inset-block: -8.5px",
    "border: 1px solid var(--border)",
    "grid-template-columns: minmax(0, 1fr) 84px",
    "--control-height: 44px",
    "color: #10151c",
    "background: rgb(0 0 0 / 40%)",
    "color: white",
    "font-weight: 500",
    "font-size: 0.94em",
    "line-height: 1.5",
    "z-index: 2",
    "animation: breathe 1800ms infinite",
    "inline-size: min(320px, 36vw)",
  ])
    assert.ok(isRaw(raw), raw)
  for (const good of [
    "gap: var(--space-1)",
    "margin: 0",
    "font-weight: var(--weight-strong)",
    "line-height: 0",
    "flex: 1",
    "grid-template-columns: minmax(0, 1fr) 12ch",
    "grid-column: 1 / -1",
    "inline-size: min(100%, 60ch)",
    "padding-block: calc(-1 * var(--space-2))",
    "inset: 50%",
    "white-space: nowrap",
    'content: "4px"',
    "opacity: 0.5",
  ])
    assert.ok(!isRaw(good), good)
})
