import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { createTrustedProxies, parseNetwork } from "./client-address.ts"
import { hostName } from "./host-guard.ts"

const proxies = createTrustedProxies(["10.0.0.0/8", "192.0.2.1", "2001:db8:1::/48"])
const cases: [string, string, string | string[] | undefined, string][] = [
  ["a stranger's header is not read", "198.51.100.7", "203.0.113.9", "198.51.100.7"],
  ["without a header it is the proxy", "10.1.1.1", undefined, "10.1.1.1"],
  ["what the proxy wrote is believed", "10.1.1.1", "203.0.113.9", "203.0.113.9"],
  ["what stands left of it is not", "10.1.1.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
  [
    "proxies in a row are passed over",
    "10.1.1.1",
    "203.0.113.9, 10.2.2.2, 192.0.2.1",
    "203.0.113.9",
  ],
  ["all of them proxies: the first", "10.1.1.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"],
  ["what is no address ends it", "10.1.1.1", "203.0.113.9, unknown", "10.1.1.1"],
  ["a port does not matter", "10.1.1.1", "203.0.113.9:4711", "203.0.113.9"],
  ["IPv6 in brackets", "2001:db8:1::5", "[2001:db8:2::9]:443", "2001:db8:2::9"],
  ["IPv6 plain", "2001:db8:1::5", "2001:db8:2::9", "2001:db8:2::9"],
  ["a proxy reached by mapped IPv4", "::ffff:10.1.1.1", "203.0.113.9", "203.0.113.9"],
  ["several header lines", "10.1.1.1", ["203.0.113.9", "198.51.100.1"], "198.51.100.1"],
]
for (const [name, remote, header, expected] of cases)
  test(`client address: ${name}`, () => {
    const headers = header === undefined ? {} : { "x-forwarded-for": header as string }
    assert.equal(proxies.clientAddress(remote, headers), expected)
  })

test("client address: whatever the header contains, a client behind a proxy cannot claim a nearer address", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const headers = { "x-forwarded-for": `${text}, 203.0.113.9` }
      assert.equal(proxies.clientAddress("10.1.1.1", headers), "203.0.113.9")
    }),
  )
})

for (const [text, isGood] of [
  ["10.0.0.0/8", true],
  ["::1", true],
  ["10.0.0.0/33", false],
  ["10.0.0.0/x", false],
  ["proxy.example", false],
  ["1.2.3.4/8/9", false],
  ["", false],
] as const)
  test(`network ${text}`, () => assert.equal(parseNetwork(text) !== null, isGood))

for (const [header, name] of [
  ["noc.example:8080", "noc.example"],
  ["NOC.example.", "noc.example"],
  ["[::1]:8080", "::1"],
  ["127.0.0.1", "127.0.0.1"],
  ["", null],
  ["a b", null],
  ["user@host", null],
  ["host:port", null],
  ["host/path", null],
] as const)
  test(`host header ${header}`, () => assert.equal(hostName(header), name))
