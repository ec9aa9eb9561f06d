import assert from "node:assert/strict"
import { test } from "node:test"
import type { Status } from "@ispvm/appliance/api/shared"
import { makeDevice, makeLink } from "../../test/make.ts"
import { networkHealthOf } from "./network-health.ts"

const device = (n: number, status: Status) =>
  makeDevice(n, {
    status: {
      status,
      reason: "x",
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: 0,
    },
  })
const fleetOf = (devices: readonly Status[], links: readonly Status[]) => {
  const made = devices.map((status, index) => device(index, status))
  const end = device(99, "ok")
  return {
    devices: new Map(made.map((each) => [each.id, each])),
    links: new Map(
      links.map((status, index) => [
        String(index),
        makeLink(index, end, end, {
          status: {
            status,
            reason: "x",
            message: { code: "status.no-recent-data", params: {} },
            sinceMs: 0,
          },
        }),
      ]),
    ),
  }
}
const cases: [string, readonly Status[], readonly Status[], string, string][] = [
  ["with everything up all is well", ["ok", "ok"], ["ok"], "healthy", ""],
  ["nothing watched is not well", [], [], "nothing-monitored", ""],
  ["a link nobody has looked at is not well", ["ok"], ["unknown"], "unhealthy", "1 link unknown"],
  [
    "the worst comes first, the noun once",
    ["degraded", "degraded", "unknown", "down"],
    ["unknown", "unknown"],
    "unhealthy",
    "1 device down, 2 degraded, 1 unknown, 2 links unknown",
  ],
]
for (const [name, devices, links, kind, text] of cases)
  test(`network health: ${name}`, () => {
    const found = networkHealthOf(fleetOf(devices, links))
    assert.deepEqual([found.kind, found.text], [kind, text])
  })
