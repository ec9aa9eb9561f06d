/** Who feels an incident, in words: the same on every screen. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { t } from "../../i18n/strings/strings.ts"
import { isAgentOutage } from "../../state/severity.ts"

const strings = t.incidents

/** In a list's narrow column: "3 down · 9 behind". */
export const impactOf = (incident: Incident): string =>
  isAgentOutage(incident)
    ? incident.state === "closed"
      ? strings.wasNotEvaluated
      : strings.notEvaluated
    : strings.impact(incident.devicesDown, incident.devicesUnreachable)

/** "3 devices down · 9 behind it" */
export const impactInFull = (incident: Incident): string =>
  isAgentOutage(incident)
    ? strings.notEvaluatedInFull
    : t.pages.overview.impact(incident.devicesDown, incident.devicesUnreachable)
