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
    /Ask Izmir for power at router-2: if it is on, it is the line/,
  ],
  ["whichever comes first", [router], [line], /power at router-2/],
  [
    "of a router nobody knows the place of, its site is asked",
    [line],
    [other],
    /Ask its site for power at router-3/,
  ],
  [
    "a line and an upstream by its carrier",
    [line],
    [upstream],
    /Ask the carrier of router-4 whether it is alive/,
  ],
  ["two lines by light", [line], [parallelLink], /light at the ends of fibre 1 and of fibre 2/],
  ["two routers by power", [router], [other], /router-2 and at router-3/],
  [
    "a site and its router by what else is dark",
    [izmir],
    [router],
    /if more than router-2 is dark, it is the site/,
  ],
  [
    "a site and a line by the site's power",
    [line],
    [izmir],
    /Ask Izmir for power: if it is on, it is the line/,
  ],
  ["an agent from elsewhere", [router], [agent], /anywhere but the host of pop-1/],
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
    /Look at router router-2: if it works, nothing has failed/,
  ],
  ["only where they differ", [line, router], [line, parallelLink], /power at router-2/],
  ["the same are not told apart", [line, router], [router, line], null],
]
for (const [name, one, two, expected] of cases)
  test(`apart: ${name}`, () => {
    const check = distinguishingCheck(fleet, one, two)
    if (expected === null) assert.equal(check, null)
    else assert.match(check ?? "", expected)
  })
