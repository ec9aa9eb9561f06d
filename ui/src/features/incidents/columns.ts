/** The columns of the incidents list. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import { html } from "lit"
import { nowMs } from "../../components/now.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { foldButton } from "../../components/table-parts.ts"
import { duration, exact, planned } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
import { impactOf } from "./impact.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-time.ts"
import "./ispvm-incident-title.ts"

const strings = t.incidents
const labels = t.lists.incidents
/** Hidden until somebody chooses them. */
export const HIDDEN_AT_FIRST: readonly string[] = ["number", "opened"]

export type IncidentTable = {
  readonly isOpen: (id: string) => boolean
  readonly toggle: (id: string) => void
  readonly canAct: () => boolean
  readonly isBusy: (id: string) => boolean
  readonly acknowledge: (incident: Incident) => void
}

const grey = (text: string) => html`<span class="soft">${text}</span>`

export const incidentColumns = (table: IncidentTable): readonly TableColumn<Incident>[] => [
  {
    key: "number",
    label: labels.number,
    width: "64px",
    card: "value",
    cell: ({ number }) => grey(strings.number(number)),
  },
  {
    key: "title",
    fixed: true,
    label: labels.incident,
    width: "minmax(260px, 3fr)",
    card: "title",
    cell: (incident) =>
      html`<ispvm-incident-title class="focusable" .incident=${incident}></ispvm-incident-title>`,
  },
  {
    key: "impact",
    label: labels.impact,
    width: "minmax(120px, 1fr)",
    card: "wide",
    cell: (incident) => grey(impactOf(incident)),
  },
  {
    key: "owner",
    label: labels.owner,
    width: "minmax(90px, 1fr)",
    card: "wide",
    cell: ({ ownerName, acknowledgedUntilMs }) =>
      ownerName === null
        ? ""
        : html`${grey(ownerName)}${acknowledgedUntilMs === null ? "" : html`<br /><span class="muted">${t.workflow.until} ${planned(acknowledgedUntilMs, nowMs())}</span>`}`,
  },
  {
    key: "symptoms",
    label: labels.symptoms,
    width: "116px",
    card: "wide",
    cell: ({ id, symptoms }) =>
      foldButton(strings.symptoms(symptoms), table.isOpen(id), () => table.toggle(id)),
  },
  {
    key: "opened",
    label: strings.opened,
    width: "176px",
    card: "wide",
    cell: ({ openedAtMs }) => grey(exact(openedAtMs)),
  },
  {
    key: "since",
    label: labels.since,
    width: "124px",
    end: true,
    card: "wide",
    cell: when,
  },
  {
    key: "action",
    label: labels.action,
    width: "144px",
    end: true,
    card: "wide",
    cell: (incident) =>
      incident.state === "open" && table.canAct()
        ? html`<ispvm-button icon="check" ?busy=${table.isBusy(incident.id)} @click=${() => table.acknowledge(incident)}>${strings.acknowledge}</ispvm-button>`
        : "",
  },
]

const when = ({ openedAtMs, closedAtMs }: Incident) =>
  closedAtMs === null
    ? html`<ispvm-time since at=${openedAtMs}></ispvm-time>`
    : html`<ispvm-time at=${closedAtMs}></ispvm-time><br /><span class="muted">${strings.lasted(duration(closedAtMs - openedAtMs))}</span>`
