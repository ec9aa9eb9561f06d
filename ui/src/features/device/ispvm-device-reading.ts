import type { DeviceReading } from "@ispvm/appliance/api/leases"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.reading
const REFRESH_MS = 5_000

type Agent = DeviceReading["agents"][number]
type Capability = Agent["capabilities"][number]
type Span = DeviceReading["leases"][number] & { readonly id: string }

const fact = (label: string, value: unknown) =>
  html`<div><dt class="small">${label}</dt><dd>${value}</dd></div>`

const capability = (found: Capability | undefined) => {
  if (found === undefined) return t.terms.none
  const { works, reason, sinceMs } = found
  const text = works ? strings.works : strings.methodReason(reason ?? "failed")
  return html`<span class=${works ? "" : "text-warn"}>${text}</span> <ispvm-time since at=${sinceMs}></ispvm-time>`
}
const role = ({ isHolder, isIncoming, isOnline }: Agent): string => {
  if (!isOnline) return strings.offline
  if (isHolder) return strings.holder
  return isIncoming ? strings.incoming : strings.probes
}

const agentColumns: readonly TableColumn<Agent>[] = [
  {
    key: "name",
    label: strings.columns.agent,
    width: "minmax(140px, 1fr)",
    card: "title",
    cell: ({ name }) => name,
  },
  {
    key: "role",
    label: strings.columns.role,
    width: "minmax(160px, 1fr)",
    card: "value",
    cell: role,
  },
  ...(["routeros-api", "snmp", "icmp"] as const).map(
    (method): TableColumn<Agent> => ({
      key: method,
      label: strings.methods[method],
      width: "minmax(130px, 1fr)",
      card: "value",
      cell: ({ capabilities }) => capability(capabilities.find((one) => one.method === method)),
    }),
  ),
]
const leaseColumns: readonly TableColumn<Span>[] = [
  {
    key: "agent",
    label: strings.columns.agent,
    width: "minmax(140px, 1fr)",
    card: "title",
    cell: ({ agentName }) => agentName,
  },
  {
    key: "from",
    label: strings.columns.from,
    width: "140px",
    card: "value",
    cell: ({ fromMs }) => html`<ispvm-time at=${fromMs}></ispvm-time>`,
  },
  {
    key: "until",
    label: strings.columns.until,
    width: "140px",
    card: "value",
    cell: ({ toMs }) => (toMs === null ? strings.now : html`<ispvm-time at=${toMs}></ispvm-time>`),
  },
  {
    key: "reason",
    label: strings.columns.reason,
    width: "minmax(200px, 2fr)",
    card: "value",
    cell: ({ reason }) => strings.leaseReasons[reason],
  },
]

/** By which agent and method a device is read, since when, and why. */
@customElement("ispvm-device-reading")
export class IspvmDeviceReading extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() device = ""
  readonly #reading = new RequestController(this, {
    key: () => (this.deps === null || this.device === "" ? null : ([this.device] as const)),
    load: async ([id]) => await this.deps?.api.reading(id),
    everyMs: REFRESH_MS,
  })

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-4);
      }
    `,
  ]

  override render() {
    const reading = this.#reading.value
    if (reading !== undefined) return this.#shown(reading)
    const { state } = this.#reading
    if (state.phase !== "failed") return html`<ispvm-skeleton lines="6"></ispvm-skeleton>`
    return html`<ispvm-failed heading=${strings.failed} why=${state.error.message} @retry=${this.#reading.reload}></ispvm-failed>`
  }

  #shown({ agents, leases, order, ...now }: DeviceReading) {
    const holder = agents.find(({ isHolder }) => isHolder)
    const [lease] = leases
    const spans = leases.map((span, at) => ({ ...span, id: String(at) }))
    return html`<dl class="spread">
        ${fact(strings.method, this.#method(now))}
        ${now.methodReason === null ? nothing : fact(strings.because, html`<span class="text-warn">${strings.methodReason(now.methodReason)}</span>`)}
        ${fact(strings.order, order.map((method) => strings.methods[method]).join(" → ") || t.terms.none)}
        ${fact(strings.agent, html`${holder?.name ?? strings.noAgent} ${lease === undefined || lease.toMs !== null ? nothing : html`<ispvm-time since at=${lease.fromMs}></ispvm-time>`}`)}
        ${lease === undefined || lease.toMs !== null ? nothing : fact(strings.because, strings.leaseReasons[lease.reason])}
      </dl>
      <ispvm-table label=${strings.agents} .columns=${agentColumns} .rows=${agents}></ispvm-table>
      ${spans.length === 0 ? nothing : html`<ispvm-table label=${strings.history} .columns=${leaseColumns} .rows=${spans}></ispvm-table>`}`
  }

  #method({ method, methodSinceMs }: Pick<DeviceReading, "method" | "methodSinceMs">) {
    if (method === null) return html`<span class="text-warn">${strings.noMethod}</span>`
    return html`${strings.methods[method]} ${methodSinceMs === null ? nothing : html`<ispvm-time since at=${methodSinceMs}></ispvm-time>`}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-reading": IspvmDeviceReading
  }
}
