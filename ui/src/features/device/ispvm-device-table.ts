import type { TableAnswer, TableName } from "@ispvm/appliance/api/tables"
import { html, LitElement, nothing, type TemplateResult } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { bitRate, byteSize, count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { tableHeight } from "./device-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-table.ts"
import "../../components/ispvm-time.ts"

const strings = t.tables
const PAGE_ROWS = 500
const MAX_ROWS = 20_000
const REFRESH_MS = 30_000

type Item = TableAnswer["items"][number]
type Column = TableAnswer["columns"][number]
/** A row with its own id for the table. */
type Row = Item & { readonly id: string }

const cellText = ({ name, type, unit }: Column, { values }: Item): TemplateResult | string => {
  const value = values[name]
  if (value === undefined) return ""
  if (type === "time" && typeof value === "number")
    return html`<ispvm-time at=${value}></ispvm-time>`
  if (typeof value === "boolean") return value ? strings.yes : ""
  if (typeof value !== "number") return value
  if (unit === "bit/s") return bitRate(value)
  if (unit === "byte") return byteSize(value)
  return unit === null ? String(value) : `${value} ${unit}`
}

const dataColumn = (column: Column, index: number): TableColumn<Row> => ({
  key: column.name,
  label: strings.columns[column.name] ?? column.title,
  width: index < 2 ? "minmax(140px, 1.4fr)" : "minmax(110px, 1fr)",
  card: index === 0 ? "title" : "value",
  cell: (row) => cellText(column, row),
  sort: (row) => {
    const value = row.values[column.name]
    return typeof value === "boolean" ? Number(value) : (value ?? null)
  },
})
const changedColumn: TableColumn<Row> = {
  key: "changed",
  label: strings.changed,
  width: "120px",
  card: "value",
  cell: (row) =>
    html`${row.goneAtMs === null ? nothing : `${strings.gone} `}<ispvm-time at=${row.goneAtMs ?? row.changedAtMs}></ispvm-time>`,
  sort: (row) => row.goneAtMs ?? row.changedAtMs,
}
/** Columns that no row has a value of are left out. */
const columnsOf = ({ columns, items }: TableAnswer): readonly TableColumn<Row>[] => [
  ...columns
    .filter(({ name }) => items.some(({ values }) => values[name] !== undefined))
    .map(dataColumn),
  changedColumn,
]

/** A table of a device, such as its neighbours or sessions: searched, with source and age. */
@customElement("ispvm-device-table")
export class IspvmDeviceTable extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() device = ""
  @property() table: TableName = "neighbours"
  @state() private search = ""
  @state() private sort = ""
  @state() private wanted = PAGE_ROWS
  readonly #answer = new RequestController(this, {
    key: () =>
      this.deps === null || this.device === ""
        ? null
        : ([this.device, this.table, this.search, this.wanted] as const),
    load: ([device, table, search, wanted]) => this.#load(device, table, search, wanted),
    keepsValue: ([device, table], [isDevice, isTable]) => device === isDevice && table === isTable,
    everyMs: REFRESH_MS,
  })

  static override styles = [shared, tableHeight]

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("table") || changed.has("device")) {
      this.search = ""
      this.wanted = PAGE_ROWS
    }
  }

  override render() {
    return html`<div class="cluster pad-row">
        <ispvm-field bare type="search" label=${strings.search} placeholder=${strings.search} .value=${this.search} @change-value=${(event: CustomEvent<string>) => this.#find(event.detail)}></ispvm-field>
        ${this.#answer.value === undefined ? nothing : this.#sources(this.#answer.value)}
      </div>
      ${this.#answer.render({
        loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#answer.reload}></ispvm-failed>`,
        ready: (answer) => this.#rows(answer),
      })}`
  }

  #find(text: string): void {
    this.search = text.trim()
    this.wanted = PAGE_ROWS
  }

  /** Pages are joined: the table is virtual, and sorts what is loaded. */
  async #load(
    device: string,
    table: TableName,
    search: string,
    wanted: number,
  ): Promise<TableAnswer> {
    const { api } = this.deps ?? {}
    if (api === undefined) throw new Error("no connection")
    const query = { ...(search === "" ? {} : { search }), limit: PAGE_ROWS }
    const first = await api.deviceTable(device, table, query)
    const items = [...first.items]
    let { next } = first
    while (next !== null && items.length < Math.min(wanted, MAX_ROWS)) {
      const page = await api.deviceTable(device, table, { ...query, cursor: next })
      items.push(...page.items)
      next = page.next
    }
    return { ...first, items, next }
  }

  #sources({ items, sources }: TableAnswer) {
    const all = sources.reduce((sum, { stored }) => sum + stored, 0)
    return html`<span class="caption">${strings.rows(count(items.length), count(all))}</span>
      ${sources.map(
        ({ source, atMs, differsSinceMs }) =>
          html`<span class="caption">${strings.asOf(t.terms.source(source))} <ispvm-time at=${atMs}></ispvm-time>${differsSinceMs === null ? nothing : html` ${strings.incomplete}`}</span>`,
      )}`
  }

  #rows(answer: TableAnswer) {
    if (answer.items.length === 0)
      return html`<ispvm-empty icon="search" heading=${strings.emptyTitle} text=${this.search === "" ? strings.emptyText : strings.nothingFound}></ispvm-empty>`
    const rows = answer.items.map((item): Row => ({ ...item, id: `${item.source} ${item.key}` }))
    return html`<div class="ports" style="--rows:${Math.min(rows.length, 20)}">
        <ispvm-table
          label=${strings.tabs[this.table] ?? answer.title}
          min-width="900"
          .columns=${columnsOf(answer)}
          .rows=${rows}
          sort=${this.sort}
          @sort-rows=${(event: CustomEvent<string>) => {
            this.sort = event.detail
          }}
        ></ispvm-table>
      </div>
      ${answer.next === null ? nothing : html`<div class="cluster pad-row"><ispvm-button kind="quiet" ?busy=${this.#answer.isPending} @click=${() => (this.wanted += PAGE_ROWS)}>${strings.more}</ispvm-button></div>`}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-table": IspvmDeviceTable
  }
}
