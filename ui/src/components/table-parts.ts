/** What every table draws alike, whether its rows are all drawn or only those in view. */
import { html, nothing } from "lit"
import { t } from "../i18n/strings/strings.ts"
import type { TableColumn } from "./table-model.ts"
import type { createTableState, TableRow } from "./table-state.ts"

export type TableState = ReturnType<typeof createTableState<TableRow>>

const nameOf = (row: TableRow): string =>
  "name" in row && typeof row.name === "string" ? row.name : row.id

export const checkAllBox = (table: TableState, onChange: () => void) => {
  const selection = table.selection()
  return html`<input
    type="checkbox"
    aria-label=${t.components.selectAll}
    .checked=${selection === "all"}
    .indeterminate=${selection === "some"}
    @change=${onChange}
  />`
}

export const checkBox = (
  table: TableState,
  row: TableRow,
  onChange: () => void,
  name = nameOf(row),
) => html`<input
  type="checkbox"
  aria-label=${t.components.select(name)}
  .checked=${table.isSelected(row.id)}
  @change=${onChange}
/>`

/** A value of a card, with its column's name; nothing where the cell is empty. */
export const cardFact = (column: TableColumn<TableRow>, row: TableRow) =>
  column.card === "value" || column.card === "wide" ? fact(column, column.cell(row)) : nothing
const fact = ({ card, label }: TableColumn<TableRow>, value: unknown) =>
  value === ""
    ? nothing
    : html`<div class=${card}><dt>${label}</dt><dd class=${card === "value" ? "ellipsis" : "wrap"}>${value}</dd></div>`

/** Whether a click was on something in the row that does its own, such as a link or a check box. */
export const isOwnTarget = (event: Event): boolean =>
  event
    .composedPath()
    .some(
      (each) =>
        each instanceof HTMLAnchorElement ||
        each instanceof HTMLButtonElement ||
        each instanceof HTMLInputElement,
    )

/** A button in a cell that shows and hides what is below the row. */
export const foldButton = (label: string, isOpen: boolean, onToggle: () => void) =>
  html`<button class="fold hover-fill" type="button" aria-expanded=${isOpen ? "true" : "false"} @click=${onToggle}>
    ${label}<ispvm-icon name=${isOpen ? "chevron-down" : "chevron-right"} size="14"></ispvm-icon>
  </button>`
