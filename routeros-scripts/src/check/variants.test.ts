/**
 * Changes that mean nothing to a router do not change the result: line ends, comments, blanks,
 * joined lines.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript, type Release } from "./check.ts"
import { menusOf } from "./menus.ts"
import { rowsOf } from "./tree.ts"

const TREE = `
/for	counter ; do ; from=see documentation ; on-error ; step=see documentation ; to=see documentation
/foreach	counter ; do ; in=see documentation ; on-error
/global	do ; name ; value=see documentation
/if	condition ; do ; else
/len	value=see documentation
/local	do ; name ; value=see documentation
/put	message=see documentation
/return	value=see documentation
/set	do ; name ; value=see documentation
/ip/address/add	address ; comment=string value ; disabled ; interface
/ip/address/find	where
/ip/address/print	detail ; where
/ip/address/set	address ; comment=string value ; disabled ; numbers
/system/script/add	name ; source=script
`
const release: Release = {
  name: "7.22.1",
  menus: menusOf(rowsOf(TREE)),
  required: new Map(),
  isProven: true,
}

/** Between statements. */
const ENDS = [
  "\n",
  "\r\n",
  ";",
  ";;",
  " ;\t",
  "\n\n",
  ";\r\n",
  "; # a note {[(\n",
  "\n# a note\n",
  "\r\n\t# it\u2019s à note\r\n \t",
]
/** Between the arguments of a command. */
const GAPS = [" ", "  ", "\t", " \\\n  ", "\\\r\n\t", " \\ \t\n", "\\ "]
/** Inside brackets, where a line end is a blank. */
const BLANKS = ["", " ", "\t ", "\n", "\r\n  ", "\n# a note )]}\n", " \\\n", " \\\t\r\n"]

/** `¶` stands for any of ENDS, `·` for any of GAPS, `°` for any of BLANKS. */
const ACCEPTED = [
  ':put·"a"¶:put·città¶',
  "/ip·address¶print·detail¶..·address¶print¶/¶",
  "/ip/address·{¶print¶set·[find·comment=x]·disabled=yes¶}¶",
  ":local·x·(°1°+°2°*°(°3°)°)¶:set·x·($x°-°1)¶",
  ':local·a·{°1;°"b"=2°;°{°3°;4°}°}¶:put·($a->"b"°.°$a->0)',
  ":global·f·do={¶:local·y·$1¶:return·($y°,°$name)¶}¶$f·1·name=b¶:put·[¶$f·1¶]",
  ":if·(°$a·=·1°&&°!$b°)·do={¶:put·1¶}·else={¶}¶",
  ":if·true·do·{¶:put·1¶}·else·{¶:put·2¶}",
  ":for·i·from·1·to·[:len·$x]·step·-1·do={¶:put·$i¶}",
  ":for·i·from=1·to=9·do={}¶:foreach·k,v·in·[/ip/address·find]·do={¶:put·$k¶}",
  "/ip/address/·set·ether1·comment=“à”·address=192.0.2.1/24¶",
  "/system·script·add·name=a·source·{¶:put·1¶}¶/system/script/add·name=b·source={¶not a command¶}",
  ":·put·(1·$·x)",
]

/** The router's error stays the same. */
const REJECTED: readonly (readonly [source: string, message: string])[] = [
  [":put·1¶}¶:put·2", "expected command name"],
  [":if·(°$a°)·do={¶:put·1¶", "syntax error"],
  [":put·(°1°+°)", "syntax error"],
  [":put·{°1°;°;°2}", "syntax error"],
  [":put·1¶:put·[:len·$x¶", "syntax error"],
  [":for·i·from·=·1·to=2·do={¶}", "expected end of command"],
  ["/ip/address·set·x·coment=y¶", "expected end of command"],
  [":put·1·#·2¶", "expected end of command"],
  ["/ip/address·prnt¶:put·1", "bad command name prnt"],
]

const answerTo = (source: string): string => {
  const result = checkScript(source, release)
  return result.ok ? "ok" : result.message
}

const MARKS: Readonly<Record<string, readonly string[]>> = { "¶": ENDS, "·": GAPS, "°": BLANKS }

/** A text for each mark of a source. */
const written = (source: string): fc.Arbitrary<string> =>
  fc
    .tuple(...[...source].map((c) => fc.constantFrom(...(MARKS[c] ?? [c]))))
    .map((parts) => parts.join(""))

for (const [source, message] of [...ACCEPTED.map((each) => [each, "ok"] as const), ...REJECTED])
  test(`in any spelling, ${source} gives ${message}`, () => {
    fc.assert(
      fc.property(written(source), (text) => assert.equal(answerTo(text), message, text)),
      { numRuns: 150 },
    )
  })

const MILLISECONDS = 1000
const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / MILLISECONDS
}

const LONG: readonly (readonly [name: string, piece: string, before: string])[] = [
  ["joined lines", "\\ \n", ":put "],
  ["blanks behind a backslash", " ", ":put \\"],
  ["blanks after a backslash in a string", " ", ':put "\\'],
  ["values without =", "from 1 ", ":for i "],
  ["blanks behind $", "$ x ", ":put ("],
  ["comments in brackets", "\n# a", ":put ("],
  ["slashes with blanks", "ip/ address\n", "/"],
]

test("a long text takes no more time per byte than a short one", () => {
  const [short, long] = [8_000, 64_000]
  for (const [name, piece, before] of LONG) {
    const timeOf = (bytes: number): number => {
      const text = before + piece.repeat(Math.ceil(bytes / piece.length))
      return Math.min(...Array.from({ length: 3 }, () => cpuMs(() => checkScript(text, release))))
    }
    timeOf(short)
    assert.ok(timeOf(long) < 8 * (long / short) * Math.max(1, timeOf(short)), name)
  }
})
