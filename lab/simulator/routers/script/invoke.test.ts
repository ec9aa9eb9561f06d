/** Commands of menus: their arguments, and conditions on rows. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { array, bool, num, str } from "./literal.ts"
import { harness } from "./test/harness.ts"
import { type Invocation, type Row, ScriptError, type Value } from "./value.ts"
import { toText } from "./value-text.ts"

const row = (values: Readonly<Record<string, Value>>): Row => new Map(Object.entries(values))
const ROWS: readonly Row[] = [
  row({
    ".id": { type: "id", is: "*1" },
    name: str("ether1"),
    running: bool(true),
    disabled: bool(false),
    mtu: num(1500),
    comment: str("up link"),
  }),
  row({
    ".id": { type: "id", is: "*2" },
    name: str("ether2"),
    running: bool(false),
    disabled: bool(true),
    mtu: num(9000),
  }),
  row({
    ".id": { type: "id", is: "*3" },
    name: str("5"),
    running: bool(true),
    disabled: bool(false),
    mtu: num(1500),
    comment: str("10.0.0.0/8"),
  }),
]

/** Finds, gets and prints `ROWS` in every menu. */
const answer = async ({ path, where, args }: Invocation): Promise<Value> => {
  const found: Row[] = []
  for (const each of ROWS) if (where === null || (await where(each))) found.push(each)
  if (path.endsWith("/find")) return array(found.map((each) => each.get(".id") ?? str("")))
  if (path.endsWith("/print"))
    return array(
      found.map((each) => ({
        type: "array",
        items: [...each].map(([key, value]) => ({ key, value })),
      })),
    )
  if (!path.endsWith("/get")) return { type: "nothing" }
  const row = ROWS.find(
    (each) => toText(each.get(".id") ?? str("")) === toText(args.get("number") ?? str("")),
  )
  if (row === undefined) throw new ScriptError("no such item")
  return row.get(toText(args.get("value-name") ?? str(""))) ?? { type: "nothing" }
}

const CONDITIONS: readonly (readonly [condition: string, finds: string])[] = [
  ["", "*1;*2;*3"],
  ["where running", "*1;*3"],
  ["running", "*1;*3"],
  ["where !running", "*2"],
  ["running=no", "*2"],
  ["where running=yes and mtu=1500", "*1;*3"],
  ["where running mtu=1500 name=ether1", "*1"],
  ["name=ether2", "*2"],
  ["where name=5", "*3"],
  ['where name="5"', "*3"],
  ['where name~"^ether"', "*1;*2"],
  ["where name~ether", "*1;*2"],
  ["where mtu>1500", "*2"],
  ['where comment=""', "*2"],
  ['where comment~"link" or disabled', "*1;*2"],
  ["where (disabled or name=ether1) and !comment", "*2"],
  ["where comment=10.0.0.0/8", ""],
  ['where comment="10.0.0.0/8"', "*3"],
  ["where .id=*2", "*2"],
  ["where name=$wanted", "*1"],
  ["where name=[:pick $list 1]", "*2"],
  ["where [:len $comment] > 7", "*3"],
  ["where name!=ether1", "*2;*3"],
]

for (const [condition, finds] of CONDITIONS)
  test(`find ${condition} finds ${finds || "nothing"}`, async () => {
    const source = `:local wanted ether1; :local list (ether0, "ether2"); :put [/interface ethernet find ${condition}]`
    assert.equal(await harness(answer).run(source.replace("(ether0", '("ether0"')), finds)
  })

test("a variable with the name of a property is the property", async () => {
  assert.equal(
    await harness(answer).run(":local name ether1; :put [/interface find where name=$name]"),
    "*1;*2;*3",
  )
})

const invocations = async (source: string, name?: string): Promise<readonly string[]> => {
  const { run, calls } = harness(undefined, name)
  assert.equal(await run(source), "")
  return calls.map(({ path, args, flags }) =>
    [
      path,
      ...[...args].map(([key, value]) => `${key}=${value.type}:${toText(value)}`),
      ...flags,
    ].join(" "),
  )
}

test("a bare word reaches a menu unchanged, a value with its type", async () => {
  assert.deepEqual(
    await invocations(
      '/ip address add address=10.0.0.1/24 comment=5 disabled=no interface="e 1" netmask=(1 + 1)',
    ),
    [
      "/ip/address/add address=str:10.0.0.1/24 comment=str:5 disabled=str:no interface=str:e 1 netmask=num:2",
    ],
  )
})

test("a menu on its own applies to the following lines, a block to its contents", async () => {
  assert.deepEqual(
    await invocations(
      "/ip service\nset api disabled=yes\n/system identity { set name=a; /ip service disable ftp }\nset www port=81",
    ),
    [
      "/ip/service/set numbers=str:api disabled=str:yes",
      "/system/identity/set name=str:a",
      "/ip/service/disable numbers=str:ftp",
      "/ip/service/set numbers=str:www port=str:81",
    ],
  )
})

test("script text in braces reaches a menu unchanged", async () => {
  assert.deepEqual(
    await invocations('/system scheduler add name=a on-event={:put "$x";\n:put é}'),
    ['/system/scheduler/add name=str:a on-event=str::put "$x";\n:put é'],
  )
})

test("words without a value are flags, an empty value is an empty text", async () => {
  assert.deepEqual(
    await invocations(
      "/ip address print detail as-value\n/ip address set *1 comment=\n/ip firewall filter set *1 !src-address",
    ),
    [
      "/ip/address/print detail as-value",
      "/ip/address/set numbers=str:*1 comment=str:",
      "/ip/firewall/filter/set numbers=str:*1 !src-address",
    ],
  )
})

test("the result of a menu is a value of the script", async () => {
  const { run } = harness(answer)
  assert.equal(
    await run(":foreach i in=[/interface find running] do={:put [/interface get $i name]}"),
    "ether1\n5",
  )
  assert.equal(await run(':put ([/interface print as-value where mtu=9000]->0->"name")'), "ether2")
})

test("a rejection by a menu is an error of the script, with its location", async () => {
  const { run } = harness(answer)
  assert.equal(await run("\n/interface get *9 name"), "! no such item (/interface/get; line 2)")
  assert.equal(await run(":do {/interface get *9 name} on-error={:put caught}"), "caught")
  assert.equal(await run(":onerror e in={/interface get *9 name} do={:put $e}"), "no such item")
})
