/** What people did with an incident, as facts below its title. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { html, nothing, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import { exact, planned } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.workflow

/** "Resolved" until a person has closed it by a cause code. */
export const stateText = ({ state, causeCode }: Incident): string =>
  state !== "closed"
    ? t.incidents.state[state]
    : causeCode === null
      ? strings.resolved
      : strings.closedAs(strings.causeCode[causeCode])

const ticketLink = ({ url, number }: NonNullable<Incident["ticket"]>) => {
  const name = strings.ticketNamed(number ?? new URL(url ?? "https://-").hostname)
  return url === null
    ? html`<span>${name}</span>`
    : html`<a href=${url} target="_blank" rel="noreferrer noopener">${name}</a>`
}

export const workflowFacts = (incident: Incident): readonly TemplateResult[] => {
  const { ownerName, acknowledgedUntilMs, snoozedUntilMs, ticket, causeCode, mergedInto } = incident
  const rating = incident.feedback
  return [
    ...(ownerName === null
      ? []
      : [
          html`<span>${strings.owner(ownerName)}${acknowledgedUntilMs === null ? nothing : html`, ${strings.until} <time title=${exact(acknowledgedUntilMs)}>${planned(acknowledgedUntilMs, nowMs())}</time>`}</span>`,
        ]),
    ...(snoozedUntilMs === null
      ? []
      : [
          html`<span>${strings.snoozed} ${strings.until} <time title=${exact(snoozedUntilMs)}>${planned(snoozedUntilMs, nowMs())}</time></span>`,
        ]),
    ...(incident.maintenanceWindowId === null
      ? []
      : [
          html`<a class="emphasis" href=${paths.maintenanceBy({ window: incident.maintenanceWindowId })}>${strings.plannedWork}</a>`,
        ]),
    ...(ticket === null ? [] : [ticketLink(ticket)]),
    ...(causeCode === null || incident.state === "closed"
      ? []
      : [html`<span>${strings.codedAs(strings.causeCode[causeCode])}</span>`]),
    ...(mergedInto === null
      ? []
      : [
          html`<a href=${paths.incident(mergedInto.id)}>${strings.mergedInto(mergedInto.number)}</a>`,
        ]),
    ...(rating === null ? [] : [html`<span>${strings.rated[rating.rating](rating.by)}</span>`]),
  ]
}
