/** Builders of sample incidents: devices down, symptoms, hypotheses, re-checks. */

import type {
  Component,
  Evidence,
  Hypothesis,
  Incident,
  IncidentDetail,
  Recheck,
  Symptom,
} from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { StatusMessage } from "@ispvm/appliance/api/messages"
import type { Status } from "@ispvm/appliance/api/shared"
import { makeIncident, sentence, uuid } from "./make.ts"
import type { Work } from "./work.ts"

export const STORY_INCIDENT = uuid(6_012)
export const AGENT: Component = { kind: "agent", id: uuid(8_000), name: "ank-pop" }

export const asDevice = ({ id, name }: Device): Component => ({ kind: "device", id, name })
export const asLink = ({ id, name }: Link): Component => ({ kind: "link", id, name })

/**
 * The sample network is a tree below its first router: all below the n-th are downstream of a cut
 * above it.
 */
export const downstreamOf = (work: Work, index: number): readonly Device[] => {
  const device = work.network.devices[index]
  if (device === undefined) return []
  return [2 * index + 1, 2 * index + 2].flatMap((child) => {
    const own = work.network.devices[child]
    return own === undefined ? [] : [own, ...downstreamOf(work, child)]
  })
}
export const at = <T>(things: readonly T[], index: number): T => {
  const thing = things[index]
  if (thing === undefined) throw new Error(`the made-up network has no number ${index}`)
  return thing
}

const MESSAGES: Readonly<Record<string, StatusMessage>> = {
  down: { code: "status.down", params: { by: "probes" } },
  unreachable: { code: "status.unreachable", params: { incident: 12 } },
  unknown: { code: "status.agent-isolated", params: { incident: 12 } },
}
const UP: StatusMessage = { code: "status.up", params: { by: "probes" } }
/** All devices are up except these. */
export const setStatuses = (work: Work, by: ReadonlyMap<string, Status>, sinceMs: number): void => {
  work.network.devices.forEach((device, index, all) => {
    const status = by.get(device.id) ?? "ok"
    all[index] = {
      ...device,
      status: { status, reason: status, message: MESSAGES[status] ?? UP, sinceMs },
      incidentId: status === "ok" ? null : STORY_INCIDENT,
    }
  })
}

export const symptom = (device: Device, n: number, changes: Partial<Symptom>): Symptom => ({
  alertId: uuid(4_000 + n),
  kind: "device-unreachable",
  deviceId: device.id,
  deviceName: device.name,
  interface: null,
  phase: "down",
  part: "downstream",
  reason: "probes-unanswered",
  sinceMs: Date.now() - 240_000,
  ...changes,
})
export const portDown = (device: Device, n: number, port: string, sinceMs: number): Symptom =>
  symptom(device, n, {
    kind: "interface-down",
    interface: port,
    part: "evidence",
    reason: "port-down",
    sinceMs,
  })

export const makeEvidence = (
  stance: Evidence["stance"],
  text: string,
  atMs: number | null,
  of: { device?: Device; link?: Link } = {},
): Evidence => ({
  stance,
  message: sentence(text),
  deviceId: of.device?.id ?? null,
  linkId: of.link?.id ?? null,
  atMs,
})
export const makeHypothesis = (
  probability: number,
  components: Component[],
  equivalents?: Component[][],
): Hypothesis => ({
  components,
  probability,
  equivalents: equivalents ?? components.map(() => []),
})
export const makeRecheck = (
  text: string,
  requestedAtMs: number,
  result: Recheck["result"],
  tookMs = 800,
): Recheck => ({
  message: sentence(text),
  requestedAtMs,
  answeredAtMs: result === null ? null : requestedAtMs + tookMs,
  result,
})

export const setIncident = (
  work: Work,
  incident: Partial<Incident>,
  detail: Partial<IncidentDetail>,
): void => {
  const index = work.network.incidents.findIndex((each) => each.id === STORY_INCIDENT)
  const whole = { ...makeIncident(12), ...work.network.incidents[index], ...incident }
  work.network.incidents[index] = {
    ...whole,
    symptoms: detail.symptomList?.length ?? whole.symptoms,
  }
  const opened = {
    id: "1",
    atMs: whole.openedAtMs,
    kind: "opened" as const,
    who: "ISP Visual Monitor",
    message: { code: "timeline.opened" as const, params: { title: whole.title, because: [] } },
  }
  work.details.set(STORY_INCIDENT, { because: [], timeline: [opened], ...detail })
}

/** Sets up a network and its open incident. */
export type Story = (work: Work) => void
