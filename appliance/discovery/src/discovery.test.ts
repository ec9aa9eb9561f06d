import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { type Cells, type DeviceInput, discover, MAX_ROWS, type Row } from "./discovery.ts"

const NOW_MS = 1_800_000_000_000
type Tables = Readonly<Record<string, readonly Cells[]>>
const rowOf = (cells: Cells): Row => {
  const { goneAtMs, ...rest } = cells
  return { cells: rest, seenAtMs: NOW_MS, goneAtMs: typeof goneAtMs === "number" ? goneAtMs : null }
}
const mac = (device: number, port: number): string =>
  `48:a9:8a:00:${device.toString(16).padStart(2, "0")}:${port.toString(16).padStart(2, "0")}`

/** A device with ports ether1 to ether4, whose MACs follow each other. */
const device = (at: number, tables: Tables, more: Partial<DeviceInput> = {}): DeviceInput => ({
  ...{ id: `d${at}`, name: `router-${at}`, identity: `router-${at}`, board: "RB5009" },
  ...{ serial: null, address: `10.255.0.${at}` },
  interfaces: [1, 2, 3, 4].map((port) => ({
    ...{ name: `ether${port}`, type: "ether", mac: mac(at, port) },
  })),
  ...more,
  tables: Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.map(rowOf)])),
})
const sees = (on: string, far: number, port: number, more: Cells = {}): Cells => ({
  ...{ interface: on, identity: `router-${far}`, mac: mac(far, port), remotePort: `ether${port}` },
  ...{ board: "RB5009", protocols: "cdp,lldp,mndp" },
  ...more,
})
const shown = (inputs: readonly DeviceInput[]): string[] =>
  discover(inputs, NOW_MS).links.map(
    ({ kind, a, b, isStale }) =>
      `${kind} ${a.node}/${a.interface} – ${b.node}/${b.interface}${isStale ? " stale" : ""}`,
  )

describe("links", () => {
  it("are cables where two ports see each other, parallel ones too", () => {
    const one = device(1, { neighbours: [sees("ether1", 2, 1), sees("ether2", 2, 2)] })
    const other = device(2, { neighbours: [sees("ether1", 1, 1), sees("ether2", 1, 2)] })
    assert.deepEqual(shown([one, other]), [
      "cable d1/ether1 – d2/ether1",
      "cable d1/ether2 – d2/ether2",
    ])
  })

  it("are surer where both ends say so, by several protocols", () => {
    const one = device(1, { neighbours: [sees("ether1", 2, 1)] })
    const [both] = discover([one, device(2, { neighbours: [sees("ether1", 1, 1)] })], NOW_MS).links
    const [single] = discover([one, device(2, {})], NOW_MS).links
    assert.ok(both !== undefined && single !== undefined)
    assert.ok(both.confidence > single.confidence && single.confidence > 0.9)
    assert.deepEqual(
      both.evidence.map(({ source, by }) => `${source} ${by}`),
      ["cdp d1", "cdp d2", "lldp d1", "lldp d2", "mndp d1", "mndp d2"],
    )
  })

  it("lead to the switch between two routers, not across it", () => {
    const bridge = { kind: "bridge port", of: "bridge" }
    const between = device(
      3,
      {
        neighbours: [sees("ether1,bridge", 1, 1), sees("ether2,bridge", 2, 1)],
        "port-settings": [
          { name: "ether1", ...bridge },
          { name: "ether2", ...bridge },
        ],
      },
      { identity: "switch-3", name: "switch-3" },
    )
    const viaMndp = { protocols: "mndp" }
    const switchAt = (port: number): Cells => sees("ether1", 3, port, { identity: "switch-3" })
    const one = device(1, { neighbours: [sees("ether1", 2, 1, viaMndp), switchAt(1)] })
    const other = device(2, { neighbours: [sees("ether1", 1, 1, viaMndp), switchAt(2)] })
    assert.deepEqual(shown([one, other, between]), [
      "cable d1/ether1 – d3/ether1",
      "cable d2/ether1 – d3/ether2",
    ])
  })

  it("lead to the box that forwards, where no device says what is behind it", () => {
    const radio = { identity: "60G", protocols: "lldp", board: null }
    const seen = [
      { ...sees("ether1", 8, 1), ...radio, remotePort: "bridge/wlan60-1" },
      { ...sees("ether1", 9, 1), ...radio, identity: "far router" },
    ]
    const { links, dropped } = discover([device(1, { neighbours: seen })], NOW_MS)
    assert.deepEqual(
      links.map(({ b }) => [b.node, b.interface]),
      [[`found:${mac(8, 1)}`, "wlan60-1"]],
    )
    assert.equal(dropped.behindOthers, 1)
  })

  it("join a segment where three ports see each other and nothing is between", () => {
    const at = (own: number): DeviceInput =>
      device(own, {
        neighbours: [1, 2, 3].filter((far) => far !== own).map((far) => sees("ether1", far, 1)),
      })
    const { nodes, links } = discover([at(1), at(2), at(3)], NOW_MS)
    assert.deepEqual(
      links.map(({ kind, a }) => `${kind} ${a.node}/${a.interface}`),
      ["segment d1/ether1", "segment d2/ether1", "segment d3/ether1"],
    )
    assert.equal(nodes.filter(({ kind }) => kind === "segment").length, 1)
  })
})

