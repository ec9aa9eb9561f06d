import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../messages/text.ts"
import { readImport } from "./import-csv.ts"

/** With what is said as text. */
const read = (csv: string) => {
  const { rows, rejected } = readImport(csv)
  return {
    rows,
    rejected: rejected.map(({ said, ...each }) => ({ ...each, message: textOf(said) })),
  }
}

const HASH = "ab".repeat(32)
const COLONS = Array.from({ length: 32 }, () => "AB").join(":")

const invalid: readonly [column: string, value: string, message: string][] = [
  ["name", "", "must not be empty"],
  ["name", "x".repeat(121), `"${"x".repeat(60)}…" must be at most 120 characters long`],
  ["name", "a\tb", '"a\\tb" must not contain control characters'],
  ["address", "", "must not be empty"],
  ["address", "no address", '"no address" is neither an IP address nor a host name'],
  ["latitude", "91", "91 is more than 90"],
  ["latitude", "-90.5", "-90.5 is less than -90"],
  ["latitude", "north", '"north" is not a number of degrees like 46.5'],
  ["longitude", "181", "181 is more than 180"],
  ["api_port", "http", '"http" is not a port; ports are 1 to 65535'],
  ["snmp_port", "0", '"0" is not a port; ports are 1 to 65535'],
  ["api_tls", "maybe", '"maybe" is neither yes nor no'],
  [
    "fingerprint",
    "ab:cd",
    '"ab:cd" is not a SHA-256 fingerprint: 64 hex digits, with or without colons',
  ],
]
for (const [column, value, message] of invalid) {
  test(`${column} ${JSON.stringify(value.slice(0, 12))} is rejected, and the message shows it`, () => {
    const cells = { name: "r1", address: "192.0.2.1", [column]: value }
    const csv = `${Object.keys(cells).join(";")}\n${Object.values(cells).join(";")};\n`.replace(
      /;\n$/,
      "\n",
    )
    assert.deepEqual(read(csv), { rows: [], rejected: [{ line: 2, column, message }] })
  })
}

test("an unknown role is named, with the list of known ones", () => {
  const [one] = read("name,address,roles\nr1,192.0.2.1,core;boarder").rejected
  assert.match(
    one?.message ?? "",
    /^there is no role "boarder"; roles are upstream, border, core, /,
  )
  const [two] = read("name,address,roles\nr1,192.0.2.1,king queen").rejected
  assert.match(two?.message ?? "", /^there are no roles "king", "queen"; roles are /)
})

test("tags are separated by semicolons alone; a tag that is none, and too many, are named by line", () => {
  const many = Array.from({ length: 33 }, (_, n) => `t${n}`).join(";")
  const { rows, rejected } = read(
    [
      "name,address,site,tags,site_tags",
      "r1,192.0.2.1,Hill,customer:acme; tower;tower;,pop;north",
      "r2,192.0.2.2,Hill,,north;pop",
      "r3,192.0.2.3,,two words;ok;_x,",
      `r4,192.0.2.4,,${many},`,
      "r5,192.0.2.5,,;,",
      "r6,192.0.2.6,Hill,,pop",
      "r7,192.0.2.7,,,pop",
      `r8,192.0.2.8,,${"x".repeat(65)},`,
    ].join("\n"),
  )
  assert.deepEqual(
    rows.map(({ name, tags, site_tags }) => [name, tags, site_tags]),
    [
      ["r1", ["customer:acme", "tower"], ["pop", "north"]],
      ["r2", null, ["north", "pop"]],
    ],
  )
  const rule = "letters, digits and ._:- only, 64 at most, with ; between tags"
  assert.deepEqual(
    rejected.map(({ line, column, message }) => [line, column, message]),
    [
      [4, "tags", `"two words", "_x" are not tags: ${rule}`],
      [5, "tags", "has 33 tags; at most 32"],
      [6, "tags", `";" is not a tag: ${rule}`],
      [7, "site_tags", "line 3 has north;pop for Hill"],
      [8, "site", "is empty: site_tags needs a site"],
      [9, "tags", `"${"x".repeat(60)}…" is not a tag: ${rule}`],
    ],
  )
})

