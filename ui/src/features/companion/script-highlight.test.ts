import assert from "node:assert/strict"
import { test } from "node:test"
import { linesOf, type Token, tokensOf } from "./script-highlight.ts"

const shown = (line: string): readonly string[] =>
  tokensOf(line).tokens.map(({ kind, text }) => `${kind}:${text}`)
const joined = (lines: readonly (readonly Token[])[]): string =>
  lines.map((line) => line.map(({ text }) => text).join("")).join("\n")

const cases: readonly (readonly [string, readonly string[]])[] = [
  ['# ispvm: a comment with "quotes"', ['comment:# ispvm: a comment with "quotes"']],
  [':local name "a\\"b"', ["word::local", "plain: name ", 'text:"a\\"b"']],
  ["/ip service set api-ssl disabled=no", ["menu:/ip service", "plain: set api-ssl disabled=no"]],
  ["/ip/service/set [find]", ["menu:/ip/service", "plain:/set [find]"]],
  [
    `key="ispvmr1.${"x".repeat(16)}.${"x".repeat(43)}"`,
    ["plain:key=", 'text:"', `secret:ispvmr1.${"x".repeat(16)}.${"x".repeat(43)}`, 'text:"'],
  ],
  ["name=ispvm-xxxxxx", ["plain:name=", "secret:ispvm-xxxxxx"]],
  ["interface=sfpxxx", ["plain:interface=sfpxxx"]],
  ['password="••••••••"', ["plain:password=", 'text:"', "secret:••••••••", 'text:"']],
  [":put $count", ["word::put", "plain: ", "name:$count"]],
  ["src-address=10.0.0.0/24", ["plain:src-address=10.0.0.0/24"]],
]
for (const [line, expected] of cases)
  test(`script: ${line} is cut where the eye would`, () => assert.deepEqual(shown(line), expected))

test("script: a text over several lines stays a text", () => {
  const lines = linesOf('source="one\n# two\nthree" name=a\n')
  assert.deepEqual(
    lines.map((line) => line.map(({ kind }) => kind)),
    [["plain", "text"], ["text"], ["text", "plain"]],
  )
})
test("script: no letter is lost, whatever the line holds", () => {
  const text =
    ':if ([:len $x] > 0) do={ /log info "a $x \\$ b"; :put (1/2) }\n\n"open\n***** $y\\\n" # end'
  assert.equal(joined(linesOf(text)), text)
})
