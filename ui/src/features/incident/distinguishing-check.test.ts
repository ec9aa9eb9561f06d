import assert from "node:assert/strict"
import { test } from "node:test"
import type { Component } from "@ispvm/appliance/api/incidents"
import { makeDevice, uuid } from "../../../test/make.ts"
import { NO_FLEET } from "../../state/fleet.ts"
import { distinguishingCheck } from "./distinguishing-check.ts"

const dead = makeDevice(2, { siteName: "Izmir" })
const transit = makeDevice(4, { roles: ["upstream"] })
const fleet = {
  ...NO_FLEET,
  devices: new Map([
    [dead.id, dead],
    [transit.id, transit],
  ]),
}
const router: Component = { kind: "device", id: dead.id, name: dead.name }
const upstream: Component = { kind: "device", id: transit.id, name: transit.name }
const other: Component = { kind: "device", id: uuid(3), name: "router-3" }
const line: Component = { kind: "link", id: uuid(7_001), name: "fibre 1" }
const parallelLink: Component = { kind: "link", id: uuid(7_002), name: "fibre 2" }
const izmir: Component = { kind: "site", id: uuid(9_000), name: "Izmir" }
const agent: Component = { kind: "agent", id: uuid(8_000), name: "pop-1" }

const cases: [string, Component[], Component[], RegExp | null][] = [
  [
    "a line and a router are told apart by power",
    [line],
    [router],
    /Ask Izmir whether router-2 has power: if it has, the line has failed/,
  ],
  ["whichever comes first", [router], [line], /whether router-2 has power/],
  [
    "of a router nobody knows the place of, its site is asked",
    [line],
    [other],
    /Ask its site whether router-3 has power/,
  ],
  [
    "a line and an upstream by its carrier",
    [line],
    [upstream],
    /Ask the carrier of router-4 whether it is up/,
  ],
  ["two lines by light", [line], [parallelLink], /light at the ends of fibre 1 and of fibre 2/],
  ["two routers by power", [router], [other], /router-2 and router-3 have power/],
  [
    "a site and its router by what else has no power",
    [izmir],
    [router],
    /if more than router-2 has no power, the site is the cause/,
  ],
  [
    "a site and a line by the site's power",
    [line],
    [izmir],
    /Ask Izmir whether it has power: if it has, the line has failed/,
  ],
  ["an agent from elsewhere", [router], [agent], /from another host than that of pop-1/],
  [
    "one fault or two by the second",
    [line],
    [line, router],
    /whether router router-2 has failed as well/,
  ],
  [
    "a fault or none by looking at it",
    [router],
    [],
    /Check router router-2: if it works, nothing has failed/,
  ],
  ["only where they differ", [line, router], [line, parallelLink], /whether router-2 has power/],
  ["the same are not told apart", [line, router], [router, line], null],
]
for (const [name, one, two, expected] of cases)
  test(`apart: ${name}`, () => {
    const check = distinguishingCheck(fleet, one, two)
    if (expected === null) assert.equal(check, null)
    else assert.match(check ?? "", expected)
  })

test("apart: of what works badly, by what its ports and processor show, and nobody is asked for power", () => {
  assert.match(
    distinguishingCheck(fleet, [line], [router], true) ?? "",
    /^Compare .+ and router-2: errors, drops, load and light of ports/,
  )
})
