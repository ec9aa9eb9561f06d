import type { Device } from "@ispvm/appliance/api/inventory"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { figure } from "../../components/figure.ts"
import { byteSize, count, share } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { figureStyles } from "../../theme/figures.ts"
import { shared } from "../../theme/shared.ts"
import { type CollectorRow, collectionColumns, collectorRow, costOf } from "./collection-columns.ts"
import { headlineText, tableHeight } from "./device-styles.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-time.ts"
import "./ispvm-collection-profile.ts"
import "./ispvm-group-intervals.ts"

const strings = t.tables.collection
const REFRESH_MS = 15_000

/** What the agent reads of a device, how often, what it costs, and what it cannot read. */
@customElement("ispvm-device-collection")
export class IspvmDeviceCollection extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) query = new URLSearchParams()
  readonly #answer = new RequestController(this, {
    key: () => (this.deps === null || this.device === null ? null : ([this.device.id] as const)),
    load: async ([id]) => {
      const { api } = this.deps ?? {}
      if (api === undefined) throw new Error("no connection")
      const { items, sources } = await api.deviceTable(id, "collection", { limit: 500 })
      return { rows: items.map(collectorRow), atMs: sources[0]?.atMs ?? null }
    },
    everyMs: REFRESH_MS,
  })

  static override styles = [shared, figureStyles, tableHeight, headlineText]

  override render() {
    return this.#answer.render({
      loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${t.tables.failed} why=${error.message} @retry=${this.#answer.reload}></ispvm-failed>`,
      ready: ({ rows, atMs }) => (rows.length === 0 ? this.#empty() : this.#report(rows, atMs)),
    })
  }

  #empty() {
    const hasAgent = this.device?.agentId != null
    return html`<ispvm-empty icon="activity" heading=${strings.empty} text=${hasAgent ? strings.emptyText : strings.noAgent}></ispvm-empty>`
  }

  #report(all: readonly CollectorRow[], atMs: number | null) {
    const hidesOff = this.query.get("off") !== "1"
    const rows = hidesOff ? all.filter(({ state }) => state !== "off") : all
    return html`<div class="headline pad-row">
        <p class="caption">${strings.intro}${atMs === null ? nothing : html` ${t.tables.asOf(t.pages.device.agent)} <ispvm-time at=${atMs}></ispvm-time>`}</p>
        <ispvm-chip ?active=${hidesOff} .count=${all.filter(({ state }) => state === "off").length} @click=${() => emit(this, "change-query", { off: hidesOff ? "1" : "" })}>${strings.hideOff}</ispvm-chip>
      </div>
      <ispvm-collection-profile .deps=${this.deps} .device=${this.device}></ispvm-collection-profile>
      <ispvm-group-intervals .deps=${this.deps} .device=${this.device} .rows=${all}></ispvm-group-intervals>
      ${this.#figures(all)}
      <div class="ports" style="--rows:${Math.min(rows.length, 24)}">
        <ispvm-table
          keys
          label=${t.tables.groups.collection ?? ""}
          min-width="1080"
          .columns=${collectionColumns}
          .rows=${rows}
          sort=${this.query.get("sort") ?? "state"}
          @sort-rows=${(event: CustomEvent<string>) => emit(this, "change-query", { sort: event.detail })}
        ></ispvm-table>
      </div>`
  }

  #figures(rows: readonly CollectorRow[]) {
    const { busyShare, bytesPerDay } = costOf(rows)
    const of = (has: (row: CollectorRow) => boolean) => count(rows.filter(has).length)
    return html`<dl class="figures" style="--columns:4">
      ${figure(strings.busy, share(busyShare), strings.busyText(share(busyShare)))}
      ${figure(strings.traffic, byteSize(bytesPerDay), strings.perDay(byteSize(bytesPerDay)))}
      ${figure(
        strings.slow,
        of(({ slowedMs }) => slowedMs !== null),
        strings.slowedWhy,
      )}
      ${figure(
        strings.missing,
        of(({ missing, forbidden }) => missing !== "" || forbidden !== ""),
        strings.missingWhy,
      )}
    </dl>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-collection": IspvmDeviceCollection
  }
}
