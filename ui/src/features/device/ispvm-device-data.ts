import type { Device, Interface } from "@ispvm/appliance/api/inventory"
import type { TableRow } from "@ispvm/appliance/api/tables"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import type { ChartRange } from "../../components/chart-model.ts"
import { emit } from "../../components/emit.ts"
import { saveFile } from "../../components/save-file.ts"
import { count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { columnsOf, linksOf } from "./data-cells.ts"
import { type DataAnswer, dataCsv, loadPart, MAX_ROWS, PAGE_ROWS } from "./device-rows.ts"
import { tableHeight } from "./device-styles.ts"
import {
  type Collected,
  type DataTab,
  hasPart,
  partOf,
  rowsOf,
  type TabPart,
} from "./device-tabs.ts"
import { drawTabCharts, loadTabCharts } from "./tab-charts.ts"
import { type WhyEmpty, whyEmpty } from "./why-empty.ts"
import "../../components/ispvm-age.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-stale.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-time.ts"

const strings = t.tables
const REFRESH_MS = 30_000
const CHARTS_EVERY_MS = 120_000
/** An agent reports a table that does not change this often. */
const REPORT_EVERY_MS = 600_000
const VALUES_EVERY_MS = 60_000
const TYPING_MS = 250

export type QueryChange = Readonly<Record<string, string>>

/**
 * A tab of what is collected of a device: charts, and its tables and latest values one at a time,
 * with source and age, searched, sorted, and as CSV. What is shown is in the address: emits
 * `change-query` with the parts of it that change.
 */
@customElement("ispvm-device-data")
export class IspvmDeviceData extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  @property({ attribute: false }) tab: DataTab | null = null
  @property({ attribute: false }) collected: Collected = { tables: [], families: [] }
  @property({ attribute: false }) ports: readonly Interface[] = []
  @property({ attribute: false }) span: ChartRange = { fromMs: 0, toMs: 0 }
  /** Changes only when the person chooses another range. */
  @property({ attribute: "span-key" }) spanKey = ""
  @property({ attribute: false }) query = new URLSearchParams()
  @state() private wanted = PAGE_ROWS
  @state() private active = ""
  #shown = ""
  #typing: ReturnType<typeof setTimeout> | undefined
  readonly #answer = new RequestController(this, {
    key: () => {
      const part = this.#part
      return this.deps === null || this.device === null || part === undefined
        ? null
        : ([this.device.id, part.key, this.#search, this.wanted, this.#withGone] as const)
    },
    load: () => this.#load(this.wanted),
    keepsValue: ([device, part], [isDevice, isPart]) => device === isDevice && part === isPart,
    everyMs: REFRESH_MS,
  })
  readonly #collectors = new RequestController(this, {
    key: () => (this.deps === null || this.device === null ? null : ([this.device.id] as const)),
    load: async ([id]): Promise<readonly TableRow[]> =>
      (await this.deps?.api.deviceTable(id, "collection", { limit: 200 }))?.items ?? [],
    everyMs: CHARTS_EVERY_MS,
  })
  readonly #charts = new RequestController(this, {
    key: () =>
      this.deps === null || this.device === null || this.tab === null
        ? null
        : ([this.device.id, this.tab.key, this.spanKey, this.collected.families.length] as const),
    load: ([device]) => {
      const { api } = this.deps ?? {}
      if (api === undefined || this.tab === null) return Promise.resolve([])
      const { span, ports } = this
      return loadTabCharts(api, device, this.tab, { ...this.collected, ports, span })
    },
    keepsValue: ([device, tab], [isDevice, isTab]) => device === isDevice && tab === isTab,
    everyMs: CHARTS_EVERY_MS,
  })

  static override styles = [
    shared,
    tableHeight,
    css`
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--size-90)), 1fr));
        border-block-end: var(--line);
      }
      .charts:empty {
        display: none;
      }
      .parts {
        display: flex;
        gap: var(--space-2);
        flex-wrap: wrap;
        padding: var(--space-3) var(--space-4) 0;
      }
      .headline ispvm-field {
        flex: 0 1 var(--size-48);
      }
    `,
  ]

  /** The device is another object with each value of the live stream. */
  override willUpdate(): void {
    const shown = `${this.device?.id} ${this.#part?.key}`
    if (shown === this.#shown) return
    this.#shown = shown
    this.wanted = PAGE_ROWS
    this.active = ""
  }

  get #part(): TabPart | undefined {
    return this.tab === null
      ? undefined
      : partOf(this.tab, this.query.get("part") ?? "", this.collected)
  }
  get #search(): string {
    return this.query.get("q") ?? ""
  }
  get #withGone(): boolean {
    return this.query.get("gone") === "1"
  }

  override render() {
    const part = this.#part
    if (part === undefined || this.tab === null) return nothing
    const charts = this.#charts.value ?? []
    return html`${charts.length === 0 ? nothing : drawTabCharts(charts, this.span)}
      ${this.#parts(this.tab, part)}
      <div class="headline pad-row">
        <ispvm-field bare type="search" label=${strings.search} placeholder=${strings.search} .value=${this.#search} @change-value=${(event: CustomEvent<string>) => this.#find(event.detail)}></ispvm-field>
        ${this.#answer.value === undefined ? nothing : this.#facts(this.#answer.value, part)}
      </div>
      ${this.#answer.state.phase === "stale" ? html`<div class="pad-row"><ispvm-stale at=${this.#answer.atMs} why=${this.#answer.state.error.message} @retry=${this.#answer.reload}></ispvm-stale></div>` : nothing}
      ${this.#answer.render({
        loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#answer.reload}></ispvm-failed>`,
        ready: (answer) => this.#rows(answer, part),
      })}`
  }

  /** Tables without rows are there as well, so that each says why it is empty. */
  #parts({ parts }: DataTab, active: TabPart) {
    return html`<div class="parts" role="group" aria-label=${strings.parts}>
      ${parts.map((part) => {
        const rows = part.kind === "table" ? rowsOf(this.collected, part.table) : 0
        return html`<ispvm-chip
          ?hollow=${!hasPart(this.collected, part)}
          ?active=${part.key === active.key}
          .count=${rows === 0 ? null : rows}
          @click=${() => this.#change({ part: part.key, q: "", row: "", sort: "" })}
          >${partLabel(part)}</ispvm-chip
        >`
      })}
    </div>`
  }

  #facts({ rows, total, sources, kind }: DataAnswer, part: TabPart) {
    const everyMs = Math.max(REPORT_EVERY_MS, this.#everyMs(part))
    return html`<span class="caption">${strings.rows(count(rows.length), count(total))}</span>
      ${sources.map(
        ({ source, atMs, differsSinceMs }) =>
          html`<ispvm-age class="caption" at=${atMs} interval=${everyMs}>${strings.asOf(t.terms.source(source))} <ispvm-time at=${atMs}></ispvm-time></ispvm-age>${differsSinceMs === null ? nothing : html`<span class="caption">${strings.incomplete}</span>`}`,
      )}
      <span class="push-end cluster">
        ${kind === "table" ? html`<ispvm-chip ?active=${this.#withGone} @click=${() => this.#change({ gone: this.#withGone ? "" : "1" })}>${strings.showGone}</ispvm-chip>` : nothing}
        <ispvm-button kind="quiet" icon="download" @click=${() => void this.#export(part)}>${strings.csv}</ispvm-button>
      </span>`
  }

  #rows(answer: DataAnswer, part: TabPart) {
    if (answer.rows.length === 0)
      return this.#search === ""
        ? this.#empty(part)
        : html`<ispvm-empty icon="search" heading=${strings.emptyTitle} text=${strings.nothingFound}></ispvm-empty>`
    const links = linksOf(
      this.device?.id ?? "",
      this.ports.map(({ name }) => name),
      this.deps?.fleet.value.devices ?? new Map(),
    )
    const columns = columnsOf(answer, links, this.#everyMs(part))
    return html`<div class="ports" style="--rows:${Math.min(answer.rows.length, 20)}">
        <ispvm-table
          keys
          label=${partLabel(part)}
          min-width=${Math.max(700, columns.length * 115)}
          .columns=${columns}
          .rows=${answer.rows}
          active=${this.#activeRow(answer)}
          sort=${this.query.get("sort") ?? ""}
          @pick-row=${(event: CustomEvent<string>) => {
            this.active = event.detail
          }}
          @sort-rows=${(event: CustomEvent<string>) => this.#sort(event.detail, answer)}
        ></ispvm-table>
      </div>
      ${answer.hasMore ? this.#more() : nothing}`
  }

  #more() {
    const load = (wanted: number) => () => {
      this.wanted = wanted
    }
    return html`<div class="cluster pad-row">
      <ispvm-button kind="quiet" ?busy=${this.#answer.isPending} @click=${load(this.wanted + PAGE_ROWS)}>${strings.more}</ispvm-button>
      <ispvm-button kind="quiet" @click=${load(MAX_ROWS)}>${strings.loadAll}</ispvm-button>
    </div>`
  }

  /** The row that a link names, until another one is chosen. */
  #activeRow({ rows }: DataAnswer): string {
    if (this.active !== "") return this.active
    const key = this.query.get("row")
    return key === null ? "" : (rows.find((row) => row.key === key)?.id ?? "")
  }

  #empty(part: TabPart) {
    const why = this.#whyEmpty(part)
    const { title, text } = emptyText(why, partLabel(part))
    return html`<ispvm-empty icon=${why.kind === "failed" || why.kind === "forbidden" ? "triangle-alert" : "circle-dashed"} heading=${title} text=${text}>
      ${why.kind === "off" ? html`<ispvm-button href=${paths.settings}>${strings.why.settings}</ispvm-button>` : nothing}
      ${why.kind === "not-reported" || why.kind === "no-agent" ? nothing : html`<ispvm-button kind="quiet" @click=${() => this.#change({ tab: "collection", part: "", q: "" })}>${strings.why.collection}</ispvm-button>`}
    </ispvm-empty>`
  }

  #readBy(part: TabPart): string {
    if (part.kind === "values") return part.family
    const known = this.collected.tables.find(({ table }) => table === part.table)
    return known?.readBy ?? part.table
  }
  #whyEmpty(part: TabPart): WhyEmpty {
    const collectors = this.#collectors.value ?? []
    return whyEmpty(this.device?.agentId != null, collectors, this.#readBy(part))
  }
  /** How often the part is read, as the agent does it; a minute where that is not known. */
  #everyMs(part: TabPart): number {
    const reads = this.#readBy(part)
    const every = (this.#collectors.value ?? [])
      .filter(({ values }) => String(values.collector).endsWith(`.${reads}`))
      .map(({ values }) => Number(values.slowedMs ?? values.everyMs ?? 0))
    return Math.max(VALUES_EVERY_MS, ...every)
  }

  #find(text: string): void {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => {
      this.wanted = PAGE_ROWS
      this.#change({ q: text.trim(), row: "" })
    }, TYPING_MS)
  }

  /** A sorted table is sorted as a whole, so all of it is loaded. */
  #sort(sort: string, { hasMore }: DataAnswer): void {
    if (hasMore) this.wanted = MAX_ROWS
    this.#change({ sort })
  }

  #change(change: QueryChange): void {
    emit<QueryChange>(this, "change-query", change)
  }

  #load(wanted: number): Promise<DataAnswer> {
    const [part, api] = [this.#part, this.deps?.api]
    if (part === undefined || api === undefined) throw new Error("nothing to load")
    return loadPart(api, part, this.collected.families, {
      device: this.device?.id ?? "",
      search: this.#search,
      wanted,
      withGone: this.#withGone,
    })
  }

  async #export(part: TabPart): Promise<void> {
    const answer = await this.#load(MAX_ROWS)
    saveFile(`${this.device?.name ?? ""}-${part.key}.csv`, dataCsv(answer))
  }
}

export const partLabel = (part: TabPart): string =>
  part.kind === "table"
    ? (strings.tabs[part.table] ?? part.table)
    : (strings.families[part.family] ?? part.family)

const emptyText = (why: WhyEmpty, what: string): { title: string; text: string } => {
  const { why: texts } = strings
  switch (why.kind) {
    case "failed":
      return {
        title: texts.failedTitle(what),
        text: texts.failed(strings.reasons[why.reason] ?? why.reason),
      }
    case "forbidden":
      return { title: texts.forbiddenTitle(what), text: texts.forbidden(why.menus) }
    case "missing":
      return { title: texts.missingTitle(what), text: texts.missing(why.menus) }
    case "off":
      return { title: texts.offTitle(what), text: texts.off }
    case "waiting":
      return { title: texts.waitingTitle(what), text: texts.waiting }
    case "no-agent":
      return { title: texts.noneTitle(what), text: texts.noAgent }
    case "not-reported":
      return { title: texts.noneTitle(what), text: texts.notReported }
    case "not-supported":
      return { title: texts.noneTitle(what), text: texts.notSupported }
    case "none":
      return { title: texts.noneTitle(what), text: texts.none }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-data": IspvmDeviceData
  }
}
