/** The impact of an incident as text, the same on every page. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { t } from "../../i18n/strings/strings.ts"
import { isAgentOutage } from "../../state/severity.ts"

const strings = t.incidents

/** For a narrow column: "3 down · 9 unreachable". */
export const impactOf = (incident: Incident): string =>
  incident.check !== null
    ? t.health.ownImpact
    : isAgentOutage(incident)
      ? incident.state === "closed"
        ? strings.wasNotEvaluated
        : strings.notEvaluated
      : strings.impact(incident.devicesDown, incident.devicesUnreachable)

/** "3 devices down · 9 unreachable" */
export const impactInFull = (incident: Incident): string =>
  incident.check !== null
    ? t.health.ownImpact
    : isAgentOutage(incident)
      ? strings.notEvaluatedInFull
      : t.pages.overview.impact(incident.devicesDown, incident.devicesUnreachable)
