/** Which interfaces are the same as before, case by case, and in linear time. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { InterfaceId } from "../../platform/ids.ts"
import { type KnownInterface, matchInterfaces, type Report } from "./interface-identity.ts"
import type { InterfaceFact } from "./model.ts"

type Short = {
  readonly type?: string
  readonly mac?: string | null
  readonly index?: number
  readonly id?: string
  readonly comment?: string
  readonly isGone?: boolean
  readonly isNew?: boolean
  readonly source?: string
}
const known = (all: Readonly<Record<string, Short>>): KnownInterface[] =>
  Object.entries(all).map(([name, one], at) => ({
    ...{ id: InterfaceId.parse(at + 1), name, type: one.type ?? "ether" },
    ...{ typeSource: one.source ?? "snmp", mac: one.mac ?? null, comment: one.comment ?? null },
    ...{ ifIndex: one.index ?? null, routerId: one.id ?? null },
    ...{ isGone: one.isGone ?? false, isNew: one.isNew ?? false },
  }))
const reported = (all: Readonly<Record<string, Short>>): InterfaceFact[] =>
  Object.entries(all).map(([name, one]) => ({
    ...{ name, type: one.type ?? "ether", mac: one.mac ?? null, comment: one.comment ?? null },
    ...{ ifIndex: one.index ?? null, mtu: null, speedBps: null, dynamic: false },
    ...(one.id === undefined ? {} : { id: one.id }),
  }))
/** By reported name: the earlier name, or null for a new interface; `-name` for one that is gone. */
const outcome = (
  before: Readonly<Record<string, Short>>,
  now: Readonly<Record<string, Short>>,
  report: Partial<Report> = {},
) => {
  const all = { source: "snmp", isOtherHardware: false, ports: reported(now), ...report }
  const { same, gone, merged } = matchInterfaces(known(before), all)
  return {
    ...Object.fromEntries(Object.keys(now).map((name) => [name, same.get(name)?.name ?? null])),
    ...Object.fromEntries(gone.map(({ name }) => [`-${name}`, "gone"])),
    ...Object.fromEntries(merged.map(({ from, to }) => [`+${from.name}`, to.name])),
  }
}

type All = Readonly<Record<string, Short>>
const vlan = { type: "vlan", mac: "A1" } as const
const cases: readonly (readonly [string, All, All, object, Partial<Report>?])[] = [
  [
    "one renamed, by MAC and index",
    { ether1: { mac: "A1", index: 1 }, ether2: { mac: "A2", index: 2 } },
    { uplink: { mac: "A1", index: 1 }, ether2: { mac: "A2", index: 2 } },
    { uplink: "ether1", ether2: "ether2" },
  ],
  [
    "two renamed at once",
    { ether1: { mac: "A1", index: 1 }, ether2: { mac: "A2", index: 2 } },
    { north: { mac: "A2", index: 2 }, south: { mac: "A1", index: 1 } },
    { north: "ether2", south: "ether1" },
  ],
  [
    "swapped names, by SNMP",
    { ether1: { mac: "A1", index: 1 }, ether2: { mac: "A2", index: 2 }, lo: { index: 3 } },
    { ether1: { mac: "A2", index: 2 }, ether2: { mac: "A1", index: 1 }, lo: { index: 3 } },
    { ether1: "ether2", ether2: "ether1", lo: "lo" },
  ],
  [
    "swapped names of VLANs with one MAC, by the router's ids",
    { v10: { ...vlan, id: "*A" }, v20: { ...vlan, id: "*B" } },
    { v10: { ...vlan, id: "*B" }, v20: { ...vlan, id: "*A" } },
    { v10: "v20", v20: "v10" },
  ],
  [
    "another index for each, after a reboot",
    { a: { mac: "A1", index: 1 }, b: { ...vlan, index: 2 }, c: { ...vlan, index: 3 } },
    { a: { mac: "A1", index: 7 }, b: { ...vlan, index: 3 }, c: { ...vlan, index: 2 } },
    { a: "a", b: "b", c: "c" },
  ],
  [
    "MAC addresses exchanged by an administrator",
    { a: { mac: "A1", index: 1 }, b: { mac: "A2", index: 2 } },
    { a: { mac: "A2", index: 1 }, b: { mac: "A1", index: 2 } },
    { a: "a", b: "b" },
  ],
  [
    "a MAC that VLAN, bridge and bond share identifies none of them",
    {
      ether1: { mac: "A1", index: 1 },
      v10: { ...vlan, index: 2 },
      bridge1: { type: "bridge", mac: "A1", index: 3 },
      bond1: { type: "bond", mac: "A1", index: 4 },
    },
    {
      ether1: { mac: "A1", index: 1 },
      lan: { type: "bridge", mac: "A1", index: 3 },
      customers: { ...vlan, index: 2 },
      bond1: { type: "bond", mac: "A1", index: 4 },
    },
    { ether1: "ether1", lan: "bridge1", customers: "v10", bond1: "bond1" },
  ],
  [
    "a VLAN that is deleted and a new one that got its index after the others moved",
    { a: { mac: "A1", index: 1 }, v10: { ...vlan, index: 2 } },
    { a: { mac: "A1", index: 9 }, v30: { ...vlan, index: 2 } },
    { a: "a", v30: null, "-v10": "gone" },
  ],
  [
    "an index alone is not enough",
    { gre1: { type: "gre", mac: "B1", index: 4 } },
    { gre9: { type: "gre", mac: "B2", index: 4 } },
    { gre9: null, "-gre1": "gone" },
  ],
  [
    "deleted and made again under the same name with another type",
    { tun: { type: "gre", index: 4 } },
    { tun: { type: "eoip", index: 5 } },
    { tun: null, "-tun": "gone" },
  ],
  [
    "deleted and made again with the same type: the same to people",
    { tun: { type: "gre", id: "*4" } },
    { tun: { type: "gre", id: "*9" } },
    { tun: "tun" },
  ],
  [
    "another type from another source is the same interface",
    { w1: { type: "wlan", mac: "A1", source: "routeros-api" } },
    { w1: { type: "ether", mac: "A1" } },
    { w1: "w1" },
  ],
  [
    "another type from a later release of the agent is the same interface",
    { w1: { type: "unknown", mac: "A1", index: 1 } },
    { w1: { type: "wlan", mac: "A1", index: 1 } },
    { w1: "w1" },
  ],
  [
    "renamed while SNMP reads it, which knows no ids",
    { ether1: { mac: "A1", id: "*1", source: "routeros-api" } },
    { uplink: { mac: "A1", index: 5 } },
    { uplink: "ether1" },
  ],
  [
    "values under the new name came before the facts",
    { ether1: { mac: "A1", index: 1 }, uplink: { type: "", isNew: true } },
    { uplink: { mac: "A1", index: 1 } },
    { uplink: "ether1", "+uplink": "ether1" },
  ],
  [
    "an interface that was removed and is back",
    { ether1: { mac: "A1", index: 1, isGone: true } },
    { ether1: { mac: "A1", index: 8 } },
    { ether1: "ether1" },
  ],
  [
    "another router at the same place: names count, ids and MAC addresses do not",
    { a: { mac: "A1", index: 1, id: "*1" }, b: { mac: "A2", index: 2, id: "*2" } },
    { b: { mac: "C1", index: 1, id: "*1" }, c: { mac: "A1", index: 2, id: "*2" } },
    { b: "b", c: null, "-a": "gone" },
    { isOtherHardware: true },
  ],
  [
    "ids that a restored configuration gave to others: MAC and name count more",
    { a: { mac: "A1", id: "*1" }, b: { mac: "A2", id: "*2" } },
    { a: { mac: "A1", id: "*2" }, b: { mac: "A2", id: "*1" } },
    { a: "a", b: "b" },
  ],
]
for (const [name, before, now, expected, report] of cases)
  test(name, () => assert.deepEqual(outcome(before, now, report), expected))

