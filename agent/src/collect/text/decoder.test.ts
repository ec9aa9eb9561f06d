import assert from "node:assert/strict"
import { test } from "node:test"
import type { TextEncoding } from "@ispvm/wire"
import fc from "fast-check"
import { createDecoder, decodeText } from "./decoder.ts"

/** The bytes of a text in a single-byte code page, found by decoding each byte. */
const bytesOf = (text: string, encoding: TextEncoding): Buffer => {
  const decoder = new TextDecoder(encoding)
  const table = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Buffer.from([byte])), byte]),
  )
  return Buffer.from(
    [...text].map((char) => {
      const byte = table.get(char)
      if (byte === undefined) throw new Error(`${encoding} has no ${char}`)
      return byte
    }),
  )
}

const TEXTS: readonly (readonly [TextEncoding, readonly string[]])[] = [
  [
    "windows-1250",
    [
      "Łącze Kraków śląsk",
      "Łódź",
      "Gdańsk",
      "Świętokrzyska",
      "Zażółć gęślą jaźń",
      "PRZYŁĄCZE",
      "wieża kościół",
      "Słupsk-Ustka",
    ],
  ],
  [
    "windows-1250",
    [
      "Dvořák",
      "Plzeň",
      "Bučovice",
      "Děčín - záložní spoj",
      "Třebíč",
      "České Budějovice",
      "Ústí nad Labem",
    ],
  ],
  ["windows-1250", ["erdő", "gyűjtő", "Győr", "Braşov", "Timişoara", "Čakovec"]],
  [
    "windows-1251",
    ["Москва", "ул. Ленина 5", "магистраль Север-Юг", "МОСКВА", "Київ", "София", "резерв"],
  ],
  ["koi8-r", ["Москва", "магистраль", "улица Ленина"]],
  ["windows-1253", ["Αθήνα", "Θεσσαλονίκη κέντρο", "πύργος"]],
  ["windows-1254", ["Beşiktaş", "İstanbul", "Kadıköy", "Çağlayan", "Doğu hattı"]],
  ["windows-1257", ["Šiauliai", "Panevėžys", "Ventspils ostā"]],
  ["windows-1255", ["תל אביב", "ירושלים"]],
  ["windows-1256", ["القاهرة", "برج الشمال"]],
]
const WEST = [
  "München", "Zürich – Genève", "señor Peña", "Logroño", "São Paulo", "Câmara Évora", "Besançon", "cœur", "L’Hôpital", "Île-de-France",
  "Straße 12", "naïve", "Citroën", "Køge", "Tromsø", "Ærø", "Förbindelse Växjö", "Tårnby", "perché", "città", "Reykjavík", "Þórshöfn",
  "20 °C", "5 €", "10 £", "«edge»", "¿qué?", "à Paris", "Übertragung Häuserblock", "uplink – 5 GHz", "±5 %",
] as const // biome-ignore format: a list

test("the code page is detected from the words", () => {
  for (const [encoding, texts] of TEXTS)
    for (const text of texts) assert.equal(decodeText(bytesOf(text, encoding)), text, encoding)
})
test("the usual code page is the default", () => {
  for (const text of WEST) assert.equal(decodeText(bytesOf(text, "windows-1252")), text)
})
test("UTF-8 and ASCII are unchanged with every setting", () => {
  for (const setting of [
    "auto",
    "utf-8",
    "windows-1250",
    "windows-1252",
    "koi8-r",
    "gb18030",
  ] as const)
    for (const text of ["ether1", "Łódź 中", "Wüste 中文", "中文链路", ""])
      assert.equal(createDecoder(setting)(Buffer.from(text)), text, setting)
})
test("a setting decides if a text is ambiguous", () => {
  assert.equal(createDecoder("windows-1250")(bytesOf("Kęty", "windows-1250")), "Kęty")
  assert.equal(createDecoder("windows-1252")(bytesOf("Łącze", "windows-1250")), "£¹cze")
  assert.equal(createDecoder("ibm866")(Buffer.from([0x8c, 0xae, 0xe1, 0xaa, 0xa2, 0xa0])), "Москва")
  assert.equal(createDecoder("gb18030")(Buffer.from([0xc1, 0xaa, 0xcd, 0xa8])), "联通")
})
test("earlier texts of a device decide for ambiguous ones", () => {
  const decode = createDecoder()
  assert.equal(decode(bytesOf("Kęty", "windows-1250")), "Kêty")
  for (const text of ["Łącze Kraków śląsk", "wieża kościół", "Łódź"])
    assert.equal(decode(bytesOf(text, "windows-1250")), text)
  assert.equal(decode(bytesOf("Kęty", "windows-1250")), "Kęty")
  assert.equal(createDecoder()(bytesOf("Kęty", "windows-1250")), "Kêty") // Another device.
})
test("any bytes give a text, and a long table costs little more than reading it", () => {
  const decode = createDecoder()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => typeof decode(bytes) === "string"),
  )
})