describe("links of shared networks", () => {
  it("do not follow from a VLAN that many share", () => {
    const vlan = { "logical-interfaces": [{ name: "mgmt", kind: "vlan", on: "ether1" }] }
    const at = (own: number): DeviceInput =>
      device(own, {
        ...vlan,
        neighbours: [1, 2, 3].filter((far) => far !== own).map((far) => sees("mgmt", far, 1)),
      })
    const { links, dropped } = discover([at(1), at(2), at(3)], NOW_MS)
    assert.deepEqual(links, [])
    assert.equal(dropped.shared, 6)
  })
})

describe("links by routing", () => {
  it("are found by addresses and OSPF where a router is silent", () => {
    const at = (own: number, far: number): DeviceInput =>
      device(own, {
        addresses: [{ address: `10.0.0.${own}/30`, interface: "ether1" }],
        "ospf-neighbours": [
          {
            interface: "ether1",
            address: `10.0.0.${far}`,
            routerId: `10.255.0.${far}`,
            state: "Full",
          },
        ],
      })
    assert.deepEqual(shown([at(1, 2), at(2, 1)]), ["cable d1/ether1 – d2/ether1"])
  })

  it("are not made of BGP sessions, of which an external one names its peer", () => {
    const session = { state: "established", localAs: 64_500 }
    const one = device(1, {
      addresses: [{ address: "198.51.100.2/30", interface: "ether4" }],
      "bgp-peers": [
        { name: "rr", remoteAddress: "10.255.0.2", remoteAs: 64_500, ...session },
        { name: "transit", remoteAddress: "198.51.100.1", remoteAs: 64_496, ...session },
      ],
    })
    assert.deepEqual(shown([one, device(2, {})]), [
      "peering d1/ether4 – peer:64496:198.51.100.1/null",
    ])
  })

  it("are tunnels between interfaces without a port", () => {
    const at = (own: number, far: number): DeviceInput =>
      device(own, {
        "logical-interfaces": [{ name: "gre1", kind: "gre", remoteAddress: `10.255.0.${far}` }],
        addresses: [{ address: `10.9.0.${own}/30`, interface: "gre1" }],
      })
    assert.deepEqual(shown([at(1, 2), at(2, 1)]), ["tunnel d1/gre1 – d2/gre1"])
  })

  it("are one bond over its cables", () => {
    const at = (own: number, far: number): DeviceInput =>
      device(own, {
        "logical-interfaces": [{ name: "bond1", kind: "bonding", on: "ether1,ether2" }],
        neighbours: [sees("ether1", far, 1), sees("ether2", far, 2)],
      })
    const { links } = discover([at(1, 2), at(2, 1)], NOW_MS)
    const bond = links.find(({ kind }) => kind === "bond")
    assert.deepEqual(
      [bond?.a.interface, bond?.b.interface, bond?.members.length],
      ["bond1", "bond1", 2],
    )
  })
})

describe("old rows", () => {
  it("of what nobody reports any more keep a stale link", () => {
    const gone = { goneAtMs: NOW_MS - 1_000 }
    const one = device(1, { neighbours: [sees("ether1", 2, 1, gone)] })
    const { links } = discover([one, device(2, {})], NOW_MS)
    assert.deepEqual(
      links.map(({ isStale }) => isStale),
      [true],
    )
    assert.ok((links[0]?.confidence ?? 1) < 0.1)
  })

  it("are no link while their port sees another device", () => {
    const one = device(1, { neighbours: [sees("ether1", 2, 1), sees("ether1", 3, 1)] })
    const other = device(2, { neighbours: [sees("ether1", 1, 1)] })
    const third = device(3, { neighbours: [sees("ether2", 4, 1)] })
    const fourth = device(4, { neighbours: [sees("ether1", 3, 2)] })
    const found = discover([one, other, third, fourth], NOW_MS)
    assert.deepEqual(
      found.links.map(({ a, b }) => `${a.node}–${b.node}`),
      ["d1–d2", "d3–d4"],
    )
    assert.equal(found.dropped.contradicted, 1)
  })
})

describe("rows of RouterOS 6 by SNMP, which name no port of the device itself", () => {
  it("confirm what the far end reports, and are an unlikely link alone", () => {
    const { interface: _, ...row } = sees("ether1", 2, 1)
    const one = device(1, { neighbours: [row] })
    const [alone] = discover([one, device(2, {})], NOW_MS).links
    assert.deepEqual([alone?.a.interface, alone?.b.interface], [null, "ether1"])
    assert.ok((alone?.confidence ?? 1) < 0.5)
    const [both] = discover([one, device(2, { neighbours: [sees("ether1", 1, 3)] })], NOW_MS).links
    assert.deepEqual([both?.a.interface, both?.b.interface], ["ether3", "ether1"])
    assert.ok((both?.confidence ?? 0) > 0.99)
  })
})

