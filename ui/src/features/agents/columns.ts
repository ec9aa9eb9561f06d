/** Columns of the agents table. Only problems have colour and text. */
import type { Agent } from "@ispvm/appliance/api/agents"
import { html, nothing, type TemplateResult } from "lit"
import { agedQuietly } from "../../components/aged.ts"
import { nowMs } from "../../components/now.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { duration } from "../../i18n/format/time.ts"
import { count } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { certificateOf, isClockSkewed, statusText } from "./agent-status.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.agents
const label = strings.columns
const amber = (text: string, hint = "") =>
  html`<span title=${hint} class="text-warn">${text}</span>`

export const certificate = (agent: Agent) => {
  const found = certificateOf(agent, nowMs())
  return found === null ? t.terms.none : found.bad ? amber(found.text) : html`${found.text}`
}

export const buffer = (agent: Agent) => {
  if (agent.bufferBatches === null) return t.terms.none
  if (agent.bufferBatches === 0) return strings.empty
  const age =
    agent.oldestBufferedAtMs === null
      ? ""
      : `, ${strings.oldest(duration(nowMs() - agent.oldestBufferedAtMs))}`
  const text = strings.batches(agent.bufferBatches) + age
  // One or two batches are always in transit.
  return agent.bufferBatches > 5 ? amber(text) : text
}

export const clock = (agent: Agent) => {
  if (agent.clockSkewMs === null) return t.terms.none
  const text = strings.skew(agent.clockSkewMs)
  return isClockSkewed(agent) ? amber(text) : text
}

export const capabilities = (agent: Agent) => {
  if (agent.icmp === null) return t.terms.none
  return html`${agent.icmp ? strings.icmp : amber(strings.noIcmp, strings.noIcmpHint)} ·
  ${agent.syslogPort === null ? strings.noSyslog : strings.syslog(agent.syslogPort)}${agent.notes.length === 0 ? nothing : html` · ${amber(strings.notesCount(agent.notes.length), agent.notes.map(messageText).join("\n"))}`}`
}

export const state = (agent: Agent) =>
  html`<ispvm-status status=${agent.status} word=${statusText(agent)}></ispvm-status>`

/** Values that an agent reports about itself are as old as its last heartbeat. */
const agedByHeartbeat = (agent: Agent, value: TemplateResult) =>
  agedQuietly(value, agent.lastSeenAtMs, INTERVAL_MS.heartbeat)

/** Of the agent's package; null: it cannot be updated from here. */
export const update = ({ update: found }: Agent) => {
  if (found === null) return null
  const { state: how, version, reason } = found
  const { states, reasons, stopped } = t.agents.update
  if (reason === null) return html`<span>${states[how](version)}</span>`
  return html`<span class="text-warn">${states[how](version)}</span>
    <div>${reasons[reason] ?? reasons.other}</div>
    <div class="caption">${stopped}</div>`
}

export const agentColumns: readonly TableColumn<Agent>[] = [
  { key: "state", label: label.state, width: "132px", card: "mark", cell: state, sort: statusText },
  {
    key: "name",
    label: label.name,
    width: "minmax(140px, 1.4fr)",
    card: "title",
    cell: (agent) => agent.name,
    sort: (agent) => agent.name,
  },
  {
    key: "seen",
    label: label.seen,
    width: "112px",
    card: "value",
    cell: (agent) =>
      agedByHeartbeat(agent, html`<ispvm-time at=${agent.lastSeenAtMs ?? nothing}></ispvm-time>`),
    sort: (agent) => agent.lastSeenAtMs,
  },
  {
    key: "version",
    label: label.version,
    width: "84px",
    card: "value",
    cell: (agent) =>
      html`<span class=${agent.update?.state === "failed" ? "text-warn" : ""}>${agent.version ?? t.terms.none}</span>`,
    sort: (agent) => agent.version,
  },
  {
    key: "certificate",
    label: label.certificate,
    width: "112px",
    card: "value",
    cell: certificate,
    sort: (agent) => agent.certificateExpiresAtMs,
  },
  {
    key: "buffer",
    label: label.buffer,
    width: "minmax(110px, 1fr)",
    card: "value",
    cell: (agent) => agedByHeartbeat(agent, html`<span>${buffer(agent)}</span>`),
    sort: (agent) => agent.bufferBatches,
  },
  {
    key: "devices",
    label: label.devices,
    width: "76px",
    card: "value",
    end: true,
    cell: (agent) => count(agent.devices),
    sort: (agent) => agent.devices,
  },
  {
    key: "skew",
    label: label.skew,
    width: "96px",
    card: "value",
    cell: (agent) => agedByHeartbeat(agent, html`<span>${clock(agent)}</span>`),
    sort: (agent) => agent.clockSkewMs,
  },
  { key: "can", label: label.can, width: "minmax(150px, 1.2fr)", card: "wide", cell: capabilities },
]
