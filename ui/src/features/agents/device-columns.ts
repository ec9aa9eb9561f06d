/** Devices of an agent as rows: lease, method and load. Pure but for templates. */
import type { AgentDevice } from "@ispvm/appliance/api/leases"
import { html, nothing, type TemplateResult } from "lit"
import { paths } from "../../app/paths.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { share } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.agentPage.devices
const titles = strings.columns
type Cell = TemplateResult | string

const since = (atMs: number | null): Cell =>
  atMs === null ? "" : html`<ispvm-time at=${atMs}></ispvm-time>`
/** A cell may be narrower than its text. */
const titled = (text: string, kind = ""): TemplateResult =>
  html`<span class=${kind} title=${text}>${text}</span>`
const role = ({ role: what, holder }: AgentDevice): Cell =>
  what === "probes" && holder !== null
    ? titled(`${strings.roles[what]}, ${strings.heldBy(holder.name)}`)
    : strings.roles[what]
const lease = ({ heldSinceMs, role: what }: AgentDevice): Cell =>
  what === "probes" ? "" : since(heldSinceMs)
/** Without a lease, no other agent can take the device over. */
const from = ({ heldSinceMs, takenOverFrom, leaseReason, role: what }: AgentDevice): Cell =>
  takenOverFrom === null || what === "probes"
    ? heldSinceMs === null
      ? strings.noOther
      : ""
    : html`${takenOverFrom.name}${leaseReason === null ? nothing : html` ${titled(pageTexts.reading.leaseReasons[leaseReason], "caption")}`}`
const preferred = ({ isPreferred, preferred: agent, role: what }: AgentDevice): Cell => {
  if (isPreferred) return strings.thisOne
  if (agent === null) return t.terms.none
  return what === "reads" ? html`<span class="text-warn">${agent.name}</span>` : agent.name
}
const method = ({ method: used, methodReason, methodSinceMs, role: what }: AgentDevice): Cell => {
  if (used === null) return what === "reads" ? strings.noMethod : ""
  const name = pageTexts.reading.methods[used]
  return methodReason === null
    ? name
    : html`${titled(`${name}: ${pageTexts.reading.methodReason(methodReason)}`, "text-warn")} ${since(methodSinceMs)}`
}
const cost = ({ cost: measured }: AgentDevice): Cell => {
  if (measured === null) return ""
  const { busyShare, slowed } = measured
  return slowed === 0
    ? share(busyShare)
    : html`${share(busyShare)} ${titled(strings.slowed(slowed), "text-warn")}`
}
/** What a person looks for first: a fallback, then what is read, then the rest. */
const rank = ({ role: what, isPreferred, methodReason }: AgentDevice): number =>
  what === "reads" ? (isPreferred && methodReason === null ? 1 : 0) : 2

export const deviceColumns: readonly TableColumn<AgentDevice>[] = [
  {
    key: "device",
    label: titles.device,
    width: "minmax(150px, 1.2fr)",
    card: "title",
    cell: ({ id, name }) => html`<a href=${paths.device(id)}>${name}</a>`,
    sort: ({ name }) => name,
  },
  {
    key: "role",
    label: titles.role,
    width: "minmax(140px, 1.2fr)",
    card: "value",
    cell: role,
    sort: rank,
  },
  {
    key: "since",
    label: titles.since,
    width: "130px",
    card: "value",
    cell: lease,
    sort: ({ heldSinceMs }) => heldSinceMs,
  },
  { key: "from", label: titles.from, width: "minmax(140px, 1.4fr)", card: "value", cell: from },
  {
    key: "preferred",
    label: titles.preferred,
    width: "minmax(110px, 1fr)",
    card: "value",
    cell: preferred,
    sort: ({ preferred: agent }) => agent?.name ?? null,
  },
  {
    key: "method",
    label: titles.method,
    width: "minmax(150px, 1.4fr)",
    card: "value",
    cell: method,
    sort: ({ method: used }) => used,
  },
  {
    key: "cost",
    label: titles.cost,
    width: "minmax(190px, 1fr)",
    card: "value",
    end: true,
    cell: cost,
    sort: ({ cost: measured }) => measured?.busyShare ?? null,
  },
]
