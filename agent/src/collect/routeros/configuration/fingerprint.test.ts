import assert from "node:assert/strict"
import { createHash, createHmac } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { basisOf, canonicalRow, propertiesOf, SectionHash } from "./fingerprint.ts"
import { nameOf, type Section, section } from "./section.ts"
import { SECTIONS } from "./sections.ts"

const KEY = Buffer.from("0123456789abcdef0123456789abcdef")
const BASIS = { key: KEY, device: "a", withSecrets: true }
type Given = Readonly<Record<string, string>>
const of = (path: string): Section => {
  const found = SECTIONS.find((each) => each.path === path)
  assert.ok(found, path)
  return found
}
const hashOf = (path: string, rows: readonly Given[], basis = BASIS) => {
  const hash = new SectionHash(of(path), basis)
  for (const row of rows) hash.add(new Map(Object.entries(row)))
  return hash.result()
}
const same = (path: string, a: readonly Given[], b: readonly Given[], why: string) =>
  assert.equal(hashOf(path, a).hash, hashOf(path, b).hash, why)
const differ = (path: string, a: readonly Given[], b: readonly Given[], why: string) =>
  assert.notEqual(hashOf(path, a).hash, hashOf(path, b).hash, why)

// As release 6.49 and 7.18 print them.
const FILTER_V6: readonly Given[] = [
  {
    ".id": "*1",
    chain: "input",
    action: "accept",
    "connection-state": "established,related",
    bytes: "123456",
    packets: "700",
    invalid: "false",
    dynamic: "false",
    disabled: "false",
  },
  {
    ".id": "*2",
    chain: "input",
    action: "drop",
    "in-interface": "ether1",
    bytes: "99",
    packets: "1",
    invalid: "false",
    dynamic: "false",
    disabled: "false",
  },
]
const FILTER_V7: readonly Given[] = [
  {
    ".id": "*1",
    chain: "input",
    action: "accept",
    "connection-state": "established,related",
    bytes: "1",
    packets: "1",
    disabled: "false",
  },
  {
    ".id": "*A",
    chain: "input",
    action: "drop",
    "in-interface": "ether1",
    bytes: "7",
    packets: "2",
    invalid: "true",
    disabled: "false",
  },
]
const SECRET_V6: readonly Given[] = [
  {
    ".id": "*1",
    name: "ayse",
    service: "pppoe",
    "caller-id": "",
    password: "gizli-1",
    profile: "default",
    routes: "",
    "limit-bytes-in": "0",
    "last-logged-out": "jan/01/1970 00:00:00",
    disabled: "false",
  },
  {
    ".id": "*2",
    name: "mehmet",
    service: "pppoe",
    "caller-id": "",
    password: "gizli-2",
    profile: "default",
    routes: "",
    "limit-bytes-in": "0",
    "last-logged-out": "dec/01/2026 10:00:00",
    disabled: "false",
  },
]

test("golden: sections of release 6 and 7", () => {
  const cases: readonly (readonly [string, readonly Given[], string])[] = [
    ["/ip/firewall/filter", FILTER_V6, "d2ebb681c418ac49"],
    ["/ppp/secret", SECRET_V6, "53cde93beb19a3da"],
    [
      "/system/ntp/client",
      [
        {
          enabled: "true",
          mode: "unicast",
          "primary-ntp": "192.0.2.1",
          "secondary-ntp": "0.0.0.0",
          "poll-interval": "15m",
          "active-server": "192.0.2.1",
          "last-adjustment": "1ms3us",
        },
      ],
      "1040033bb3ddea37",
    ],
    [
      "/system/ntp/client",
      [
        {
          enabled: "true",
          mode: "unicast",
          servers: "192.0.2.1",
          vrf: "main",
          "freq-drift": "-3.1 PPM",
          status: "synchronized",
          "synced-stratum": "3",
        },
      ],
      "21a8e35cb02f0e1e",
    ],
    [
      "/routing/bgp/connection",
      [
        {
          ".id": "*1",
          name: "upstream",
          as: "64500",
          "remote.address": "192.0.2.9/32",
          "remote.as": "64501",
          "local.role": "ebgp",
          "output.filter-chain": "out",
          "tcp-md5-key": "k",
          disabled: "false",
          inactive: "false",
        },
      ],
      "5afa4939b6778f04",
    ],
  ]
  assert.deepEqual(
    cases.map(([path, rows]) => hashOf(path, rows).hash.slice(0, 16)),
    cases.map(([, , gold]) => gold),
  )
})

