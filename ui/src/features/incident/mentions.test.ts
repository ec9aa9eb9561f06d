import assert from "node:assert/strict"
import { test } from "node:test"
import { mentionParts } from "./mentions.ts"

const accounts = [
  { id: "1", name: "Ali" },
  { id: "2", name: "Ali Veli" },
  { id: "3", name: "İpek" },
  { id: "4", name: "A. (NOC) <b>" },
]
const shown = (text: string, ids: readonly string[], me = ""): string =>
  mentionParts(text, ids, { accounts, me })
    .map((part) =>
      typeof part === "string" ? part : part.isMe ? `[${part.name}!]` : `[${part.name}]`,
    )
    .join("")

const cases: readonly [text: string, ids: readonly string[], me: string, expected: string][] = [
  ["@Ali, look at r1", ["1"], "", "[@Ali], look at r1"],
  ["@Ali and @ali veli", ["1", "2"], "2", "[@Ali] and [@ali veli!]"],
  ["ask (@İpek)", ["3"], "3", "ask ([@İpek!])"],
  ["@Ali@Ali", ["1"], "1", "[@Ali!]@Ali"],
  ["@A. (NOC) <b>!", ["4"], "", "[@A. (NOC) <b>]!"],
  ["@Alina, mail@Ali, @ Ali, @", ["1"], "1", "@Alina, mail@Ali, @ Ali, @"],
  ["", ["1"], "", ""],
]
for (const [text, ids, me, expected] of cases)
  test(`mentions: ${JSON.stringify(text)} for ${me || "somebody else"}`, () =>
    assert.equal(shown(text, ids, me), expected))

test("mentions: a name that the appliance has not found in the note is only text", () => {
  assert.equal(shown("@Ali look", [], "1"), "@Ali look")
  assert.equal(shown("@Ali Veli", ["1"], ""), "[@Ali] Veli")
})
