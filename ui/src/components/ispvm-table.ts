import { virtualize } from "@lit-labs/virtualizer/virtualize.js"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import { isTyping } from "./keys.ts"
import type { TableColumn } from "./table-model.ts"
import { cardFact, checkAllBox, checkBox, isOwnTarget } from "./table-parts.ts"
import { createTableState, type TableRow } from "./table-state.ts"
import { tableStyles } from "./table-styles.ts"
import "./ispvm-icon.ts"

type Row = TableRow
const NONE_HIDDEN: ReadonlySet<string> = new Set()

/**
 * A virtual table: only rows in view exist. Emits `pick-row` with the id of the row and `sort-rows`
 * with the new order. With `keys`, j and k move and Enter opens. Narrow screens show cards. With
 * `selectable`, rows have a check box, and `select-rows` has the selection, also of rows that are
 * filtered out. What `detailOf` returns stands below its row.
 */
@customElement("ispvm-table")
export class IspvmTable extends LitElement {
  @property() label = ""
  @property({ attribute: false }) columns: readonly TableColumn<never>[] = []
  @property({ attribute: false }) rows: readonly Row[] = []
  @property() sort = ""
  @property() active = ""
  @property({ type: Boolean }) keys = false
  @property({ type: Boolean }) selectable = false
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set()
  /** Keys of the hidden columns. */
  @property({ attribute: false }) hiddenColumns: ReadonlySet<string> = NONE_HIDDEN
  /** Rows have more than one line. */
  @property({ type: Boolean, reflect: true }) tall = false
  /** What stands below a row; null: nothing. */
  @property({ attribute: false }) detailOf: ((row: never) => unknown) | null = null
  /** Minimum width before the table scrolls sideways. */
  @property({ type: Number, attribute: "min-width" }) minWidth = 0
  @state() private narrow = matchMedia("(max-width: 640px)").matches
  @query(".body") private body: HTMLElement | null | undefined
  readonly #table = createTableState<Row>()
  #sorted: readonly Row[] = []
  readonly #media = matchMedia("(max-width: 640px)")

  static override styles = [shared, tableStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#media.addEventListener("change", this.#onMedia)
    globalThis.addEventListener("keydown", this.#onKey)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#media.removeEventListener("change", this.#onMedia)
    globalThis.removeEventListener("keydown", this.#onKey)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("selected")) this.#table.select(this.selected)
    if (
      changed.has("rows") ||
      changed.has("sort") ||
      changed.has("columns") ||
      changed.has("hiddenColumns")
    ) {
      this.#table.update({
        rows: this.rows,
        columns: this.#all(),
        sort: this.sort,
        hidden: this.hiddenColumns,
      })
      this.#sorted = this.#table.rows()
    }
  }

  override render() {
    return this.narrow ? this.#cards() : this.#grid()
  }

