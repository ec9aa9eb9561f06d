/** Who feels an incident, in words: the same on every screen. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { isUnseen } from "../../state/severity.ts"
import { t } from "../../strings/strings.ts"

const words = t.incidents

/** In a list's narrow column: "3 down · 9 behind". */
export const impactOf = (incident: Incident): string =>
  isUnseen(incident)
    ? incident.state === "closed"
      ? words.nobodyLooked
      : words.nobodyLooks
    : words.impact(incident.devicesDown, incident.devicesBehind)

/** "3 devices down · 9 behind it" */
export const impactInFull = (incident: Incident): string =>
  isUnseen(incident) ? words.nobodyLooksInFull : t.pages.overview.impact(incident.devicesDown, incident.devicesBehind)
