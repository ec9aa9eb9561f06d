/** Sample hypotheses of an incident for the gallery: a chain of routers whose middle is down. */
import type {
  Component,
  Evidence,
  Hypothesis,
  IncidentDetail,
  Recheck,
} from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { namesIn } from "../src/features/incident/linked-text.ts"
import type { Fleet } from "../src/state/fleet.ts"
import { makeAgent, makeDevice, makeIncident, makeLink, sentence, uuid } from "../test/make.ts"

const START_MS = Date.UTC(2026, 10, 22, 3, 12, 40)
const NAMES: readonly (readonly [name: string, status: Status])[] = [
  ["ank-core-1", "ok"],
  ["izm-core-1", "down"],
  ["izm-agg-1", "unreachable"],
  ["izm-agg-2", "unreachable"],
  ["man-acc-1", "unreachable"],
]
const devices = NAMES.map(([name, status], index) =>
  makeDevice(index + 1, {
    name,
    siteName: "Izmir",
    status: {
      status,
      reason: status,
      message: { code: "status.no-recent-data", params: {} },
      sinceMs: START_MS,
    },
  }),
)
const [core, failed, ...downstream] = devices
const pairs =
  core === undefined || failed === undefined
    ? []
    : [[core, failed] as const, ...downstream.map((each) => [failed, each] as const)]
const links = pairs.map(([a, b], index) => makeLink(index + 1, a, b))
const line: Component = { kind: "link", id: uuid(7_001), name: links[0]?.name ?? "" }
const router: Component = { kind: "device", id: uuid(2), name: "izm-core-1" }
const site: Component = { kind: "site", id: uuid(9_000), name: "Izmir" }
const agent: Component = { kind: "agent", id: uuid(8_000), name: "ank-pop" }

export const sampleFleet: Fleet = {
  phase: "ready",
  error: null,
  devices: new Map(devices.map((each) => [each.id, each])),
  links: new Map(links.map((each) => [each.id, each])),
  sites: new Map(),
  agents: new Map([[uuid(8_000), makeAgent(0, { name: "ank-pop", deviceId: uuid(1) })]]),
}

export const sampleHypotheses: readonly Hypothesis[] = [
  { components: [line], probability: 0.82, equivalents: [[router]] },
  { components: [site], probability: 0.09, equivalents: [[]] },
  { components: [router, line], probability: 0.05, equivalents: [[], []] },
  { components: [agent], probability: 0.01, equivalents: [[]] },
  { components: [], probability: 0.003, equivalents: [] },
]
const makeEvidence = (
  stance: Evidence["stance"],
  text: string,
  afterMs: number,
  deviceId: string | null,
): Evidence => ({
  stance,
  message: sentence(text),
  deviceId,
  linkId: null,
  atMs: START_MS + afterMs,
})
export const sampleEvidence: readonly Evidence[] = [
  makeEvidence("for", "Port sfp-sfpplus1 on ank-core-1 has no link.", 0, uuid(1)),
  makeEvidence("for", "izm-core-1 answers neither ping nor TCP.", 900, uuid(2)),
  ...Array.from({ length: 9 }, (_, n) =>
    makeEvidence("for", `Customer ${n + 1} downstream does not answer.`, 1_000 + n * 40, null),
  ),
  makeEvidence("against", "izm-agg-1 answered one probe of six after it.", 1_200, uuid(3)),
]
const makeRecheck = (text: string, result: Recheck["result"], tookMs: number): Recheck => ({
  message: sentence(text),
  requestedAtMs: START_MS + 1_000,
  answeredAtMs: result === null ? null : START_MS + 1_000 + tookMs,
  result,
})
export const sampleRechecks: readonly Recheck[] = [
  makeRecheck("Ping of izm-core-1 from ank-pop", "no-answer", 1_000),
  makeRecheck("Port sfp-sfpplus1 on ank-core-1", "down", 420),
  makeRecheck("Ping of ank-core-1 from ank-pop", "up", 12),
  makeRecheck("Ping of izm-agg-1 from ank-pop", null, 0),
]
export const sampleHistory: IncidentDetail["diagnosisHistory"] = [
  {
    atMs: START_MS,
    causes: [line],
    confidence: null,
    message: sentence("From before it was weighed."),
  },
  {
    atMs: START_MS + 800,
    causes: [router],
    confidence: 0.46,
    message: sentence("izm-core-1 left a burst of probes unanswered."),
  },
  {
    atMs: START_MS + 2_100,
    causes: [line],
    confidence: 0.71,
    message: sentence("No device downstream answers either."),
  },
  {
    atMs: START_MS + 65_000,
    causes: [line],
    confidence: 0.82,
    message: sentence("It stayed silent when looked at again."),
  },
]
export const sampleIncident: IncidentDetail = {
  ...makeIncident(1, {
    causes: [line],
    alternatives: [router],
    confidence: 0.82,
    openedAtMs: START_MS,
  }),
  symptomList: devices.slice(1).map((each) => ({
    alertId: each.id,
    kind: "device-unreachable",
    deviceId: each.id,
    deviceName: each.name,
    interface: null,
    phase: "down",
    part: each === failed ? "cause" : "downstream",
    reason: "probes-unanswered",
    sinceMs: START_MS,
  })),
  timeline: [],
  because: [],
  hypotheses: [...sampleHypotheses],
  evidence: [...sampleEvidence],
  rechecks: [...sampleRechecks],
  diagnosisHistory: sampleHistory,
}
export const sampleNames = namesIn(sampleFleet, sampleIncident)
