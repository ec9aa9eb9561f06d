/**
 * How severe an incident is, from what has failed and what is out of reach because of it. The
 * levels are those of ITU-T X.733. Pure.
 */
import { SEVERITIES, type Severity } from "../../api/incidents.ts"
import type { MonitoredLink, Topology } from "../alerts/alerts.ts"
import { lostUpstream } from "./messages/title.ts"
import { countDevices, type Incident } from "./model.ts"

/** Roles whose links carry the traffic of others. */
const BACKBONE = ["core", "upstream", "edge"]

/** The more severe of two. */
export const moreSevere = (one: Severity, other: Severity): Severity =>
  SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(other) ? one : other

const isBackbone = (topology: Topology, { a, b }: MonitoredLink): boolean =>
  [a, b].every(({ deviceId }) =>
    topology.devices.get(deviceId)?.roles.some((role) => BACKBONE.includes(role)),
  )

/**
 * `critical`: others are out of reach, a site is dead or an upstream is lost. `major`: a router, an
 * agent or a backbone link has failed, and nothing else is out of reach. `minor`: another link.
 */
const severityNow = (topology: Topology, incident: Incident): Severity => {
  const { causes, alternatives, check, manner } = incident
  const [cause] = causes
  if (check !== null || cause === undefined || cause.kind === "agent") return "major"
  const isLost = manner === "steady" && lostUpstream(topology, cause, alternatives) !== undefined
  if (cause.kind === "site" || isLost || countDevices(incident).downstream > 0) return "critical"
  const link = topology.links.get(cause.id)
  return link === undefined || isBackbone(topology, link) ? "major" : "minor"
}

/** It never falls by itself: what was critical stays so until it is closed. A person may change it. */
export const severityOf = (topology: Topology, incident: Incident): Severity =>
  incident.severitySetBy !== null || incident.state === "closed"
    ? incident.severity
    : moreSevere(incident.severity, severityNow(topology, incident))
