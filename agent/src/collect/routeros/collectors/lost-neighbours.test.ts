import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId } from "@ispvm/wire"
import type { Reading } from "../../collector.ts"
import { LostNeighbours } from "./lost-neighbours.ts"

const DEVICE = DeviceId.parse("00000000-0000-4000-8000-000000000001")
const HOUR_MS = 3_600_000

/** A neighbour as `router id, interface, address, state`. */
type Row = readonly [string, string, string, string?]
const B: Row = ["10.255.0.2", "ether1", "10.0.0.2"]
const C: Row = ["10.255.0.3", "ether2", "10.0.1.2"]
const B_TOO: Row = ["10.255.0.2", "ether3", "10.0.2.2"]

const readings = (rows: readonly Row[], isComplete = true): readonly Reading[] => {
  const common = { device: DEVICE, source: "routeros-api", atMs: 1 } as const
  return [
    ...rows.map(
      ([routerId, port, , state = "full"]): Reading => ({
        ...{ ...common, kind: "family", family: "ospf", uptimeS: null },
        ...{ name: `${routerId} ${port}`, values: { state, stateChanges: 5, adjacencyS: 60 } },
      }),
    ),
    ...(isComplete
      ? [
          {
            ...({ ...common, kind: "table", table: "ospf-neighbours" } as const),
            rows: rows.map(([routerId, port, address]) => ({
              key: `${routerId} ${port} ${address}`,
              values: { routerId, interface: port, address },
            })),
          },
        ]
      : []),
  ]
}
const poller = () => {
  const lost = new LostNeighbours()
  let nowMs = 0
  return (
    rows: readonly Row[],
    { isComplete = true, afterMs = 30_000 } = {},
  ): readonly string[] => {
    nowMs += afterMs
    return lost
      .withLost("ospf", DEVICE, readings(rows, isComplete), nowMs)
      .flatMap((one) => (one.kind === "family" ? [`${one.name} ${one.values.state}`] : []))
  }
}
const full = ([routerId, port]: Row): string => `${routerId} ${port} full`
const down = ([routerId, port]: Row): string => `${routerId} ${port} down`

test("a neighbour that was adjacent is down while it is not listed, for a day", () => {
  const poll = poller()
  assert.deepEqual(poll([B, C]), [full(B), full(C)])
  assert.deepEqual(poll([C]), [full(C), down(B)])
  assert.deepEqual(poll([]), [down(B), down(C)])
  assert.deepEqual(poll([C], { afterMs: 23 * HOUR_MS }), [full(C), down(B)])
  assert.deepEqual(poll([C], { afterMs: 2 * HOUR_MS }), [full(C)])
  assert.deepEqual(poll([B, C]), [full(B), full(C)])
})

test("what could not be read is not lost, nor what never was adjacent", () => {
  const poll = poller()
  poll([B, [...C.slice(0, 3), "init"] as unknown as Row])
  assert.deepEqual(poll([], { isComplete: false }), [])
  assert.deepEqual(poll([]), [down(B)])
})

test("a new neighbour with the same router id or address takes the place of a lost one", () => {
  const poll = poller()
  poll([B])
  assert.deepEqual(poll([]), [down(B)])
  assert.deepEqual(poll([B_TOO]), [full(B_TOO)], "moved to another port")
  const replaced = poller()
  replaced([B])
  assert.deepEqual(replaced([["10.255.0.9", "ether1", "10.0.0.2"]]), ["10.255.0.9 ether1 full"])
})

test("of two adjacencies with one router, that which comes back does not hide the other", () => {
  const poll = poller()
  poll([B, B_TOO])
  assert.deepEqual(poll([]), [down(B), down(B_TOO)])
  assert.deepEqual(poll([B_TOO]), [full(B_TOO), down(B)])
})

test("a device that is not read any more is forgotten", () => {
  const lost = new LostNeighbours()
  lost.withLost("ospf", DEVICE, readings([B]), 0)
  lost.forget(DEVICE)
  assert.deepEqual(lost.withLost("ospf", DEVICE, readings([]), 1).length, 1)
})

test("a neighbour of IS-IS is known by its system and interface; its menu is read as a whole", () => {
  const lost = new LostNeighbours()
  let nowMs = 0
  const poll = (...names: readonly string[]): readonly string[] => {
    nowMs += 30_000
    const rows = names.map(
      (name): Reading => ({
        ...{ kind: "family", device: DEVICE, source: "routeros-api", atMs: nowMs },
        ...{ family: "isis", name, uptimeS: null, values: { state: "up" } },
      }),
    )
    return lost
      .withLost("isis", DEVICE, rows, nowMs)
      .flatMap((one) =>
        one.kind === "family" ? [`${one.name} ${one.values.state} ${one.atMs}`] : [],
      )
  }
  poll("0100.4000.2001 ether1", "0100.4000.4003 ether2")
  assert.deepEqual(poll("0100.4000.2001 ether1"), [
    "0100.4000.2001 ether1 up 60000",
    "0100.4000.4003 ether2 down 60000",
  ])
  assert.deepEqual(poll(), ["0100.4000.4003 ether2 down 90000", "0100.4000.2001 ether1 down 90000"])
  assert.deepEqual(poll("0100.4000.4003 ether3"), [
    "0100.4000.4003 ether3 up 120000",
    "0100.4000.2001 ether1 down 120000",
  ])
})
