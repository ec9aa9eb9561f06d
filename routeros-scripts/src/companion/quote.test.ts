import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript, type Release } from "../check/check.ts"
import { releasesIn, treeOf } from "../check/tree.ts"
import { v6 } from "../check/v6.ts"
import { recordingsFolder } from "../config.ts"
import { plainLine, quote, quoteLines } from "./quote.ts"

const recordings = recordingsFolder()
const folder = recordings === undefined ? null : join(recordings, "api", "schema")
const releases: readonly Release[] = [
  v6("6.49.17"),
  ...(folder === null || readdirSync(folder).length === 0
    ? []
    : releasesIn(folder).flatMap((name) => {
        const tree = treeOf(folder, name)
        return tree === undefined ? [] : [{ ...tree, name, isProven: true }]
      })),
]

/** The text that the router would hold after `:put TEXT`. */
const readBack = (quoted: string, release: Release): string => {
  const result = checkScript(`:put ${quoted}`, release)
  assert.ok(result.ok, quoted)
  const [statement] = result.script.statements
  assert.ok(statement?.kind === "command")
  const [argument] = statement.args
  assert.ok(argument?.kind === "given" && argument.value.kind === "string")
  return argument.value.parts
    .map((part) => (part.kind === "text" ? part.text : assert.fail("a value")))
    .join("")
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      "$",
      "\\",
      "?",
      "\n",
      "\r",
      "\t",
      " ",
      "\0",
      "{",
      "]",
      ";",
      "#",
      "é",
      "😀",
      "a",
    ),
    maxLength: 40,
  }),
)

for (const release of releases)
  test(`quoting preserves any text, also as a script in a script in a script (${release.name})`, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = (quoted: string): string => {
          assert.match(quoted, /^[\x20-\x7e\n]*$/)
          assert.doesNotMatch(quoted, /\?/)
          return readBack(quoted, release)
        }
        assert.equal(read(quote(text)), text)
        assert.equal(read(quoteLines(text)), text)
        const inner = `:put ${quote(text)}\n  :put ${quoteLines(text)}\n`
        const middle = `:execute script=${quoteLines(inner)}\n:put 1`
        assert.equal(read(quoteLines(middle)), middle)
        assert.equal(readBack(quoteLines(inner), release), inner)
      }),
      { numRuns: 150 },
    )
  })

test("a comment stays one line of ASCII", () => {
  assert.equal(plainLine('a\nb é "$x" ? \\'), 'a.b . "$x" . ')
})
