import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import { pagedTableStyles } from "./paged-table-styles.ts"
import type { TableColumn } from "./table-model.ts"
import { cardFact, checkAllBox, checkBox, isOwnTarget } from "./table-parts.ts"
import { createTableState, type TableRow } from "./table-state.ts"
import { tableStyles } from "./table-styles.ts"
import "./ispvm-icon.ts"

/** Rows under a heading. `note` stands in the place of the rows: there are none, or not yet. */
export type TableGroup<R extends TableRow> = {
  readonly key: string
  /** Empty: no heading. */
  readonly label: string
  readonly count?: number
  readonly rows: readonly R[]
  readonly note?: unknown
  /** Below the rows, such as the pager. */
  readonly footer?: unknown
}
export type RowTone = "" | "down" | "degraded"
type Row = TableRow
type Draw<T> = (row: never) => T
const NONE_HIDDEN: ReadonlySet<string> = new Set()
const NO_PROBLEMS: ReadonlyMap<string, string> = new Map()

/**
 * The rows of a page in the order they are given, all drawn and as tall as they are; the page
 * around it scrolls. A row can have details below it. Emits `pick-row` with a row's id; with
 * `selectable`, `select-rows` says which are selected. Narrow screens get cards.
 */
@customElement("ispvm-paged-table")
export class IspvmPagedTable extends LitElement {
  @property() label = ""
  @property({ attribute: false }) columns: readonly TableColumn<never>[] = []
  @property({ attribute: false }) groups: readonly TableGroup<Row>[] = []
  @property({ attribute: false }) hiddenColumns: ReadonlySet<string> = NONE_HIDDEN
  @property() active = ""
  @property({ type: Boolean, reflect: true }) selectable = false
  /** The rows are those of an earlier request, while another is running. */
  @property({ type: Boolean, reflect: true }) pending = false
  /** Minimum width before the table scrolls sideways. */
  @property({ type: Number, attribute: "min-width" }) minWidth = 0
  /** What a row's check box is named; its `name` or id without this. */
  @property({ attribute: false }) nameOf: Draw<string> | null = null
  @property({ attribute: false }) toneOf: Draw<RowTone> | null = null
  /** What stands below a row; null: nothing. */
  @property({ attribute: false }) detailOf: Draw<unknown> | null = null
  /** By a row's id: why the last action on it was rejected. */
  @property({ attribute: false }) problems: ReadonlyMap<string, string> = NO_PROBLEMS
  @state() private narrow = matchMedia("(max-width: 640px)").matches
  readonly #table = createTableState<Row>()
  readonly #media = matchMedia("(max-width: 640px)")

  static override styles = [shared, tableStyles, pagedTableStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#media.addEventListener("change", this.#onMedia)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#media.removeEventListener("change", this.#onMedia)
  }

