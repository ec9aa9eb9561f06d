import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentDetail, Symptom } from "@ispvm/appliance/api/incidents"
import { makeAgent, makeDevice, makeIncident, makeLink, uuid } from "../../../test/make.ts"
import type { Fleet } from "../../state/fleet.ts"
import { nextSteps } from "./next-step.ts"

const neighbour = makeDevice(1)
const dead = makeDevice(2)
const link = makeLink(1, neighbour, dead)
const status = {
  status: "down" as const,
  reason: "probes-unanswered",
  message: { code: "status.no-recent-data", params: {} } as const,
  sinceMs: 0,
}
const lost = makeDevice(3, { name: "transit-1", roles: ["upstream"], status })
const left = makeDevice(4, { name: "transit-2", roles: ["upstream"] })
const exit = makeLink(2, neighbour, lost)
const probingAgent = makeAgent(1, { deviceId: neighbour.id })
const fleet: Fleet = {
  phase: "ready",
  error: null,
  devices: new Map([
    [neighbour.id, neighbour],
    [dead.id, dead],
    [lost.id, lost],
    [left.id, left],
  ]),
  links: new Map([
    [link.id, link],
    [exit.id, exit],
  ]),
  sites: new Map(),
  agents: new Map([[probingAgent.id, probingAgent]]),
}
const portDown: Symptom = {
  alertId: uuid(1),
  kind: "interface-down",
  deviceId: neighbour.id,
  deviceName: neighbour.name,
  interface: link.a.interface,
  phase: "down",
  part: "evidence",
  reason: "port-down",
  sinceMs: 0,
}
const unreported: Symptom = {
  ...portDown,
  kind: "device-unreachable",
  deviceId: dead.id,
  deviceName: dead.name,
  interface: null,
  part: "cause",
  reason: "reports-missing",
}
const detail = (changes: Partial<IncidentDetail>): IncidentDetail => ({
  ...makeIncident(1),
  symptomList: [portDown],
  timeline: [],
  because: [],
  hypotheses: [],
  evidence: [],
  rechecks: [],
  diagnosisHistory: [],
  ...changes,
})
const router = { kind: "device" as const, id: dead.id, name: dead.name }
const line = { kind: "link" as const, id: link.id, name: link.name }
const agent = { kind: "agent" as const, id: probingAgent.id, name: "pop-1" }
const transit = { kind: "device" as const, id: lost.id, name: lost.name }
const second = { kind: "device" as const, id: left.id, name: left.name }
const toTransit = { kind: "link" as const, id: exit.id, name: exit.name }
const cases: [string, IncidentDetail, RegExp[]][] = [
  [
    "a cut link names both ports",
    detail({ causes: [line] }),
    [/sfp-sfpplus1 on router-1, sfp-sfpplus2 on router-2/],
  ],
  ["a router whose neighbours lost light has no power", detail({ causes: [router] }), [/no power/]],
  [
    "one whose neighbours have light hangs",
    detail({ causes: [router], symptomList: [] }),
    [/has power but does not answer/],
  ],
  [
    "two explanations are told apart",
    detail({ causes: [line], alternatives: [router] }),
    [/Ask Ankara whether router-2 has power: if it has, the line has failed/, /both ends/],
  ],
  [
    "stand-ins of the first explanation are told apart like alternatives",
    detail({
      causes: [line],
      hypotheses: [{ components: [line], probability: 0.98, equivalents: [[router]] }],
    }),
    [/whether router-2 has power/, /both ends/],
  ],
  [
    "two faults at once are two steps",
    detail({
      hypotheses: [{ components: [line, router], probability: 0.9, equivalents: [[], []] }],
    }),
    [/both ends/, /no power/],
  ],
  [
    "a site without power is asked",
    detail({ causes: [{ kind: "site", id: uuid(9_000), name: "Ankara" }] }),
    [/whether the site has power/],
  ],
  [
    "a silent agent's host is looked at",
    detail({
      causes: [agent],
      symptomList: [{ ...portDown, kind: "agent-offline", deviceId: null, interface: null }],
    }),
    [/host of agent pop-1.*Until the agent is online again/],
  ],
  [
    "of an agent that sends its heartbeat, its path to the network",
    detail({ causes: [agent] }),
    [
      /^Agent pop-1 sends its heartbeat.*its own port and cable towards router-1, then router-1 itself\. Until it reaches/,
    ],
  ],
  [
    "a lost upstream is its carrier's, whether it is the line or the router; and what is left is reported",
    detail({
      causes: [toTransit],
      alternatives: [transit],
      symptomList: [{ ...portDown, interface: exit.a.interface }],
    }),
    [
      /^Call the carrier of transit-1, .*if it is, the line has failed\. Report that there is no link at sfp-sfpplus1 on router-1\.$/,
      /^transit-2 still answers, so another upstream is up\.$/,
    ],
  ],
  [
    "of an upstream that is not known to be lost no more is told",
    detail({ causes: [second] }),
    [/^Call the carrier of transit-2/],
  ],
  [
    "of a router that only reports, what else could silence it is asked first",
    detail({ causes: [line], alternatives: [router], symptomList: [unreported] }),
    [
      /No agent monitors router-2.*check whether its reports are rejected/,
      /Ask Ankara whether router-2 has power/,
      /both ends/,
    ],
  ],
  [
    "of one that only reports nobody knows whether it has power",
    detail({ causes: [router], symptomList: [unreported] }),
    [/No agent monitors router-2/, /^Ask Ankara whether router-2 has power, and whether the line/],
  ],
  [
    "where its neighbour lost the link, that is no question",
    detail({ causes: [line], symptomList: [unreported, portDown] }),
    [/both ends/],
  ],
  [
    "what recovers is left alone",
    detail({ symptomList: [{ ...portDown, phase: "recovering" }] }),
    [/closes automatically/],
  ],
  ["what is closed wants nothing", detail({ state: "closed" }), []],
  [
    "a removed link still has advice",
    detail({ causes: [{ ...line, id: uuid(77) }] }),
    [/Check both ends of/],
  ],
]
for (const [name, incident, expected] of cases)
  test(`next step: ${name}`, () => {
    const steps = nextSteps(fleet, incident, 60_000)
    assert.equal(steps.length, expected.length)
    for (const [n, each] of expected.entries()) assert.match(steps[n] ?? "", each)
  })

test("an incident of a rule sends people to the charts, not to the power supply", () => {
  const thing = { noun: "router", id: "r", name: "core-1" } as const
  const rule = { id: "cpu-high", en: "CPU load is high", tr: "İşlemci yükü yüksek" }
  const params = { rule, thing, interface: null, subject: null, more: 0, tense: "present" as const }
  const causes = [{ kind: "device" as const, id: "r", name: "core-1" }]
  const steps = nextSteps(fleet, detail({ title: { code: "title.rule", params }, causes }), 0)
  assert.deepEqual(steps, [
    "Open the charts of core-1: when did it begin, and what else changed then?",
  ])
})
