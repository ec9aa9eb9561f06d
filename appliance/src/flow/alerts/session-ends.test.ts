import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId } from "../../platform/ids.ts"
import {
  findSessionEnds,
  type OwnAddress,
  plainAddress,
  type SessionEnd,
  type SessionProtocol,
} from "./session-ends.ts"

const device = (n: number): DeviceId =>
  DeviceId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`)
const [A, B, C, D] = [device(1), device(2), device(3), device(4)]
const NAMES = new Map([
  [A, "A"],
  [B, "B"],
  [C, "C"],
  [D, "D"],
])

const end = (
  of: DeviceId,
  name: string,
  remote: string | null,
  over: Partial<SessionEnd> = {},
) => ({
  ...{ device: of, protocol: "bgp" as SessionProtocol, name, interface: null },
  ...{ remoteAddress: remote },
  ...{ localAddress: null, remoteAs: null, localAs: null, routerId: null, isGone: false },
  ...over,
})
const has = (of: DeviceId, ...addresses: readonly string[]): OwnAddress[] =>
  addresses.map((address) => ({ device: of, address }))
/** The other end of each, as `B to-a`. */
const pairs = (
  ends: readonly SessionEnd[],
  addresses: readonly OwnAddress[],
): readonly string[] => {
  const known = findSessionEnds({ ends, addresses })
  return ends.map(({ device: of, protocol, name }) => {
    const other = known.find(of, protocol, name)?.other ?? null
    return other === null ? "none" : `${NAMES.get(other.device)} ${other.name}`
  })
}

test("two sessions that name an address of each other's device are the ends of one", () => {
  const ends = [end(A, "to-b", "10.0.0.2"), end(B, "to-a", "10.255.0.1"), end(B, "up", "192.0.2.1")]
  const own = [...has(A, "10.0.0.1/30", "10.255.0.1/32"), ...has(B, "10.0.0.2/30")]
  assert.deepEqual(pairs(ends, own), ["B to-a", "A to-b", "none"])
  assert.deepEqual(pairs(ends, has(B, "10.0.0.2/30")), ["none", "none", "none"], "one direction")
})

test("local addresses and AS numbers that are known have to agree", () => {
  const own = [...has(A, "10.0.0.1/30"), ...has(B, "10.0.0.2/30")]
  const cases: readonly [Partial<SessionEnd>, Partial<SessionEnd>, boolean][] = [
    [{ remoteAs: 65_002, localAs: 65_001 }, { remoteAs: 65_001, localAs: 65_002 }, true],
    [{ remoteAs: 65_002 }, { localAs: 65_003 }, false],
    [{ localAs: 65_001 }, { remoteAs: 65_009 }, false],
    [{ localAddress: "10.0.0.1" }, { localAddress: "10.0.0.2" }, true],
    [{ localAddress: "10.9.9.9" }, {}, false],
    [{}, { localAddress: "10.0.0.6" }, false],
  ]
  for (const [one, other, isPair] of cases) {
    const ends = [end(A, "to-b", "10.0.0.2", one), end(B, "to-a", "10.0.0.1", other)]
    assert.deepEqual(pairs(ends, own), isPair ? ["B to-a", "A to-b"] : ["none", "none"])
  }
})

test("of addresses that are used in several places, only both directions together count", () => {
  // C has the addresses of B, and no session with A.
  const own = [...has(A, "10.0.0.1/30"), ...has(B, "10.0.0.2/30"), ...has(C, "10.0.0.2/30")]
  const ends = [end(A, "to-b", "10.0.0.2"), end(B, "to-a", "10.0.0.1"), end(C, "to-d", "10.0.0.9")]
  assert.deepEqual(pairs(ends, own), ["B to-a", "A to-b", "none"])
  // C has a session with the same address as well: it may be either.
  const both = [...ends.slice(0, 2), end(C, "to-a", "10.0.0.1")]
  assert.deepEqual(pairs(both, own), ["none", "none", "none"])
  // Two pairs with the same addresses.
  const twice = [
    ...[end(A, "to-b", "10.0.0.2"), end(B, "to-a", "10.0.0.1")],
    ...[end(D, "to-c", "10.0.0.2"), end(C, "to-d", "10.0.0.1")],
  ]
  assert.deepEqual(pairs(twice, [...own, ...has(D, "10.0.0.1/30")]), Array(4).fill("none"))
  const byAs = twice.map((one, index) => ({
    ...one,
    ...{ localAs: 65_000 + index, remoteAs: [65_001, 65_000, 65_003, 65_002][index] ?? null },
  }))
  assert.deepEqual(pairs(byAs, [...own, ...has(D, "10.0.0.1/30")]), [
    ...["B to-a", "A to-b"],
    ...["C to-d", "D to-c"],
  ])
})

test("several sessions of two devices differ by their networks, and by their version of IP", () => {
  const ends = [
    ...[end(A, "one", "10.0.0.2"), end(A, "two", "10.0.0.6"), end(A, "six", "2001:db8::2")],
    ...[end(B, "1", "10.0.0.1"), end(B, "2", "10.0.0.5"), end(B, "6", "2001:db8:0:0::1")],
  ]
  const own = [
    ...has(A, "10.0.0.1/30", "10.0.0.5/30", "2001:db8::1/64"),
    ...has(B, "10.0.0.2/30", "10.0.0.6/30", "2001:DB8::2/64"),
  ]
  assert.deepEqual(pairs(ends, own), ["B 1", "B 2", "B 6", "A one", "A two", "A six"])
})

test("neighbours of OSPF are found by their address, or by their router id", () => {
  const ospf = { protocol: "ospf" as const }
  const ends = [
    end(A, "10.255.0.2 ether1", "10.0.0.2%ether1", { ...ospf, routerId: "10.255.0.2" }),
    end(B, "10.255.0.1 ether7", "10.0.0.1", { ...ospf, routerId: "10.255.0.1" }),
    end(A, "10.255.0.3 ether2", "fe80::3", { ...ospf, routerId: "10.255.0.3" }),
    end(C, "10.255.0.1 ether1", "fe80::1", { ...ospf, routerId: "10.255.0.1" }),
    end(B, "to-a", "10.0.0.1"),
  ]
  const own = [
    ...has(A, "10.0.0.1/30", "10.255.0.1"),
    ...has(B, "10.0.0.2/30", "10.255.0.2"),
    ...has(C, "10.255.0.3"),
  ]
  assert.deepEqual(pairs(ends, own), [
    ...["B 10.255.0.1 ether7", "A 10.255.0.2 ether1"],
    ...["C 10.255.0.1 ether1", "A 10.255.0.3 ether2", "none"],
  ])
})

test("a device that is read in another way has other names for the same session", () => {
  const known = findSessionEnds({
    ends: [end(A, "to-b", "10.0.0.2"), end(B, "10.0.0.1", "10.0.0.1")],
    addresses: [...has(A, "10.0.0.1/30"), ...has(B, "10.0.0.2")],
  })
  assert.equal(known.find(A, "bgp", "10.0.0.2")?.own.name, "to-b")
  assert.equal(known.find(A, "bgp", "10.0.0.2")?.other?.device, B)
  assert.equal(known.find(A, "bgp", "10.0.0.3"), null)
  assert.equal(known.find(A, "ospf", "10.0.0.2"), null)
})

test("what is gone counts as long as nothing else has its address", () => {
  const own = [...has(A, "10.0.0.1/30"), ...has(B, "10.0.0.2/30")]
  const gone = end(A, "old", "10.0.0.2", { isGone: true })
  const far = end(B, "to-a", "10.0.0.1")
  assert.deepEqual(pairs([gone, far], own), ["B to-a", "A old"])
  assert.deepEqual(pairs([end(A, "new", "10.0.0.2"), far], own), ["B to-a", "A new"])
  const known = findSessionEnds({ ends: [gone, end(A, "new", "10.0.0.2"), far], addresses: own })
  assert.equal(known.find(B, "bgp", "to-a")?.other?.name, "new")
})

test("an address is written in one way; those that every device has are none of its own", () => {
  assert.equal(plainAddress("2001:DB8:0:0::1/64"), "2001:db8::1")
  assert.equal(plainAddress("fe80::1%ether1"), "fe80::1")
  assert.equal(plainAddress("10.0.0.1/30"), "10.0.0.1")
  assert.equal(plainAddress("router-a"), null)
  const ends = [end(A, "to-b", "127.0.0.1"), end(B, "to-a", "127.0.0.1")]
  assert.deepEqual(pairs(ends, [...has(A, "127.0.0.1"), ...has(B, "127.0.0.1/8")]), [
    "none",
    "none",
  ])
})
