import type { AgentDevice } from "@ispvm/appliance/api/leases"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { figure } from "../../components/figure.ts"
import { nowMs } from "../../components/now.ts"
import { duration } from "../../i18n/format/time.ts"
import { byteSize, count, share } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { RequestController } from "../../state/request.ts"
import { figureStyles } from "../../theme/figures.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { tableHeight } from "../device/device-styles.ts"
import { deviceColumns } from "./device-columns.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "../../components/ispvm-table.ts"

const strings = pageTexts.agentPage.devices
const REFRESH_MS = 5_000
const MAX_ROWS = 14

/** What an agent reads and probes, since when, by which method, and how busy it is. */
@customElement("ispvm-agent-devices")
export class IspvmAgentDevices extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() agent = ""
  @state() private sort = "role"
  readonly #devices = new RequestController(this, {
    key: () => (this.deps === null || this.agent === "" ? null : ([this.agent] as const)),
    load: async ([id]) => {
      if (this.deps === null) throw new Error("no connection")
      const [devices, { items }] = await Promise.all([
        this.deps.api.agentDevices(id),
        this.deps.api.agents(),
      ])
      const agent = items.find((each) => each.id === id)
      return { devices: devices.items, agent }
    },
    everyMs: REFRESH_MS,
  })

  static override styles = [shared, stackHost, panel, figureStyles, tableHeight]

  override render() {
    return html`<section class="panel" aria-labelledby="devices">
      <header><h2 id="devices">${strings.title}</h2></header>
      ${this.#devices.render({
        loading: () => html`<div class="pad"><ispvm-skeleton lines="8"></ispvm-skeleton></div>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#devices.reload}></ispvm-failed>`,
        ready: ({ devices, agent }) =>
          html`${this.#stale()}${this.#figures(devices, agent)}${this.#table(devices)}`,
      })}
    </section>`
  }

  #stale() {
    const { state: now } = this.#devices
    return now.phase === "stale"
      ? html`<ispvm-stale .at=${now.atMs} why=${now.error.message} @retry=${this.#devices.reload}></ispvm-stale>`
      : nothing
  }

  #table(devices: readonly AgentDevice[]) {
    if (devices.length === 0)
      return html`<ispvm-empty icon="router" heading=${strings.empty} text=${strings.emptyText}></ispvm-empty>`
    return html`<div class="ports" style="--rows:${Math.min(devices.length, MAX_ROWS)}">
      <ispvm-table
        keys
        label=${strings.label}
        min-width="980"
        .columns=${deviceColumns}
        .rows=${devices}
        sort=${this.sort}
        @sort-rows=${(event: CustomEvent<string>) => {
          this.sort = event.detail
        }}
      ></ispvm-table>
    </div>`
  }

  #figures(devices: readonly AgentDevice[], agent: Backlog | undefined) {
    const { figures } = strings
    const read = devices.filter(({ role }) => role === "reads")
    const sum = (of: (cost: NonNullable<AgentDevice["cost"]>) => number) =>
      read.reduce((total, { cost }) => total + (cost === null ? 0 : of(cost)), 0)
    const oldest = agent?.oldestBufferedAtMs ?? null
    const lag = oldest === null ? figures.noLag : duration(Math.max(0, nowMs() - oldest))
    return html`<dl class="figures" style="--columns:5">
      ${figure(figures.reads, count(read.length), figures.readsText(count(devices.length - read.length)))}
      ${figure(figures.busy, share(sum(({ busyShare }) => busyShare)), figures.busyText)}
      ${figure(figures.received, byteSize(sum(({ bytesPerDay }) => bytesPerDay)), figures.receivedText)}
      ${figure(figures.backlog, count(agent?.bufferBatches ?? 0), figures.backlogText)}
      ${figure(figures.lag, lag, figures.lagText)}
    </dl>`
  }
}
type Backlog = {
  readonly bufferBatches: number | null
  readonly oldestBufferedAtMs: number | null
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-agent-devices": IspvmAgentDevices
  }
}