test("golden: the text of a row that is hashed", () => {
  const names = propertiesOf(of("/ip/firewall/filter"), true)
  assert.equal(
    canonicalRow(names, new Map(Object.entries(FILTER_V6[1] ?? {}))),
    '[["action","drop"],["chain","input"],["in-interface","ether1"]]',
  )
  const secrets = propertiesOf(of("/ppp/secret"), false)
  assert.equal(
    canonicalRow(secrets, new Map(Object.entries({ name: "a", password: "p", disabled: "yes" }))),
    '[["disabled","true"],["name","a"]]',
  )
})

test("counters, states and ids of rows do not change the hash; neither do release 6 and 7", () => {
  same("/ip/firewall/filter", FILTER_V6, FILTER_V7, "counters, .id, invalid, dynamic")
  const later = SECRET_V6.map((row) => ({
    ...row,
    ".id": "*77",
    "last-logged-out": "now",
    "last-caller-id": "02:00",
  }))
  same("/ppp/secret", SECRET_V6, later, "what a session leaves behind")
  const port: Given = { name: "ether1", type: "ether", mtu: "1500", disabled: "false" }
  const busy = { ...port, running: "true", "actual-mtu": "1500", "rx-byte": "1", "link-downs": "4" }
  same("/interface", [port], [{ ...busy, "last-link-up-time": "dec/02/2026 10:00:00" }], "state")
  same(
    "/user",
    [{ name: "a", group: "full" }],
    [{ name: "a", group: "full", "last-logged-in": "x", expired: "false" }],
    "logins",
  )
})

test("the order of rows counts only where the first match decides", () => {
  differ("/ip/firewall/filter", FILTER_V6, FILTER_V6.toReversed(), "rules")
  differ(
    "/routing/filter/rule",
    [
      { chain: "a", rule: "1" },
      { chain: "a", rule: "2" },
    ],
    [
      { chain: "a", rule: "2" },
      { chain: "a", rule: "1" },
    ],
    "filters",
  )
  same("/ppp/secret", SECRET_V6, SECRET_V6.toReversed(), "accounts")
})

test("the order of properties does not count, and flags are the same in every form", () => {
  const shuffled = FILTER_V6.map((row) => Object.fromEntries(Object.entries(row).toReversed()))
  same("/ip/firewall/filter", FILTER_V6, shuffled, "properties")
  same("/user", [{ name: "a", disabled: "no" }], [{ name: "a" }], "not set")
  same("/user", [{ name: "a", disabled: "yes" }], [{ name: "a", disabled: "true" }], "set")
  differ("/user", [{ name: "a", disabled: "yes" }], [{ name: "a" }], "disabled")
  differ(
    "/ip/route",
    [{ "dst-address": "10.0.0.0/8", blackhole: "" }],
    [{ "dst-address": "10.0.0.0/8" }],
    "a flag without a value",
  )
})

test("what is configured changes the hash: a rule, a comment, a row, a secret", () => {
  const with2 = (more: Given) => FILTER_V6.map((row, n) => (n === 1 ? { ...row, ...more } : row))
  differ("/ip/firewall/filter", FILTER_V6, with2({ action: "accept" }), "action")
  differ("/ip/firewall/filter", FILTER_V6, with2({ comment: "x" }), "comment")
  differ("/ip/firewall/filter", FILTER_V6, with2({ disabled: "true" }), "disabled")
  differ("/ip/firewall/filter", FILTER_V6, FILTER_V6.slice(1), "a row less")
  const other = SECRET_V6.map((row, n) => (n === 0 ? { ...row, password: "gizli-9" } : row))
  differ("/ppp/secret", SECRET_V6, other, "a password")
  differ("/ppp/secret", SECRET_V6, [...SECRET_V6, ...SECRET_V6], "the same rows twice")
})

