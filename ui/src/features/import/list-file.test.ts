import assert from "node:assert/strict"
import { test } from "node:test"
import { readListFile } from "./list-file.ts"

const utf16 = (text: string) =>
  new Uint8Array(Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, "utf16le")]))
const cases: [string, Uint8Array<ArrayBuffer>, string, string | null][] = [
  ["UTF-8", new Uint8Array(Buffer.from("name\nİzmir")), "name\nİzmir", null],
  [
    "UTF-8 with a byte order mark",
    new Uint8Array(Buffer.from("\uFEFFname\nŁódź")),
    "name\nŁódź",
    null,
  ],
  ["UTF-16, Excel's Unicode text", utf16("name\tŁódź"), "name\tŁódź", null],
  ["a code page", Uint8Array.of(0xa3, 0xf3, 0x64, 0x9f), "Łódź", "windows-1250"],
]
for (const [name, bytes, text, codePage] of cases)
  test(`a list saved as ${name} is read as it was typed`, () =>
    assert.deepEqual(readListFile(bytes, "windows-1250"), { text, codePage }))
