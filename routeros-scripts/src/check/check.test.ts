import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript, type Release } from "./check.ts"
import { menusOf } from "./menus.ts"
import type { Statement } from "./syntax.ts"
import { rowsOf } from "./tree.ts"

const TREE = `
/do	command ; if ; on-error ; while
/find	from=see documentation ; in=see documentation ; key=see documentation
/foreach	counter ; do ; in=see documentation ; on-error
/global	do ; name ; value=see documentation
/if	condition ; do ; else
/len	value=see documentation
/local	do ; name ; value=see documentation
/onerror	do ; error ; in=script
/put	message=see documentation
/return	value=see documentation
/set	do ; name ; value=see documentation
/typeof	value=see documentation
/ip/address/add	address ; comment=string value ; copy-from ; disabled ; interface
/ip/address/find	where
/ip/address/get	as-value ; number ; value-name
/ip/address/print	detail ; where
/ip/address/remove	numbers
/ip/address/set	address ; comment=string value ; disabled ; numbers
/ip/route/find	where
/ip/socks/print	detail ; where
/interface/wifi/add	channel.frequency ; channel.width ; name
/log/info	message=string value
/system/scheduler/add	name ; on-event=script
/user/print	detail ; where
`
const release = (name: string): Release => ({
  name,
  menus: menusOf(rowsOf(TREE)),
  required: new Map([
    ["/ip/address/add", { names: ["address", "interface"], isAnyEnough: false, message: "" }],
  ]),
  isProven: true,
})

const answerTo = (source: string, name = "7.22.1"): string => {
  const result = checkScript(source, release(name))
  return result.ok ? "ok" : `${result.line}:${result.column} ${result.message}`
}

const ACCEPTED = [
  "",
  "\ufeff:put 1",
  "# a comment { [ (\n:put 1\r\n",
  "/ip address\nremove [find comment=x]",
  '/ip/address print detail where disabled=no and address~"^10"',
  "/ip addr pr",
  '/ip address {\n  remove [find where comment~"x" !disabled]\n}',
  ':foreach k,v in={a=1;"b c"=2} do={ :put "$k $[:len $v] $(1 + 2)" }',
  ":local x 1; :set x ($x + 1)",
  ':global f do={ :return "$1" }; $f a b=c',
  ":if ([:len [/ip route find]] > 0 and !false) do={ :put yes } else={ :put no }",
  "/system scheduler add name=a on-event={:put 1}",
  "/ip address add address=192.0.2.1/24 \\\n    interface=ether1 comment=\\\n    long",
  ':put ("a" . "b" , 10.0.0.0/8 , 00:00:05 , 1d2h , fe80::1 , *1F)',
  "/interface wifi add channel.frequency=2412 .width=20mhz",
  "/ip socks\n..\nroute\nfind",
  ":onerror e in={ :put 1 } do={ :put $e }",
  ':put {1;{2;3};"k"=4}',
  "{ :local a 1; { :put $a } }",
  ':put (:len "abc")',
  "/ip address print detail\\\n    where comment=x",
  ":foreach i in [/ip route find] do={ :put $i }",
  ":local x 1; :do { :set x ($x + 1) } while ($x < 5)",
  ":put città; /log info message=voilà",
  '/ip address print detail \\  \n where comment="a \\ \t\r\n  b"',
  ": put 1; /ip/ address/ print; /ip/address/",
  "/system scheduler add name=a on-event {:put 1}",
  ':local value "x"; :set value 2',
  ":put (1 $ x)",
]

const REJECTED: readonly (readonly [string, string])[] = [
  ["TAG=x", "1:1 expected command name"],
  ["/ip/socks> print", "1:10 expected command name"],
  ["[user@x] > :put 1", "1:6 expected command name"],
  ["[amm@x] > :put 1", "1:5 syntax error"],
  ["/zerotier/peer/print", "1:10 syntax error"],
  ["/zerotier print", "1:2 bad command name zerotier"],
  ["/ip/address/prynt", "1:13 bad command name prynt"],
  ["hello\r\n  world", "1:1 bad command name hello"],
  [":put ä\r\n/ip nowhere", "2:5 bad command name nowhere"],
  ["nowhere\n:put (1;2)", "2:8 syntax error"],
  ["/ip address add nam=x", "1:17 expected end of command"],
  ["/ip address set enabled=yes", "1:24 expected end of command"],
  [":set never 1", "1:6 syntax error"],
  [":local a 1\n:global f do={ :set a 2 }", "2:21 syntax error"],
  ["$ > x", "1:2 syntax error"],
  [":put [find name=x]", "1:16 expected end of command"],
  ["00:00:00.1", "1:3 syntax error"],
  ["round-trip a/b = 5", "1:16 syntax error"],
  [':put "é" x', "1:11 expected end of command"],
  ["/ip address add address=192.0.2.1/24", "1:13 missing value(s) of argument(s) interface"],
  ["/ip route find where=", "1:22 missing value for where"],
  [":put a\u00a0b c", "1:11 expected end of command"],
  ["\u00a0:put 1", "1:1 expected command name"],
  ["/ip address add address = 192.0.2.1", "1:25 expected end of command"],
  [':put "a\\ b"', "1:9 syntax error"],
  [":put $ x", "1:7 syntax error"],
]

