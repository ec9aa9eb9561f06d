/** The detail of an incident, where no story says more. */
import type {
  Incident,
  IncidentDetail,
  Symptom,
  TimelineEntry,
} from "@ispvm/appliance/api/incidents"
import { sentence, uuid } from "./make.ts"

const symptom = (n: number, changes: Partial<Symptom>): Symptom => ({
  alertId: uuid(4_000 + n),
  kind: "device-unreachable",
  deviceId: uuid(n),
  deviceName: `router-${n}`,
  interface: null,
  phase: "down",
  part: "downstream",
  reason: "probes-unanswered",
  sinceMs: Date.now() - 240_000,
  ...changes,
})

export const detailOf = (
  incident: Incident,
  timeline: readonly TimelineEntry[],
): IncidentDetail => ({
  ...incident,
  symptomList: [
    symptom(1, {
      kind: "interface-down",
      interface: "sfp-sfpplus1",
      part: "cause",
      reason: "port-down",
    }),
    symptom(2, {
      kind: "interface-down",
      interface: "sfp-sfpplus2",
      part: "cause",
      reason: "port-down",
    }),
    symptom(20, {}),
    symptom(32, {}),
  ],
  timeline: [...timeline],
  because: [
    sentence("Ports sfp-sfpplus1 and sfp-sfpplus2 have no link."),
    sentence("Every way from here to 2 devices leads through it."),
  ],
  hypotheses: [],
  evidence: [],
  rechecks: [],
  diagnosisHistory: [],
})