test("tags in a list whose delimiter is a semicolon stand between quotes", () => {
  const { rows, rejected } = read('name;address;tags\nr1;192.0.2.1;"a;b"\nr2;192.0.2.2;c\n')
  assert.deepEqual([rows.map(({ tags }) => tags), rejected], [[["a", "b"], ["c"]], []])
})

test("a fingerprint is accepted with colons and without, and rejected together with api_tls no", () => {
  const { rows, rejected } = read(
    `name,address,api_tls,fingerprint\nr1,192.0.2.1,,${HASH}\nr2,192.0.2.2,yes,${COLONS}\nr3,192.0.2.3,no,${HASH}\nr4,192.0.2.4,no,\n`,
  )
  assert.deepEqual(
    rows.map((row) => [row.name, row.fingerprint]),
    [
      ["r1", HASH],
      ["r2", HASH],
      ["r4", null],
    ],
  )
  assert.deepEqual(rejected, [
    {
      line: 4,
      column: "fingerprint",
      message: "contradicts api_tls no: without TLS a router has no certificate",
    },
  ])
})

test("lines are counted as in an editor, including blank lines and those within quotes", () => {
  const { rejected } = read('name,address,site\n\nr1,192.0.2.1,"two\nlines"\n\nr2,,x\n')
  assert.deepEqual(
    rejected.map(({ line, column }) => [line, column]),
    [
      [3, "site"],
      [6, "address"],
    ],
  )
})

test("roles may be separated by any usual character of a spreadsheet", () => {
  const { rows } = read('name,address,roles\nr1,192.0.2.1,"core, border;core / edge"\n')
  assert.deepEqual(rows[0]?.roles, ["core", "border", "edge"])
})

test("a text that is not a table is rejected with the position of the error", () => {
  assert.deepEqual(read('name,address\n"r1,192.0.2.1\n').rejected, [
    { line: 2, column: null, message: "a quotation mark is opened and never closed" },
  ])
  for (const csv of ['name,address\nr"1,192.0.2.1\n', 'name,address\n"r"1,192.0.2.1\n']) {
    const [first] = read(csv).rejected
    assert.equal(first?.line, 2)
    assert.match(first?.message ?? "", /quotation mark .* cell/)
  }
})

const spreadsheets: readonly [string, string][] = [
  ["a delimiter behind each line", "name;address;\r\nr1;192.0.2.1;\r\n"],
  [
    "more delimiters behind the cells than behind the header",
    "name;address\r\nr1;192.0.2.1;;;\r\n",
  ],
  ["empty columns behind, and lines of nothing else", "name,address,,,\nr1,192.0.2.1,,,\n,,,,\n"],
  ["an empty column in front", ",name,address\n,r1,192.0.2.1\n"],
  ["sep= in front", "\uFEFFsep=;\r\nname;address\r\nr1;192.0.2.1\r\n"],
  [
    "sep= between quotes, with the empty cells of the sheet",
    '"sep=,",,\nname,address\nr1,192.0.2.1\n',
  ],
  ["blank lines in front", "\n\n  \nname;address\nr1;192.0.2.1\n"],
  ["several kinds of line ends", "name,address\r\nr1,192.0.2.1\n\r"],
  ["line ends of an old Macintosh", "name,address\rr1,192.0.2.1\r"],
  ["non-breaking blanks around a name", "Name ,ADDRESS\n\u00A0r1\u00A0, 192.0.2.1 \n"],
  ["the column names of other tools", "Device name,IP address\nr1,192.0.2.1\n"],
]
for (const [name, csv] of spreadsheets)
  test(`a list with ${name} is read`, () => {
    const { rows, rejected } = read(csv)
    assert.deepEqual(
      [rows.map((row) => [row.name, row.address]), rejected],
      [[["r1", "192.0.2.1"]], []],
    )
  })

