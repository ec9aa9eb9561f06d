import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript } from "../check/check.ts"
import { releaseNamed } from "../check/product.ts"
import { lintScript, REJECTED, RULES } from "./lint.ts"

const releaseOf = (name: string) => {
  const release = releaseNamed(name)
  assert.ok(release, name)
  return release
}
const found = (source: string, name = "7.22.1"): readonly string[] =>
  lintScript(source, releaseOf(name)).map(({ rule }) => rule)

for (const rule of RULES)
  test(`${rule.id}: found in the script that has it, and nothing in the one that has not`, () => {
    assert.deepEqual([...new Set(found(rule.bad, rule.of))], [rule.id])
    assert.deepEqual(found(rule.good, rule.of), [])
    assert.equal(checkScript(rule.good, releaseOf(rule.of ?? "7.22.1")).ok, true)
    assert.equal(checkScript(rule.bad, releaseOf(rule.of ?? "7.22.1")).ok, rule.kind === "read")
  })

test("no two rules have the same name", () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length)
})

test("scripts inside a script are checked at any depth, and findings name their position", () => {
  const inner = '/system scheduler add name=y on-event="/ip address set 0 comment=x"'
  const source = `:put 1\n/system script add name=x source="\n${inner.replace(/["\\$]/g, "\\$&")}"`
  assert.deepEqual(
    lintScript(source, releaseOf("7.22.1")).map(({ line, column, rule, within }) => [
      line,
      column,
      rule,
      within,
    ]),
    [[2, 34, "row-number", "source, line 2 column 39; on-event, line 1 column 17"]],
  )
})

test("text from a variable is checked as well", () => {
  const stores = "/system script add name=x source=$text"
  assert.deepEqual(found(`:local text "/ip address set 0 comment=x"\n${stores}`), ["row-number"])
  assert.deepEqual(
    found(
      `:local a "/ip address"\n:local text ("$a set 0" . " comment=x")\n${stores}`.replace(
        "\\$",
        "$",
      ),
    ),
    ["row-number"],
  )
  assert.deepEqual(found(`:local text ":put ("\n:set text [:pick $text 1 2]\n${stores}`), [])
})

test("commands in braces are checked in place", () => {
  const [finding] = lintScript(
    "/system scheduler add name=y on-event={\n  /ip address set 0 comment=x }",
    releaseOf("7.22.1"),
  )
  assert.deepEqual([finding?.line, finding?.rule, finding?.within], [2, "row-number", null])
})

test("text that cannot be read is reported, in nested scripts too; menus outside the table are not", () => {
  assert.deepEqual(found(":put ("), [REJECTED])
  assert.deepEqual(found('/system script add name=x source=":put ("'), [REJECTED])
  assert.deepEqual(found("/ip firewall nat print"), [])
  assert.deepEqual(found("/tool netwatch add host=192.0.2.1 up-script=x"), [])
})

test("a script that netwatch detaches has netwatch's policies", () => {
  assert.deepEqual(
    found('/tool netwatch add host=192.0.2.1 up-script=":execute \\"/user disable x\\""'),
    ["netwatch-policy"],
  )
})

test("a stored script that netwatch runs shares netwatch's variables, and no others", () => {
  const netwatch =
    '/tool netwatch add host=192.0.2.1 up-script=":global a; :execute \\"/system script run y\\""\n'
  const store = (name: string, global: string) =>
    `/system script add name=${name} source=":global ${global}; :put \\$${global}"\n`
  assert.deepEqual(found(netwatch + store("y", "a")), [])
  assert.deepEqual(found(netwatch + store("z", "a")), ["netwatch-global"])
  assert.deepEqual(found(`${netwatch}:global a 1`), ["netwatch-global"])
})

test("text that is built when it is stored is not reported for its unknown pieces", () => {
  assert.deepEqual(
    found(':local rows [:len x]\n/system script add name=x source=":put ($rows"'),
    [],
  )
})

test("no text makes lint throw, however long or deep", () => {
  const release = releaseOf("7.22.1")
  for (const source of [
    `:put (${"1+".repeat(20_000)}1)`,
    `/ip address find where ${"address=1 and ".repeat(10_000)}address=2`,
    `/system script add name=a source=(${'"a" . '.repeat(10_000)}"b")`,
    `:put ${"[:put ".repeat(300)}1${"]".repeat(300)}`,
    `/system script add name=a source=${"{:do {".repeat(100)}:put 1${"}}".repeat(100)}`,
  ]) {
    assert.equal(checkScript(source, release).ok, true, source.slice(0, 60))
    assert.ok(Array.isArray(lintScript(source, release)))
  }
  const pieces = RULES.flatMap(({ bad, good }) => [bad, good]).filter((text) => text.length < 1_000)
  fc.assert(
    fc.property(
      fc.constantFrom(...pieces),
      fc.nat(),
      fc.nat(),
      fc.constantFrom(...pieces),
      (a, from, to, b) => {
        const cut = a.slice(from % a.length) + b.slice(0, to % b.length)
        for (const finding of lintScript(cut, release))
          assert.ok(finding.line >= 1 && finding.column >= 1, cut)
      },
    ),
    { numRuns: 1_000 },
  )
})