test("scripts that a router accepts are accepted", () => {
  for (const source of ACCEPTED) assert.equal(answerTo(source), "ok", source)
})

test("the first fault is reported at the place and in the words of a router", () => {
  for (const [source, fault] of REJECTED) assert.equal(answerTo(source), fault, source)
})

test("from 7.23 on, an unknown parameter is reported only if the rest can be read, after its name", () => {
  assert.equal(
    answerTo("/ip address add address=a interface=b nam=x"),
    "1:39 expected end of command",
  )
  assert.equal(
    answerTo("/ip address add address=a interface=b nam=x", "7.23rc1"),
    "1:42 bad parameter nam",
  )
  assert.equal(answerTo("/ip address add nam=x\n:put (", "7.23rc1"), "2:7 syntax error")
})

test("reading returns a tree of commands with their full names and positions", () => {
  const source = '/ip addr\nset [find] comment="a $x\\n" address=192.0.2.1'
  const result = checkScript(source, release("7.22.1"))
  assert.ok(result.ok)
  const [menu, set] = result.script.statements
  assert.deepEqual(menu, { kind: "menu", path: "/ip/address", span: { start: 0, end: 8 } })
  assert.ok(set?.kind === "command")
  assert.deepEqual(
    set.args.map(
      (arg) =>
        arg.kind === "given" && [arg.name, arg.isNamed, source.slice(arg.span.start, arg.span.end)],
    ),
    [
      ["numbers", false, "[find]"],
      ["comment", true, 'comment="a $x\\n"'],
      ["address", true, "address=192.0.2.1"],
    ],
  )
  const comment = set.args[1]
  assert.ok(comment?.kind === "given" && comment.value.kind === "string")
  assert.deepEqual(
    comment.value.parts.map((part) => (part.kind === "text" ? part.text : part.value.kind)),
    ["a ", "variable", "\n"],
  )
})

const expression = (source: string): string => {
  const result = checkScript(`:put (${source})`, release("7.22.1"))
  assert.ok(result.ok, source)
  const put: Statement | undefined = result.script.statements[0]
  assert.ok(put?.kind === "command" && put.args[0]?.kind === "given")
  const show = (
    value: (typeof put.args)[0] extends infer A
      ? A extends { value: infer V }
        ? V
        : never
      : never,
  ): string => {
    if (value.kind === "binary")
      return `(${value.operator} ${show(value.left)} ${show(value.right)})`
    if (value.kind === "unary") return `(${value.operator} ${show(value.operand)})`
    if (value.kind === "group") return show(value.value)
    if (value.kind === "variable") return `$${value.name}`
    return value.kind === "word" ? value.text : value.kind
  }
  return show(put.args[0].value)
}

test("operators have the precedence of the router", () => {
  assert.equal(expression("1 + 2 * 3"), "(+ 1 (* 2 3))")
  assert.equal(expression("$a = 1 and $b != 2 or !$c"), "(or (and (= $a 1) (!= $b 2)) (! $c))")
  assert.equal(expression('$a->"k" . "x"'), "(. (-> $a string) string)")
  assert.equal(expression("1 , 2 . 3"), "(, 1 (. 2 3))")
  assert.equal(expression("1 <> 2"), "(< 1 (> 2))")
})

test("no text makes the checker throw or report a position outside of it", () => {
  const pieces = fc.constantFrom(
    ...'{}[]()"$\\;:/=!#.,-> \n',
    "\r\n",
    ":put",
    ":local",
    "x",
    "1",
    "/ip",
    "address",
    "add",
    "find",
    "where",
    "é",
    "do=",
  )
  const release7 = release("7.22.1")
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const source = parts.join("")
      const result = checkScript(source, release7)
      const lines = source.split("\n").map((line) => Buffer.byteLength(line))
      assert.ok(
        result.ok ||
          (result.line >= 1 &&
            result.column >= 1 &&
            result.column <= (lines[result.line - 1] ?? -1) + 1),
      )
    }),
    { numRuns: 2_000 },
  )
  for (const piece of [
    "(",
    "[",
    "{",
    ":put (!",
    ":put {",
    "!-~>",
    "do={",
    ':put "$[',
    "on-event={",
  ])
    assert.notEqual(answerTo(`:put (!${piece.repeat(50_000)}`), "ok", piece)
})

test("a quoted text is read back unchanged", () => {
  const quoted = (text: string): string =>
    `"${text
      .replace(/["\\$?]/g, (c) => `\\${c}`)
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r")}"`
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
      const result = checkScript(`:put ${quoted(text)}`, release("7.22.1"))
      const put = result.ok ? result.script.statements[0] : undefined
      assert.ok(
        put?.kind === "command" &&
          put.args[0]?.kind === "given" &&
          put.args[0].value.kind === "string",
      )
      assert.equal(
        put.args[0].value.parts.map((part) => (part.kind === "text" ? part.text : "?!")).join(""),
        text,
      )
    }),
  )
})
