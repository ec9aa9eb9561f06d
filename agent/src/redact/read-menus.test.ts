import assert from "node:assert/strict"
import { test } from "node:test"
import { readableMenus, shownMenus } from "./read-menus.ts"
import { createRedactor } from "./redact.ts"

const key = Buffer.from("k")
const asked = ["/ppp/secret", "/ip/service", "/user", "/ip/firewall/address-list"].map((menu) => ({
  menu,
  properties: ["name", "comment"],
}))
const read = [
  { menu: "/ip/service", rows: [{ name: "www" }], reason: "ok" as const },
  {
    ...{ menu: "/user", reason: "ok" as const },
    rows: [{ name: "watch", comment: "ispvm read" }, { name: "ayse" }],
  },
  {
    ...{ menu: "/ip/firewall/address-list", reason: "ok" as const },
    rows: [{ list: "debtors", comment: "ayse" }],
  },
]

test("a redacting agent reads settings alone, and of mixed menus shows rows of the script", () => {
  const redactor = createRedactor({ users: true, addresses: false, key })
  assert.deepEqual(
    readableMenus(asked, redactor).map(({ menu }) => menu),
    ["/ip/service", "/user", "/ip/firewall/address-list"],
  )
  assert.deepEqual(shownMenus(asked, read, redactor), [
    { menu: "/ppp/secret", rows: null, reason: "not-permitted" },
    read[0],
    { ...read[1], rows: [{ name: "watch", comment: "ispvm read" }] },
    { ...read[2], rows: [] },
  ])
})

test("without a redaction nothing is held back", () => {
  const off = createRedactor({ users: false, addresses: false, key })
  assert.equal(readableMenus(asked, off), asked)
  assert.equal(shownMenus(asked, read, off), read)
})
