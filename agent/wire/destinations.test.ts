import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type AddressKind,
  addressKind,
  type Contact,
  checkDestination,
  type DestinationRules,
  isWithin,
  literalAddress,
} from "./destinations.ts"

const KINDS: readonly (readonly [string, AddressKind])[] = [
  ["192.0.2.1", "other"],
  ["10.0.0.1", "other"],
  ["2001:db8::1", "other"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::127.0.0.1", "other"],
  ["64:ff9b::7f00:1", "loopback"],
  ["169.254.1.1", "link-local"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local"],
  ["169.254.169.254", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["224.0.0.1", "multicast"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["0.0.0.0", "unspecified"],
  ["::", "unspecified"],
]
for (const [ip, kind] of KINDS) test(`${ip} is ${kind}`, () => assert.equal(addressKind(ip), kind))

test("an address of the machine is its own in any notation", () => {
  assert.equal(addressKind("2001:DB8:0::5", ["2001:db8::5"]), "own")
  assert.equal(addressKind("192.0.2.5", ["192.0.2.5"]), "own")
})

const HOSTS: readonly (readonly [string, string | null])[] = [
  ["localhost", "127.0.0.1"],
  ["LOCALHOST.", "127.0.0.1"],
  ["a.localhost", "127.0.0.1"],
  ["127.1", "127.0.0.1"],
  ["0x7f.1", "127.0.0.1"],
  ["2130706433", "127.0.0.1"],
  ["017700000001", "127.0.0.1"],
  ["192.0.2.1", "192.0.2.1"],
  ["r1.example.net", null],
  ["r1", null],
  ["10.example", null],
]
for (const [host, ip] of HOSTS)
  test(`${host} means ${ip ?? "a name"}`, () => assert.equal(literalAddress(host), ip))

test("a host is only in networks of its own address family", () => {
  assert.equal(isWithin("10.1.2.3", ["10.0.0.0/8"]), true)
  assert.equal(isWithin("11.1.2.3", ["10.0.0.0/8"]), false)
  assert.equal(isWithin("::ffff:10.1.2.3", ["10.0.0.0/8"]), true)
  assert.equal(isWithin("2001:db8::1", ["2001:db8::/32"]), true)
  assert.equal(isWithin("2001:db8::1", ["0.0.0.0/0"]), false)
  assert.equal(isWithin("r1.example.net", ["0.0.0.0/0"]), false)
  assert.equal(isWithin("10.1.2.3", []), false)
})

const NONE: DestinationRules = { allowedNetworks: [], allowLoopback: false, own: ["192.0.2.9"] }
const CASES: readonly (readonly [string, string, Contact, Partial<DestinationRules>, string])[] = [
  ["a router", "192.0.2.1", "access", {}, "ok"],
  ["loopback with a secret", "127.0.0.1", "access", {}, "loopback"],
  ["a ping of loopback", "127.0.0.1", "probe", {}, "ok"],
  ["a ping of a cloud's metadata", "169.254.169.254", "probe", {}, "metadata"],
  [
    "a ping of a multicast group",
    "224.0.0.1",
    "probe",
    { allowedNetworks: ["224.0.0.0/4"] },
    "multicast",
  ],
  ["loopback by setting", "127.0.0.1", "access", { allowLoopback: true }, "ok"],
  ["loopback by name", "127.0.0.1", "access", { allowedNetworks: ["127.0.0.0/8"] }, "ok"],
  [
    "0.0.0.0/0 does not allow loopback",
    "127.0.0.1",
    "access",
    { allowedNetworks: ["0.0.0.0/0"] },
    "loopback",
  ],
  ["link-local by name", "169.254.7.7", "access", { allowedNetworks: ["169.254.7.0/24"] }, "ok"],
  [
    "a link-local network does not allow metadata",
    "169.254.169.254",
    "access",
    { allowedNetworks: ["169.254.0.0/16"] },
    "metadata",
  ],
  ["the agent's own machine", "192.0.2.9", "access", {}, "own"],
  [
    "the agent's own machine by name",
    "192.0.2.9",
    "access",
    { allowedNetworks: ["192.0.2.9/32"] },
    "ok",
  ],
  [
    "the own network does not allow the own machine",
    "192.0.2.9",
    "access",
    { allowedNetworks: ["192.0.2.0/24"] },
    "own",
  ],
  ["inside the list", "10.1.1.1", "access", { allowedNetworks: ["10.0.0.0/8"] }, "ok"],
  [
    "outside the list",
    "192.0.2.1",
    "access",
    { allowedNetworks: ["10.0.0.0/8"] },
    "outside-allowed-networks",
  ],
  [
    "a ping outside the list",
    "192.0.2.1",
    "probe",
    { allowedNetworks: ["10.0.0.0/8"] },
    "outside-allowed-networks",
  ],
]
for (const [name, ip, contact, rules, expected] of CASES)
  test(`${name}: ${expected}`, () => {
    const result = checkDestination(ip, contact, { ...NONE, ...rules })
    assert.equal(result.ok ? "ok" : result.reason, expected)
  })