test("no interface is two, and no name has two", () => {
  const one = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    type: fc.constantFrom("ether", "vlan", ""),
    mac: fc.constantFrom("A1", "A2", null),
    index: fc.integer({ min: 1, max: 4 }),
    id: fc.constantFrom("*1", "*2", "*3"),
    isGone: fc.boolean(),
    isNew: fc.boolean(),
  })
  const byName = fc
    .uniqueArray(one, { selector: ({ name }) => name })
    .map((all) => Object.fromEntries(all.map(({ name, ...rest }) => [name, rest])))
  fc.assert(
    fc.property(byName, byName, (before, now) => {
      const all = known(before)
      const report = { source: "snmp", isOtherHardware: false, ports: reported(now) }
      const { same, renamed, replaced, merged, gone } = matchInterfaces(all, report)
      assert.equal(new Set(same.values()).size, same.size)
      const leaving = new Set(
        [...replaced, ...merged.map(({ from }) => from)].map((each) => each.name),
      )
      const moving = new Set(renamed.map((each) => each.known.name))
      // Each reported name is free, of the same interface, or given up by the one that had it.
      for (const { name } of report.ports) {
        const had = all.find((each) => each.name === name)
        const isFree = had === undefined || same.get(name) === had
        assert.ok(isFree || leaving.has(name) || moving.has(name), name)
      }
      for (const each of gone) assert.ok(![...same.values()].includes(each))
    }),
  )
})

test("20,000 interfaces take little more than ten times as long as 2,000", () => {
  const make = (count: number, shift: number): All =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `port-${(at + shift) % count}`,
        { mac: at % 3 === 0 ? "A1" : `M${at}`, index: at + 1, id: `*${at}` },
      ]),
    )
  const cpuMs = (count: number): number => {
    const [before, ports] = [known(make(count, 0)), reported(make(count, 7))]
    const from = process.cpuUsage()
    const { renamed } = matchInterfaces(before, { source: "snmp", isOtherHardware: false, ports })
    const { user } = process.cpuUsage(from)
    assert.equal(renamed.length, count, "each has the name of another one")
    return user / 1_000
  }
  cpuMs(2_000)
  const [few, many] = [Math.max(1, cpuMs(2_000)), cpuMs(20_000)]
  assert.ok(many < 60 * few, `${few} ms for 2,000 and ${many} ms for 20,000`)
})
