/** The agents' table. Colour and words are spent on what wants somebody. */
import type { Agent } from "@ispvm/appliance/api/agents"
import { html, nothing, type TemplateResult } from "lit"
import { duration } from "../../format/time.ts"
import { count } from "../../format/units.ts"
import { agedQuietly } from "../../parts/aged.ts"
import { nowMs } from "../../parts/now.ts"
import type { TableColumn } from "../../parts/table-model.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { t } from "../../strings/strings.ts"
import { certificateOf, isOffBeat, wordOf } from "./agent-look.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"

const words = t.agents
const label = words.columns
const amber = (text: string, hint = "") => html`<span title=${hint} style="color:var(--status-degraded-text)">${text}</span>`

export const certificate = (agent: Agent) => {
  const found = certificateOf(agent, nowMs())
  return found === null ? t.terms.none : found.bad ? amber(found.text) : html`${found.text}`
}

export const buffer = (agent: Agent) => {
  if (agent.bufferBatches === null) return t.terms.none
  if (agent.bufferBatches === 0) return words.empty
  const age = agent.oldestBufferedAtMs === null ? "" : `, ${words.oldest(duration(nowMs() - agent.oldestBufferedAtMs))}`
  const text = words.batches(agent.bufferBatches) + age
  // A batch or two are always on their way.
  return agent.bufferBatches > 5 ? amber(text) : text
}

export const clock = (agent: Agent) => {
  if (agent.clockSkewMs === null) return t.terms.none
  const text = words.skew(agent.clockSkewMs)
  return isOffBeat(agent) ? amber(text) : text
}

export const abilities = (agent: Agent) => {
  if (agent.icmp === null) return t.terms.none
  return html`${agent.icmp ? words.icmp : amber(words.noIcmp, words.noIcmpHint)} ·
  ${agent.syslogPort === null ? words.noSyslog : words.syslog(agent.syslogPort)}${agent.notes.length === 0 ? nothing : html` · ${amber(`${agent.notes.length} ${agent.notes.length === 1 ? "note" : "notes"}`, agent.notes.join("\n"))}`}`
}

export const state = (agent: Agent) => html`<ispvm-status status=${agent.status} word=${wordOf(agent)}></ispvm-status>`

/** What an agent told of itself is as old as its last heartbeat. */
const heard = (agent: Agent, value: TemplateResult) => agedQuietly(value, agent.lastSeenAtMs, INTERVAL_MS.heartbeat)

export const agentColumns: readonly TableColumn<Agent>[] = [
  { key: "state", label: label.state, width: "132px", card: "mark", cell: state, sort: wordOf },
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
    cell: (agent) => heard(agent, html`<ispvm-time at=${agent.lastSeenAtMs ?? nothing}></ispvm-time>`),
    sort: (agent) => agent.lastSeenAtMs,
  },
  {
    key: "version",
    label: label.version,
    width: "84px",
    card: "value",
    cell: (agent) => agent.version ?? t.terms.none,
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
    cell: (agent) => heard(agent, html`<span>${buffer(agent)}</span>`),
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
    cell: (agent) => heard(agent, html`<span>${clock(agent)}</span>`),
    sort: (agent) => agent.clockSkewMs,
  },
  { key: "can", label: label.can, width: "minmax(150px, 1.2fr)", card: "wide", cell: abilities },
]
