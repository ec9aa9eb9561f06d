/** The columns of the table of proposals. */
import type { Proposal, ProposalEnd, ProposalKind } from "@ispvm/appliance/api/discovery"
import { html, nothing } from "lit"
import { paths } from "../../app/paths.ts"
import type { IconName } from "../../components/icons.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { probabilityText } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import type { Decision } from "./decide.ts"
import { isAcceptable, type ProposalRow } from "./filter.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-meter.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.discovery
const labels = strings.columns
/** More ends and badges are in the details. */
const MAX_NAMED = 2
const MAX_BADGES = 3
const ICONS: Readonly<Record<ProposalKind, IconName>> = {
  device: "router",
  link: "cable",
  segment: "workflow",
  peer: "git-compare",
}

export type ProposalTable = {
  readonly canDecide: () => boolean
  readonly isBusy: () => boolean
  readonly isOpen: (id: string) => boolean
  readonly toggle: (id: string) => void
  readonly decide: (decision: Decision["decision"], row: ProposalRow) => void
}

const deviceName = ({ deviceId, name }: ProposalEnd) =>
  deviceId === null ? name : html`<a class="emphasis" href=${paths.device(deviceId)}>${name}</a>`
const endCell = (end: ProposalEnd) =>
  html`${deviceName(end)}${end.interface === null ? nothing : html` <span class="mono soft">${end.interface}</span>`}`
const endText = (end: ProposalEnd): string =>
  end.interface === null ? end.name : `${end.name} ${end.interface}`

/** The second line: what is said of it, in grey. */
const below = (row: ProposalRow): string => {
  if (row.kind === "link") return row.linkKind === null ? "" : strings.linkKinds[row.linkKind]
  const named = row.ends.slice(0, MAX_NAMED).map(endText).join(", ")
  const seen = strings.seenFrom(named, Math.max(0, row.ends.length - MAX_NAMED))
  return [row.board ?? "", row.ends.length === 0 ? "" : seen].filter(Boolean).join(" · ")
}

const what = (row: ProposalRow) => {
  const { kind, name, ends, addresses } = row
  const [a, b] = ends
  const first =
    kind === "link" && a !== undefined && b !== undefined
      ? html`${endCell(a)} <span class="muted">–</span> ${endCell(b)}`
      : html`<strong>${name}</strong>${addresses
          .filter((each) => each !== name)
          .slice(0, 1)
          .map((each) => html` <span class="mono soft">${each}</span>`)}`
  return html`<span title=${kind === "link" ? ends.map(endText).join(" – ") : name}>${first}</span><br /><span class="caption normal">${below(row)}${created(row)}</span>`
}

/** What was made of it. */
const created = ({ state, kind, createdId }: ProposalRow) => {
  if (state !== "accepted") return nothing
  if (createdId === null) return html` · ${strings.removedSince}`
  return kind === "link"
    ? html` · <a class="emphasis" href=${paths.link(createdId)}>${strings.openLink}</a>`
    : html` · <a class="emphasis" href=${paths.device(createdId)}>${strings.openDevice}</a>`
}

export const sourceBadge = (source: Proposal["sources"][number]) =>
  html`<span class="tag">${strings.sources[source]}</span>`
const badges = ({ sources }: ProposalRow) => {
  const more = sources.length - MAX_BADGES
  const rest = sources.slice(MAX_BADGES).map((source) => strings.sources[source])
  return sources.length === 0
    ? ""
    : html`${sources.slice(0, MAX_BADGES).map((source) => html`${sourceBadge(source)} `)}${more > 0 ? html`<span class="tag" title=${rest.join(", ")}>+${more}</span>` : nothing}`
}

const seen = ({ seenAtMs, firstSeenAtMs, isStale }: ProposalRow) =>
  html`${isStale ? html`<span class="tag" title=${strings.staleHint}>${strings.stale}</span> ` : nothing}<ispvm-time class=${isStale ? "muted" : ""} .atMs=${seenAtMs}></ispvm-time><br /><span class="caption">${strings.firstSeen} <ispvm-time .atMs=${firstSeenAtMs}></ispvm-time></span>`

const decided = ({ decidedAtMs, decidedBy }: ProposalRow) =>
  decidedAtMs === null
    ? ""
    : html`<ispvm-time .atMs=${decidedAtMs}></ispvm-time><br /><span class="caption" title=${decidedBy ?? ""}>${decidedBy ?? strings.removedSince}</span>`

const actions = (table: ProposalTable, row: ProposalRow) => {
  const button = (decision: Decision["decision"], icon: IconName, label: string) =>
    html`<ispvm-button kind="quiet" icon=${icon} label=${label} ?disabled=${table.isBusy()} @click=${() => table.isBusy() || table.decide(decision, row)}></ispvm-button>`
  const isOpen = table.isOpen(row.id)
  return html`<span class="controls nowrap">${
    !table.canDecide()
      ? nothing
      : row.state === "open"
        ? html`${isAcceptable(row) ? button("accept", "check", strings.acceptOne(row.name)) : nothing}${button("reject", "x", strings.rejectOne(row.name))}`
        : button("reopen", "undo-2", strings.reopenOne(row.name))
  }<ispvm-button kind="quiet" icon=${isOpen ? "chevron-down" : "chevron-right"} ?pressed=${isOpen} label=${isOpen ? strings.hideDetails(row.name) : strings.showDetails(row.name)} @click=${() => table.toggle(row.id)}></ispvm-button></span>`
}

export const proposalColumns = (table: ProposalTable): readonly TableColumn<ProposalRow>[] => [
  {
    key: "kind",
    label: labels.kind,
    width: "104px",
    card: "mark",
    cell: ({ kind }) =>
      html`<span class="with-icon normal soft"><ispvm-icon class="muted" name=${ICONS[kind]} size="14"></ispvm-icon>${strings.kinds[kind]}</span>`,
    sort: ({ kind }) => strings.kinds[kind],
  },
  {
    key: "what",
    fixed: true,
    label: labels.what,
    width: "minmax(260px, 1fr)",
    card: "title",
    cell: what,
    sort: ({ name }) => name,
  },
  {
    key: "sources",
    label: labels.sources,
    width: "188px",
    card: "wide",
    cell: badges,
    sort: ({ sources }) => sources.length,
  },
  {
    key: "confidence",
    label: labels.confidence,
    width: "148px",
    card: "wide",
    cell: ({ confidence }) =>
      html`<ispvm-meter .value=${confidence * 100} text=${probabilityText(confidence)}></ispvm-meter>`,
    sort: ({ confidence }) => confidence,
  },
  {
    key: "seen",
    label: labels.seen,
    width: "156px",
    card: "wide",
    cell: seen,
    sort: ({ seenAtMs }) => seenAtMs,
  },
  {
    key: "decided",
    label: labels.decided,
    width: "156px",
    card: "wide",
    cell: decided,
    sort: ({ decidedAtMs }) => decidedAtMs,
  },
  {
    key: "action",
    label: labels.action,
    fixed: true,
    width: "108px",
    end: true,
    card: "wide",
    cell: (row) => actions(table, row),
  },
]