  override willUpdate(): void {
    this.#table.update({
      rows: this.groups.flatMap(({ rows }) => rows),
      // Column functions get their own row type; the table itself only knows that a row has an id.
      columns: this.columns as unknown as readonly TableColumn<Row>[],
      sort: "",
      hidden: this.hiddenColumns,
    })
  }

  override render() {
    return this.narrow ? this.#cards() : this.#grid()
  }

  /** Selects these rows and no others. */
  select(ids: Iterable<string>): void {
    this.#change(() => this.#table.select(new Set(ids)))
  }
  /** Scrolls to a row and gives the focus to the first thing in it that takes it. */
  reveal(id: string): void {
    const row = this.renderRoot.querySelector(`[data-id="${CSS.escape(id)}"]`)
    row?.scrollIntoView({ block: "nearest" })
    row?.querySelector<HTMLElement>("a, .focusable")?.focus({ preventScroll: true })
  }

  #grid() {
    const columns = this.#table.columns()
    const tracks = [...(this.selectable ? ["20px"] : []), ...columns.map(({ width }) => width)]
    return html`<div class="sideways">
      <div role="table" aria-label=${this.label} aria-busy=${this.pending} style="--tracks:${tracks.join(" ")};min-inline-size:${this.minWidth}px">
        <div class="head" role="rowgroup">
          <div class="row" role="row">
            ${this.selectable ? html`<div role="columnheader">${this.#checkAll()}</div>` : nothing}
            ${columns.map(({ label, end }) => html`<div role="columnheader" class=${end === true ? "end" : ""}>${label}</div>`)}
          </div>
        </div>
        ${this.groups.map((group) => this.#group(group))}
      </div>
    </div>`
  }

  #group(group: TableGroup<Row>) {
    return html`<div class="group" data-group=${group.key} role="rowgroup" aria-label=${group.label || nothing}>
      ${group.label === "" ? nothing : this.#line("heading", this.#heading(group))}
      ${repeat(
        group.rows,
        ({ id }) => id,
        (row) => this.#row(row),
      )}
      ${group.note === undefined ? nothing : this.#line("note", group.note)}
      ${group.footer === undefined ? nothing : this.#line("footer pad-small", group.footer)}
    </div>`
  }

  /** A row of one cell. */
  #line(name: string, content: unknown) {
    return html`<div role="row" class=${name}><div role="cell">${content}</div></div>`
  }

  #heading({ label, count }: TableGroup<Row>) {
    return html`<h2>${label}${count === undefined ? nothing : html`<small>${count}</small>`}</h2>`
  }

  #row(row: Row) {
    return html`<div class="item ${this.#toneOf(row)} ${row.id === this.active ? "active" : ""}" data-id=${row.id}>
      <div class="row" role="row" aria-current=${row.id === this.active ? "true" : nothing} @click=${(event: Event) => this.#pick(event, row)}>
        ${this.selectable ? html`<div role="cell">${this.#check(row)}</div>` : nothing}
        ${this.#table.columns().map((column) => html`<div role="cell" class=${column.end === true ? "end" : ""}>${column.cell(row)}</div>`)}
      </div>
      ${this.#below(row, (name, content) => this.#line(name === "detail" ? "detail pad-small" : name, content))}
    </div>`
  }

  #below(row: Row, line: (name: string, content: unknown) => unknown) {
    const problem = this.problems.get(row.id)
    const detail = this.#draw(this.detailOf, row) ?? null
    return html`${problem === undefined ? nothing : line("problem", html`<ispvm-icon name="triangle-alert" size="14"></ispvm-icon> ${problem}`)}
      ${detail === null ? nothing : line("detail", detail)}`
  }

  #cards() {
    return html`<div class="cards" aria-busy=${this.pending}>
      ${this.selectable ? html`<label class="all">${this.#checkAll()} ${t.components.selectAll}</label>` : nothing}
      ${this.groups.map((group) => html`<div class="group" data-group=${group.key}>${this.#cardGroup(group)}</div>`)}
    </div>`
  }

  #cardGroup(group: TableGroup<Row>) {
    const name = group.label || this.label
    return html`${group.label === "" ? nothing : html`<div class="heading">${this.#heading(group)}</div>`}
      ${
        group.rows.length === 0
          ? nothing
          : html`<ul aria-label=${name}>
              ${repeat(
                group.rows,
                ({ id }) => id,
                (row) => this.#card(row),
              )}
            </ul>`
      }
      ${group.note === undefined ? nothing : html`<div class="note">${group.note}</div>`}
      ${group.footer === undefined ? nothing : html`<div class="footer pad-small">${group.footer}</div>`}`
  }

  #card(row: Row) {
    const columns = this.#table.columns()
    const of = (card: TableColumn<Row>["card"]) => columns.filter((column) => column.card === card)
    return html`<li class="card-place" data-id=${row.id}>
      <div class="card item ${this.#toneOf(row)} ${row.id === this.active ? "active" : ""}" aria-current=${row.id === this.active ? "true" : nothing} @click=${(event: Event) => this.#pick(event, row)}>
        <div class="card-head">${this.selectable ? this.#check(row) : nothing}${of("title").map((column) => html`<div class="grow">${column.cell(row)}</div>`)}${of("mark").map((column) => column.cell(row))}</div>
        <dl>${columns.map((column) => cardFact(column, row))}</dl>
        ${this.#below(row, (name, content) => html`<div class=${name}>${content}</div>`)}
      </div>
    </li>`
  }

  #checkAll() {
    return checkAllBox(this.#table, () => this.#change(() => this.#table.toggleAll()))
  }
  #check(row: Row) {
    const onChange = () => this.#change(() => this.#table.toggle(row.id))
    return checkBox(this.#table, row, onChange, this.#draw(this.nameOf, row))
  }
  #change(change: () => void): void {
    change()
    this.requestUpdate()
    emit(this, "select-rows", this.#table.selectedIds())
  }
  #toneOf(row: Row): string {
    const tone = this.#draw(this.toneOf, row) ?? ""
    return tone === "" ? "" : `tint-${tone}`
  }
  #draw<T>(draw: Draw<T> | null, row: Row): T | undefined {
    return (draw as ((row: Row) => T) | null)?.(row)
  }

  /** A card also holds what stands below a row, which is not the row. */
  #pick(event: Event, row: Row): void {
    const isBelow = event.target instanceof Element && event.target.closest(".detail, .problem")
    if (!isBelow && !isOwnTarget(event)) emit(this, "pick-row", row.id)
  }
  readonly #onMedia = (event: MediaQueryListEvent): void => {
    this.narrow = event.matches
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-paged-table": IspvmPagedTable
  }
}