test("a secret cannot be found by hashing it: key, device and section are part of the hash", () => {
  const rows = [{ name: "public", addresses: "0.0.0.0/0", "read-access": "true" }]
  const { hash } = hashOf("/snmp/community", rows)
  const text = canonicalRow(
    propertiesOf(of("/snmp/community"), true),
    new Map(Object.entries(rows[0] ?? {})),
  )
  const plain = (given: string) => createHash("sha256").update(given).digest("hex")
  const digest = createHash("sha256").update(text).digest("base64")
  const guesses = ["public", text, JSON.stringify([1, "a", "/snmp/community", [digest]])]
  for (const guess of guesses) assert.notEqual(hash, plain(guess))
  const mine = createHmac("sha256", KEY)
    .update(guesses[2] ?? "")
    .digest("hex")
  assert.equal(hash, mine, "it is an HMAC")
  const others = [
    hashOf("/snmp/community", rows, { ...BASIS, key: Buffer.from("another") }),
    hashOf("/snmp/community", rows, { ...BASIS, device: "b" }),
    hashOf("/snmp/community", rows, { ...BASIS, withSecrets: false }),
  ]
  assert.equal(new Set([hash, ...others.map((each) => each.hash)]).size, 4)
})

test("it says whether secrets were in it", () => {
  assert.equal(hashOf("/ppp/secret", SECRET_V6).secrets, "hashed")
  assert.equal(
    hashOf("/ppp/secret", SECRET_V6, { ...BASIS, withSecrets: false }).secrets,
    "not-requested",
  )
  const hidden = SECRET_V6.map((row) => ({ ...row, password: "*****" }))
  assert.equal(hashOf("/ppp/secret", hidden).secrets, "not-shown")
  assert.equal(hashOf("/ip/firewall/filter", FILTER_V6).secrets, null)
})

test("hashes made another way have another basis", () => {
  const one = section("/x", "a b", { secrets: "c" })
  const bases = [
    basisOf(one, BASIS),
    basisOf(one, { ...BASIS, withSecrets: false }),
    basisOf(one, { ...BASIS, key: Buffer.from("another") }),
    basisOf(section("/x", "a b d", { secrets: "c" }), BASIS),
    basisOf(section("/x", "a b", { secrets: "c", isOrdered: true }), BASIS),
  ]
  assert.equal(new Set(bases).size, bases.length)
  assert.equal(basisOf(one, { ...BASIS, device: "b" }), bases[0])
})

test("property: rows in any order are one configuration, and any other value is another one", () => {
  const names = of("/ip/dns/static").properties
  const value = fc
    .string({ minLength: 1, maxLength: 8 })
    .filter((text) => !["no", "false", "yes"].includes(text))
  const row = fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 5 })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.nat(), (rows, at) => {
      const rotated = [...rows.slice(at % rows.length), ...rows.slice(0, at % rows.length)]
      same("/ip/dns/static", rows, rotated, "order")
      const changed = rows.map((each, n) =>
        n === at % rows.length ? { ...each, comment: `${each.comment ?? ""}x` } : each,
      )
      differ("/ip/dns/static", rows, changed, "comment")
    }),
    { numRuns: 100 },
  )
})

test("no section reads what changes by itself, or a secret as a plain property", () => {
  const volatile =
    /^(\.id|bytes|packets|running|uptime|invalid|inactive|active|dynamic|status|last-.*|rx-(byte|packet|error|drop).*|tx-(byte|packet|error|drop).*|actual-.*|expires-after|time|date|current-.*)$/
  const secret =
    /(password|passphrase|secret|pre-?shared-key|private-key|md5-key|auth-key|authentication-key)$/
  // Flags, names of keys, and a switch.
  const plain = new Set([
    "authentication-key-id",
    "always-allow-password-login",
    "/certificate private-key",
    "/system/ntp/client/servers auth-key",
    "/system/ntp/server auth-key",
  ])
  for (const one of SECTIONS) {
    for (const name of one.properties) {
      assert.ok(!secret.test(name) || plain.has(`${one.path} ${name}`), `${one.path} ${name}`)
      // A condition of a rule, not a time.
      if (name === "time") assert.ok(/firewall|access-list|queue/.test(one.path), one.path)
      else assert.ok(!volatile.test(name) || name === "routing-mark", `${one.path} ${name}`)
    }
    assert.match(nameOf(one), /^[a-z0-9]/)
  }
  assert.equal(new Set(SECTIONS.map(({ path }) => path)).size, SECTIONS.length)
  assert.ok(!SECTIONS.some(({ path }) => path === "/ppp/active"))
})