describe("nodes", () => {
  it("that several neighbours report are one box by the addresses of its ports", () => {
    const box = { identity: "MikroTik", board: "CRS326", protocols: "mndp" }
    const one = device(1, { neighbours: [{ ...sees("ether1", 9, 1), ...box }] })
    const other = device(2, { neighbours: [{ ...sees("ether1", 9, 3), ...box }] })
    const { nodes } = discover([one, other], NOW_MS)
    const found = nodes.filter(({ kind }) => kind === "found")
    assert.deepEqual(
      found.map(({ macs }) => macs),
      [[mac(9, 1), mac(9, 3)]],
    )
    assert.deepEqual(
      found[0]?.reasons.map(({ code }) => code),
      ["ports-of-one-device"],
    )
  })

  it("have their name up to the first control character, and are compared by it", () => {
    const named = (far: number, identity: string): Cells => ({
      ...{ ...sees("ether1", 9, far), identity, board: null },
    })
    const one = device(1, { neighbours: [named(1, "sw02\n00 00 00")] })
    const other = device(2, { neighbours: [named(2, "sw02.example.net")] })
    const found = discover([one, other], NOW_MS).nodes.filter(({ kind }) => kind === "found")
    assert.deepEqual(
      found.map(({ name }) => name),
      ["sw02.example.net"],
    )
  })

  it("with one name stay two where their addresses differ", () => {
    const named = { identity: "tower", board: "hEX" }
    const one = device(1, { neighbours: [{ ...sees("ether1", 8, 1), ...named }] })
    const other = device(2, { neighbours: [{ ...sees("ether1", 9, 1), ...named }] })
    const { nodes } = discover([one, other], NOW_MS)
    assert.equal(nodes.filter(({ kind }) => kind === "found").length, 2)
  })

  it("of the inventory are known by a link-local address or the beginning of a name", () => {
    const far = device(2, {}, { identity: "access-tower-berlin-7", name: "berlin 7" })
    const linkLocal = {
      interface: "ether1",
      address6: "fe80::4aa9:8aff:fe00:201",
      identity: "MikroTik",
    }
    assert.deepEqual(shown([device(1, { neighbours: [linkLocal] }), far]), [
      "cable d1/ether1 – d2/ether1",
    ])
    const short = {
      interface: "ether1",
      identity: "access-tower-ber",
      protocols: "cdp",
      remotePort: "ether3",
    }
    assert.deepEqual(shown([device(1, { neighbours: [short] }), far]), [
      "cable d1/ether1 – d2/ether3",
    ])
  })

  it("are not taken for a device of the same name with other MAC addresses", () => {
    const row = { ...sees("ether1", 2, 1), mac: "00:0c:42:00:00:01", board: null, remotePort: null }
    const { nodes } = discover([device(1, { neighbours: [row] }), device(2, {})], NOW_MS)
    assert.equal(nodes.filter(({ kind }) => kind === "found").length, 1)
  })
})

describe("what devices claim", () => {
  it("is bounded and counted", () => {
    const rows = Array.from({ length: 50_000 }, (_, at) => ({
      ...{ interface: "ether1", identity: "x".repeat(10_000), protocols: "mndp" },
      mac: `02:00:00:${[at >> 16, (at >> 8) & 255, at & 255].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`,
    }))
    const { links, nodes, dropped } = discover([device(1, { neighbours: rows })], NOW_MS)
    assert.equal(dropped.tooMany, 50_000 - MAX_ROWS)
    // Of one name, model and range of addresses: one box at most.
    assert.ok(links.length <= 1)
    assert.ok(nodes.every(({ name }) => (name?.length ?? 0) <= 1_000))
  })

  it("never throws, whatever it is", () => {
    const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    const names = [
      "interface",
      "mac",
      "address",
      "identity",
      "name",
      "on",
      "kind",
      "of",
      "state",
      "remoteAddress",
      "routerId",
    ]
    const row = fc.dictionary(fc.constantFrom(...names), cell)
    const tables = fc.dictionary(
      fc.constantFrom(
        "neighbours",
        "addresses",
        "arp",
        "hosts",
        "ospf-neighbours",
        "bgp-peers",
        "logical-interfaces",
        "port-settings",
        "registrations",
        "vlans",
      ),
      fc.array(row, { maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(tables, { maxLength: 4 }), (all) => {
        const { links } = discover(
          all.map((each, at) => device(at, each)),
          NOW_MS,
        )
        for (const { confidence } of links) assert.ok(confidence >= 0 && confidence <= 1)
      }),
      { numRuns: 200 },
    )
  })
})
