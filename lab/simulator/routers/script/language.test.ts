/**
 * Expressions and their results on a router. Results without a reliable source are marked
 * (uncertain) in the name of the group.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { harness } from "./test/harness.ts"

const { run } = harness()

type Table = Readonly<Record<string, readonly (readonly [expression: string, gives: string])[]>>

const TABLE: Table = {
  "numbers, of 64 bits": [
    ["(1 + 2 * 3)", "7"],
    ["((1 + 2) * 3)", "9"],
    ["(7 / 2)", "3"],
    ["(-7 / 2)", "-3"],
    ["(-7 % 2)", "-1"],
    ["(9223372036854775807 + 1)", "-9223372036854775808"],
    ["(0xff & 0x0f)", "15"],
    ["(1 << 4 | 1)", "32"],
    ["(5 ^ 1)", "4"],
    ["(~0)", "-1"],
    ["(2 - -2)", "4"],
    ['("64" - 16)', "48"],
  ],
  times: [
    ["(1d + 2h)", "1d02:00:00"],
    ["(10s - 3s)", "00:00:07"],
    ["(1s + 5)", "00:00:06"],
    ["(1m * 2)", "00:02:00"],
    ["(1m / 2)", "00:00:30"],
    ["(1h / 1m)", "60"],
    ["(3s - 5s)", "-00:00:02"],
    ["(2m > 90s)", "true"],
    ["1d2h3m4s500ms", "1d02:03:04.500"],
    ["(1w2d = 9d)", "true"],
    ["(0s < 1ms)", "true"],
  ],
  addresses: [
    ["(10.0.0.1 + 255)", "10.0.1.0"],
    ["(10.0.0.9 - 10.0.0.1)", "8"],
    ["(10.1.2.3 & 255.255.0.0)", "10.1.0.0"],
    ["(~255.255.255.0)", "0.0.0.255"],
    ["(10.0.0.5 in 10.0.0.0/24)", "true"],
    ["(10.0.1.5 in 10.0.0.0/24)", "false"],
    ["(10.0.0.0/25 in 10.0.0.0/24)", "true"],
    ["(10.0.0.0/23 in 10.0.0.0/24)", "false"],
    ["(2001:db8::1 in 2001:db8::/32)", "true"],
    ["(10.0.0.10 > 10.0.0.9)", "true"],
    ["((255.255.255.255 << (32 - 24)) & 255.255.255.255)", "255.255.255.0"],
  ],
  "text and patterns": [
    ['("a" . 1 . 2s)', "a100:00:02"],
    ['("abc" < "abd")', "true"],
    ['("abc" ~ "^a.c\\$")', "true"],
    ['("abc" ~ "[[:digit:]]")', "false"],
    ['("7.22rc1" ~ "^\\\\d+\\\\.\\\\d+((alpha|beta|rc|\\\\.)\\\\d+|)\\$")', "true"],
    ['("a]b" ~ "[]]")', "true"],
    ['("a\\\\b" ~ "[\\\\]")', "true"],
    ['("x{y" ~ "x{y")', "true"],
    ['"$(1 + 1)$[:len abc]"', "23"],
    ['"a\\_b\\41\\$c"', "a bA$c"],
  ],
  comparisons: [
    ['(1 = "1")', "true"],
    ['("10.0.0.1" = 10.0.0.1)', "true"],
    ['(10.0.0.0/24 = "10.0.0.0/24")', "false"],
    ["(true = true and !false)", "true"],
    ["(false or 1 = 1)", "true"],
    ["(true && false || true)", "true"],
    ["((1,2) = (1,2))", "true"],
    ["({a=1} = {a=2})", "false"],
    ["($nobody = $either)", "true"],
    ['($nobody = "")', "false"],
    ['(true = "true")', "false"],
  ],
  arrays: [
    ["{3;b=2;1;a=1}", "3;1;a=1;b=2"],
    ['({a=1;b=2}->"b")', "2"],
    ["({5;6}->1)", "6"],
    ["[:typeof ({5;6}->2)]", "nothing"],
    ["((1,2),(3,4))", "1;2;3;4"],
    ["({a=1},{a=2;b=3})", "a=2;b=3"],
    ["($nobody,5)", "5"],
    ["[:len ({})]", "0"],
    ['[:len [:toarray ""]]', "0"],
    ['[:toarray "a,b"]', "a;b"],
    ['("<" . {a="x";1} . ">")', "<1>;a=<x>"],
    ["[:pick (1,2,3,4) 1 3]", "2;3"],
    ["[:pick (1,2,3) 1]", "2"],
    ["[:find (7,8,9) 9]", "2"],
    ['[:find {a=1;b="x"} "x"]', "b"],
    ["{1;{2;3};{x=4}}", "1;2;3;x=4"],
  ],
  "finding and picking": [
    ['[:find "abcabc" "c"]', "2"],
    ['[:find "abcabc" "a" 0]', "3"],
    ['[:find "abc" "a" -1]', "0"],
    ['[:typeof [:find "abc" "x"]]', "nil"],
    ['[:pick "abcde" 1 3]', "bc"],
    ['[:pick "abcde" 3]', "d"],
    ['[:pick "abcde" 3 99]', "de"],
    ["[:pick 12345 1 3]", "23"],
    ['[:len "aé"]', "3"],
    ['[:find "é!" "!"]', "2"],
    ["[:len 1234]", "4"],
  ],
  conversions: [
    ['[:tonum "0x1F"]', "31"],
    ['[:typeof [:tonum "abc"]]', "nil"],
    ['[:typeof [:totime ""]]', "nil"],
    ['[:totime "90"]', "00:01:30"],
    ["[:tonum 90s]", "90"],
    ["[:tonsec 1ms]", "1000000"],
    ['[:toip "10.1"]', "10.0.0.1"],
    ["[:tonum 0.0.1.0]", "256"],
    ['[:toip6 "1:0:0:0:0:0:0:2"]', "1::2"],
    ["[:tostr {1;2}]", "1;2"],
    ['[:typeof [:toid "*a"]]', "id"],
    ["[:typeof [:nothing]]", "nil"],
    ["[:convert 65280 from=num to=hex]", "ff00"],
    ['[:convert "hi" to=base64]', "aGk="],
    ['[:convert "6869" from=hex]', "hi"],
    ['[:convert "a b/c" to=url]', "a%20b%2Fc"],
    ['[:convert transform=md5 to=hex ""]', "d41d8cd98f00b204e9800998ecf8427e"],
    ['[:convert transform=uc "aé"]', "Aé"],
  ],
  "JSON (numbers as text: uncertain)": [
    [
      '[:serialize to=json {a=1;b="x\\"y\\\\";c=true;d={1;2};e={f=[:nothing]}}]',
      '{"a":1,"b":"x\\"y\\\\","c":true,"d":[1,2],"e":{"f":null}}',
    ],
    ['[:serialize to=json {a="5"}]', '{"a":5}'],
    ['[:serialize to=json {a="5"} options=json.no-string-conversion]', '{"a":"5"}'],
    ['([:deserialize from=json "{\\"a\\":{\\"b\\":[1,2]}}"]->"a"->"b"->1)', "2"],
  ],
  "commands for a value": [
    ['[:if (true) do={:return "yes"} else={:return "no"}]', "yes"],
    ["[:len [:rndstr length=7]]", "7"],
    ["([:rndnum from=3 to=3])", "3"],
    ['[[:parse ":return (1 + 1)"]]', "2"],
    ["[:range from=1 to=3]", "1;2;3"],
    ["[:typeof [:timestamp]]", "time"],
    ['[:typeof [:parse ":put 1"]]', "code"],
  ],
}

for (const [group, rows] of Object.entries(TABLE))
  test(`values: ${group}`, async () => {
    for (const [expression, gives] of rows)
      assert.equal(await run(`:put ${expression}`), gives, expression)
  })

const PROGRAMS: readonly (readonly [what: string, source: string, prints: string])[] = [
  ["if with else", ":if (1 > 2) do={:put a} else={:put b}", "b"],
  [
    "if on what find gives",
    ':if ([:find "abc" "b"]) do={:put found}; :if ([:find "abc" "x"]) do={:put lost}',
    "found",
  ],
  ["for up", ":for i from=1 to=3 do={:put $i}", "1\n2\n3"],
  ["for down by itself", ":for i from=2 to=0 do={:put $i}", "2\n1\n0"],
  ["for by a step", ":for i from=0 to=10 step=5 do={:put $i}", "0\n5\n10"],
  ["foreach over text", ":foreach a in=xy do={:put $a}", "xy"],
  ["foreach over nothing", ":foreach a in=$none do={:put $a}", ""],
  ["foreach with places", ':foreach i,a in=(5,6) do={:put "$i $a"}', "0 5\n1 6"],
  ["while", ":local i 0; :while ($i < 3) do={:set i ($i + 1); :put $i}", "1\n2\n3"],
  ["do while", ":local i 5; :do {:put $i; :set i ($i + 1)} while=($i < 5)", "5"],
  [
    "break and continue",
    ":for i from=1 to=9 do={:if ($i = 2) do={:continue}; :if ($i = 4) do={:break}; :put $i}",
    "1\n3",
  ],
  ["on-error", ':do {:error "boom"; :put never} on-error={:put caught}', "caught"],
  ["onerror keeps the text", ':onerror e in={:error "boom"} do={:put "<$e>"}', "<boom>"],
  [
    "retry",
    ":local n 0; :retry command={:set n ($n + 1); :if ($n < 3) do={:error no}; :put $n} delay=1ms max=5",
    "3",
  ],
  ["retry gives up", ":retry command={:error no} delay=1ms max=2 on-error={:put gone}", "gone"],
  [
    "set with a key",
    ':local a ({}); :set ($a->"k"->"l") 5; :set ($a->[:len $a]) 1; :put $a',
    "1;k=l=5",
  ],
  ["unset with a key", ':local a {k=1;l=2}; :set ($a->"k"); :put $a', "l=2"],
  ["a value is a copy", ":local a {1;2}; :local b $a; :set ($b->0) 9; :put $a", "1;2"],
  [
    "return ends a function from within loops",
    ":local f do={:foreach i in=(1,2,3) do={:if ($i = 2) do={:return $i}}}; :put [$f]",
    "2",
  ],
  [
    "named and unnamed arguments",
    ':local f do={:return "$0 $1 $2 $x"}; :put [$f a b x=c]',
    "$f a b c",
  ],
  [
    "a function in an array",
    ':local a ({}); :set ($a->"f") do={:return ($1 * 2)}; :put [($a->"f") none 4]',
    "8",
  ],
  [
    "a function that calls itself",
    ":global fac do={:global fac; :if ($1 < 2) do={:return 1}; :return ($1 * [$fac ($1 - 1)])}; :put [$fac 20]",
    "2432902008176640000",
  ],
  ["names with a dash", ':local "a-b" 5; :put $"a-b"', "5"],
  ["no value of a function is nil", ":local f do={:put x}; :put [:typeof [$f]]", "x\nnil"],
  ["an op sees the names around it", ":local x 2; :local f (>[:put $x]); $f", "2"],
  ["a menu does not change names", "/ip address\n:local x 1\n:put $x", "1"],
  ["time measures", ":put ([:time {:delay 20ms}] >= 15ms)", "true"],
]

for (const [what, source, prints] of PROGRAMS)
  test(`programs: ${what}`, async () => {
    assert.equal(await run(source), prints)
  })

const ERRORS: readonly (readonly [source: string, prints: string])[] = [
  [":put (1 / 0)", "! divide by zero (:put; line 1)"],
  ['\n:error "own words"', "! own words (:error; line 2)"],
  [":if (abc = 1", "! syntax error (line 1 column 13)"],
  ["/ip adress print", "! bad command name adress (line 1 column 5)"],
  [':if ("text") do={}', "! conditional not boolean (:if; line 1)"],
  [":local f do={\n:put 1\n:error deep}\n$f", "1\n! deep (:error; line 3)"],
  [':parse ":put ("', "! syntax error (line 1 column 7) (:parse; line 1)"],
  [':local t "x"; :while (true) do={:set t ($t . $t)}', "! out of memory (:set; line 1)"],
  [":global r do={:global r; $r}; $r", "! maximum recursion depth reached"],
]

for (const [source, prints] of ERRORS)
  test(`errors: ${JSON.stringify(source)}`, async () => {
    assert.equal(await run(source), prints)
  })

test("a rejected text does not run at all", async () => {
  assert.equal(await run(":put before\n:put ("), "! syntax error (line 2 column 7)")
})

test("text that is cut into bytes and joined again is the same text", async () => {
  const source =
    ':local o ""; :for i from=0 to=([:len $s] - 1) do={:set o ($o . [:pick $s $i])}; :put $o'
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), async (text) => {
      assert.equal(await run(source, { args: new Map([["s", { type: "str", is: text }]]) }), text)
    }),
    { numRuns: 60 },
  )
})

/** Written by hand in a script, for releases without `:serialize`. */
const ESCAPE = `:local f do={
  :local out ""
  :local hex "0123456789abcdef"
  :local low "\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0A\\0B\\0C\\0D\\0E\\0F\\10\\11\\12\\13\\14\\15\\16\\17\\18\\19\\1A\\1B\\1C\\1D\\1E\\1F"
  :for i from=0 to=([:len $1] - 1) do={
    :local c [:pick $1 $i ($i + 1)]
    :local code [:find $low $c -1]
    :if ([:typeof $code] = "num") do={
      :set c ("\\\\u00" . [:pick $hex ($code / 16) ($code / 16 + 1)] . [:pick $hex ($code % 16) ($code % 16 + 1)])
    } else={
      :if ($c = "\\"" or $c = "\\\\") do={:set c ("\\\\" . $c)}
    }
    :set out ($out . $c)
  }
  :return $out
}
:put ("\\"" . [$f $s] . "\\"")`

test("JSON written by a script parses to the original values", async () => {
  const letter = fc.oneof(
    fc.constantFrom('"', "\\", "$", "\n", "\r", "\t", "\u0000", "\u001f", "é", "😀", "?"),
    fc.string({ unit: "grapheme", maxLength: 1 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(letter, { minLength: 1, maxLength: 20 }), async (letters) => {
      const text = letters.join("") || "x"
      assert.equal(
        JSON.parse(await run(ESCAPE, { args: new Map([["s", { type: "str", is: text }]]) })),
        text,
      )
    }),
    { numRuns: 80 },
  )
})

test("no text makes the interpreter fail differently from a router", async () => {
  const piece = fc.constantFrom(
    ":put ",
    "$a",
    "(1 . 2)",
    "[:len ",
    "]",
    "{",
    "}",
    ":if ",
    "do=",
    ";",
    '"',
    "->",
    ":local a 1;",
    "(",
    ")",
    "=",
    "5",
    "and ",
    ",",
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
      assert.equal(typeof (await run(pieces.join(""))), "string")
    }),
    { numRuns: 300 },
  )
})
