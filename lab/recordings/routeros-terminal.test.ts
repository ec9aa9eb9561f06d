/** Prints are made up, in the forms of v6 and v7. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { parseExport, parsePrint } from "./routeros-terminal.ts"

const CASES: readonly (readonly [string, string, readonly object[] | null])[] = [
  ["a menu that is missing", "bad command name poe (line 1 column 21)", null],
  [
    "values",
    "   uptime: 1d2h\n  version: 7.20 (stable)\n note:\n",
    [{ uptime: "1d2h", version: "7.20 (stable)", note: "" }],
  ],
  [
    "details over several lines, with a comment, flags of a legend of two lines, a date",
    `Flags: X - disabled, A - active,
C - connect
 0 XC ;;; to the
shed
      name="a b" address=10.0.0.1
      last=2024-01-02 03:04:05

 1    name="c" address=""
`,
    [
      {
        ".id": "*1",
        disabled: "true",
        connect: "true",
        comment: "to the shed",
        name: "a b",
        address: "10.0.0.1",
        last: "2024-01-02 03:04:05",
      },
      { ".id": "*2", name: "c", address: "" },
    ],
  ],
  [
    "columns of v6: empty cells, numbers at the right, a comment, a line of the log in between",
    `Flags: X - disabled, D - dynamic
 #    NAME     MTU ADDRESS   ON
 0    ether1  1500           bridge
12:00:00 echo: system,error login failure
 1 XD ;;; spare
      ether2   900 10.0.0.1
`,
    [
      { ".id": "*1", name: "ether1", mtu: "1500", on: "bridge" },
      {
        ".id": "*2",
        disabled: "true",
        dynamic: "true",
        comment: "spare",
        name: "ether2",
        mtu: "900",
        address: "10.0.0.1",
      },
    ],
  ],
  [
    "columns of v7 without numbers; a long value goes on in the next line",
    `Flags: U - UNDOABLE
Columns: ACTION, BY, POLICY
  ACTION        BY     POLICY
U port changed  admin  write
U user added    admin  read
                       policy
`,
    [
      { ".id": "*1", undoable: "true", action: "port changed", by: "admin", policy: "write" },
      { ".id": "*2", undoable: "true", action: "user added", by: "admin", policy: "readpolicy" },
    ],
  ],
]
for (const [what, text, rows] of CASES)
  test(`printed: ${what}`, () => assert.deepEqual(parsePrint(text), rows))

test("an export adds rows to its menus", () => {
  const text = `# by RouterOS
/ip address
add address=10.0.0.1/30 comment="a b" \\
    interface=ether1
add address=10.0.0.5/30 interface=ether2
/ip dns
set servers=192.0.2.1
/interface vlan add name=v1 vlan-id=7
`
  assert.deepEqual(parseExport(text), {
    "/ip/address": [
      { ".id": "*1", address: "10.0.0.1/30", comment: "a b", interface: "ether1" },
      { ".id": "*2", address: "10.0.0.5/30", interface: "ether2" },
    ],
    "/interface/vlan": [{ ".id": "*1", name: "v1", "vlan-id": "7" }],
  })
})