  /** Column functions get their own row type; the table itself only knows that a row has an id. */
  #all(): readonly TableColumn<Row>[] {
    return this.columns as unknown as readonly TableColumn<Row>[]
  }

  #grid() {
    const columns = this.#table.columns()
    const tracks = [...(this.selectable ? ["20px"] : []), ...columns.map(({ width }) => width)]
    return html`<div class="sideways">
      <div class="grid" role="table" aria-label=${this.label} aria-rowcount=${this.#sorted.length + 1} style="--tracks:${tracks.join(" ")};min-inline-size:${this.minWidth}px">
        <div class="head" role="rowgroup">
          <div class="row" role="row">${this.#checkAll()}${columns.map((column) => this.#heading(column))}</div>
        </div>
        <div class="body inset-focus" role="rowgroup" tabindex="0">${this.#list((row, index) => this.#row(row, index))}</div>
      </div>
    </div>`
  }

  #heading(column: TableColumn<Row>) {
    const up = this.sort === column.key
    const down = this.sort === `-${column.key}`
    const order = up ? "ascending" : down ? "descending" : "none"
    if (column.sort === undefined)
      return html`<div role="columnheader" class=${column.end === true ? "end" : ""}>${column.label}</div>`
    return html`<div role="columnheader" aria-sort=${order} class=${column.end === true ? "end" : ""}>
      <button class="hover-text ${up || down ? "plain" : ""}" type="button" title=${t.components.sortBy(column.hint ?? column.label)} @click=${() => emit(this, "sort-rows", up ? `-${column.key}` : column.key)}>
        ${column.label}${up || down ? html`<ispvm-icon name=${up ? "arrow-up" : "arrow-down"} size="12"></ispvm-icon>` : nothing}
      </button>
    </div>`
  }

  #checkAll() {
    if (!this.selectable) return nothing
    const onChange = () => this.#select(() => this.#table.toggleAll())
    return html`<div role="columnheader">${checkAllBox(this.#table, onChange)}</div>`
  }
  #check(row: Row) {
    return this.selectable ? html`<div role="cell">${this.#box(row)}</div>` : nothing
  }
  #box(row: Row) {
    if (!this.selectable) return nothing
    return checkBox(this.#table, row, () => this.#select(() => this.#table.toggle(row.id)))
  }
  #select(change: () => void): void {
    change()
    this.selected = this.#table.chosenIds()
    emit(this, "select-rows", this.selected)
  }

  #list(draw: (row: Row, index: number) => ReturnType<typeof html>) {
    return virtualize({
      items: [...this.#sorted],
      renderItem: draw,
      keyFunction: (row: Row) => row.id,
      scroller: true,
    })
  }

  #row(row: Row, index: number) {
    const cells = html`<div
      class="row hover-soft ${row.id === this.active ? "active" : ""}"
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${row.id === this.active ? "true" : nothing}
      @click=${(event: Event) => this.#pick(event, row)}
    >
      ${this.#check(row)}${this.#table.columns().map((column) => html`<div role="cell" class=${column.end === true ? "end" : ""}>${column.cell(row)}</div>`)}
    </div>`
    const detail = this.#detail(row)
    return detail === null
      ? cells
      : html`<div class="fluid">${cells}<div class="detail pad-small" role="row"><div role="cell">${detail}</div></div></div>`
  }
  #cardDetail(row: Row) {
    const detail = this.#detail(row)
    return detail === null ? nothing : html`<div class="detail">${detail}</div>`
  }
  #detail(row: Row): unknown {
    return (this.detailOf as ((row: Row) => unknown) | null)?.(row) ?? null
  }

  #cards() {
    return html`<div class="body cards pad-block inset-focus" role="list" aria-label=${this.label} tabindex="0">${this.#list((row) => this.#card(row))}</div>`
  }

  #card(row: Row) {
    const columns = this.#table.columns()
    const of = (card: TableColumn<Row>["card"]) => columns.filter((column) => column.card === card)
    return html`<div class="card-place" role="listitem">
      <div class="card ${row.id === this.active ? "active" : ""}" @click=${(event: Event) => this.#pick(event, row)}>
        <div class="card-head">${this.#box(row)}${of("title").map((column) => html`<span class="grow wrap">${column.cell(row)}</span>`)}${of("mark").map((column) => column.cell(row))}</div>
        <dl>${columns.map((column) => cardFact(column, row))}</dl>
        ${this.#cardDetail(row)}
      </div>
    </div>`
  }

  /** A card also holds what stands below a row, which is not the row. */
  #pick(event: Event, row: Row): void {
    const isBelow = event.target instanceof Element && event.target.closest(".detail") !== null
    if (!isBelow && !isOwnTarget(event)) emit(this, "pick-row", row.id)
  }

  readonly #onMedia = (event: MediaQueryListEvent): void => {
    this.narrow = event.matches
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (!this.keys || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0
    if (step === 0 || this.#sorted.length === 0) return
    const at = this.#sorted.findIndex((row) => row.id === this.active)
    const next = this.#sorted[Math.min(this.#sorted.length - 1, Math.max(0, at + step))]
    if (next === undefined) return
    event.preventDefault()
    this.#reveal(this.#sorted.indexOf(next))
    emit(this, "pick-row", next.id)
  }

  /** All rows have the same height, so the position of a row outside the window is calculated. */
  #reveal(index: number): void {
    const body = this.body
    const height = body?.querySelector<HTMLElement>('[role="row"]')?.offsetHeight
    if (!body || height === undefined) return
    if (index * height < body.scrollTop) body.scrollTop = index * height
    if ((index + 1) * height > body.scrollTop + body.clientHeight)
      body.scrollTop = (index + 1) * height - body.clientHeight
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-table": IspvmTable
  }
}
