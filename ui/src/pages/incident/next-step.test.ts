import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentDetail, Symptom } from "@ispvm/appliance/api/incidents"
import { makeDevice, makeIncident, makeLink, uuid } from "../../../test/make.ts"
import type { Fleet } from "../../state/fleet.ts"
import { nextSteps } from "./next-step.ts"

const near = makeDevice(1)
const dead = makeDevice(2)
const link = makeLink(1, near, dead)
const fleet: Fleet = {
  phase: "ready",
  error: null,
  devices: new Map([
    [near.id, near],
    [dead.id, dead],
  ]),
  links: new Map([[link.id, link]]),
  sites: new Map(),
  agents: new Map(),
}
const portDown: Symptom = {
  alertId: uuid(1),
  kind: "interface-down",
  deviceId: near.id,
  deviceName: near.name,
  interface: link.a.interface,
  phase: "down",
  part: "evidence",
  reason: "port-down",
  sinceMs: 0,
}
const detail = (changes: Partial<IncidentDetail>): IncidentDetail => ({
  ...makeIncident(1),
  symptomList: [portDown],
  timeline: [],
  because: [],
  hypotheses: [],
  evidence: [],
  rechecks: [],
  causeHistory: [],
  ...changes,
})
const router = { kind: "device" as const, id: dead.id, name: dead.name }
const line = { kind: "link" as const, id: link.id, name: link.name }
const cases: [string, IncidentDetail, RegExp[]][] = [
  ["a cut link names both ports", detail({ causes: [line] }), [/sfp-sfpplus1 on router-1, sfp-sfpplus2 on router-2/]],
  ["a router whose neighbours lost light has no power", detail({ causes: [router] }), [/no power/]],
  ["one whose neighbours have light hangs", detail({ causes: [router], symptomList: [] }), [/has power but does not answer/]],
  [
    "two explanations are told apart",
    detail({ causes: [line], alternatives: [router] }),
    [/Ask Ankara for power at router-2: if it is on, it is the line/, /both ends/],
  ],
  [
    "stand-ins of the first explanation are told apart like alternatives",
    detail({ causes: [line], hypotheses: [{ components: [line], probability: 0.98, standIns: [[router]] }] }),
    [/power at router-2/, /both ends/],
  ],
  [
    "two faults at once are two steps",
    detail({ hypotheses: [{ components: [line, router], probability: 0.9, standIns: [[], []] }] }),
    [/both ends/, /no power/],
  ],
  [
    "a dark site is asked for power",
    detail({ causes: [{ kind: "site", id: uuid(9_000), name: "Ankara" }] }),
    [/whether the site has power/],
  ],
  ["an agent's host is looked at", detail({ causes: [{ kind: "agent", id: uuid(9), name: "pop-1" }] }), [/host of agent pop-1/]],
  ["what recovers is left alone", detail({ symptomList: [{ ...portDown, phase: "recovering" }] }), [/closes by itself/]],
  ["what is closed wants nothing", detail({ state: "closed" }), []],
  ["a removed link still has advice", detail({ causes: [{ ...line, id: uuid(77) }] }), [/Look at both ends of/]],
]
for (const [name, incident, wanted] of cases)
  test(`next step: ${name}`, () => {
    const steps = nextSteps(fleet, incident, 60_000)
    assert.equal(steps.length, wanted.length)
    for (const [n, each] of wanted.entries()) assert.match(steps[n] ?? "", each)
  })