const dropped: readonly [string, string, number, string | null, RegExp][] = [
  [
    "a value in a column without a name",
    "name,address,\nr1,192.0.2.1,Hill\n",
    2,
    "3",
    /^"Hill" is in a column/,
  ],
  [
    "a value behind the last column",
    "sep=,\nname,address\nr1,192.0.2.1,,Hill\n",
    3,
    null,
    /has 4 cells.*"Hill" has no column/,
  ],
  [
    "a latitude alone",
    "name,address,site,latitude,longitude\nr1,192.0.2.1,Hill,46.5,\n",
    2,
    "longitude",
    /is empty, but/,
  ],
  [
    "a longitude alone",
    "name,address,site,longitude\nr1,192.0.2.1,Hill,7.5\n",
    2,
    "latitude",
    /is empty, but/,
  ],
  [
    "a place without a site",
    "name,address,lat,lon\nr1,192.0.2.1,46.5,7\n",
    2,
    "site",
    /latitude and longitude need a site/,
  ],
  [
    "two places of one site",
    "name,address,site,lat,lon\nr1,192.0.2.1,Hill,46.5,7\nr2,192.0.2.2,Hill,46.6,7\n",
    3,
    "latitude",
    /line 2 has 46.5, 7 for Hill/,
  ],
  [
    "a character that was lost",
    "name,address,site\nr1,192.0.2.1,\uFFFDzmir\n",
    2,
    "site",
    /save the list as UTF-8/,
  ],
]
for (const [name, csv, line, column, message] of dropped)
  test(`nothing is ignored silently: ${name} is rejected`, () => {
    const { rejected } = read(csv)
    assert.deepEqual(
      rejected.map((each) => [each.line, each.column]),
      [[line, column]],
    )
    assert.match(rejected[0]?.message ?? "", message)
  })

test("composed and decomposed accents are the same name", () => {
  assert.equal(read("name,address\nI\u0307zmir,192.0.2.1\n").rows[0]?.name, "\u0130zmir")
})

/** As the page of devices exports it (`ui/src/features/devices/devices-csv.ts`). */
const EXPORTED =
  "name,address,status,reason,site,roles,tags,site_tags,board,release,device.uptime_s,device.cpu_pct,device.memory_pct,ping.loss_pct,ping.rtt_ms,rx_bps,tx_bps,last_seen"

test("an exported list is read again: what was measured is left out, a guarded formula is as it was", () => {
  const { rows, rejected } = read(
    [
      EXPORTED,
      "'=cmd|' /C calc'!A0,192.0.2.1,ok,Answers,'-Hill,core;edge,a;b,'@x,CCR,7.20,1,2,3,0,1.5,9,9,2026-01-01T00:00:00.000Z",
      "''+1,192.0.2.2,down,'=1+1,,,,,,,,,,,,,,",
      "'quoted,192.0.2.3,ok,,,,,,,,,,,,,,,",
      "r4,,unknown,,,,,,,,,,,,,,,",
      "r5,192.0.2.5,ok,,'=HYPERLINK(1),king,'=1,,,,,,,,,,,",
    ].join("\r\n"),
  )
  assert.deepEqual(
    rows.map(({ name, address, site, roles, tags }) => [name, address, site, roles, tags]),
    [
      ["'+1", "192.0.2.2", null, null, null],
      ["'quoted", "192.0.2.3", null, null, null],
    ],
  )
  assert.deepEqual(
    rejected.map(({ line, column, message }) => [line, column, message.slice(0, 24)]),
    [
      [2, "site_tags", '"@x" is not a tag: lette'],
      [5, "address", "must not be empty"],
      [6, "roles", 'there is no role "king";'],
      [6, "tags", '"=1" is not a tag: lette'],
    ],
  )
  const [first] = read(`${EXPORTED}\n'=cmd|' /C calc'!A0,192.0.2.1,,,'-Hill,,,,,,,,,,,,,\n`).rows
  assert.deepEqual([first?.name, first?.site], ["=cmd|' /C calc'!A0", "-Hill"])
})
