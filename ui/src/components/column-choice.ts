/** Which columns of a table a person has hidden: a habit of theirs, not part of an address. */
import { html, type ReactiveController, type ReactiveControllerHost } from "lit"
import { t } from "../i18n/strings/strings.ts"
import type { TableColumn } from "./table-model.ts"
import "./ispvm-menu.ts"

const keyOf = (table: string): string => `ispvm.${table}.hidden-columns`

/** `preset`: what is hidden until somebody chooses. */
const readHiddenColumns = (
  storage: Pick<Storage, "getItem">,
  table: string,
  preset: readonly string[] = [],
): ReadonlySet<string> => {
  try {
    const stored = storage.getItem(keyOf(table))
    return new Set(stored === null ? preset : stored.split(",").filter(Boolean))
  } catch {
    // Storage may be forbidden; the preset is shown then.
    return new Set(preset)
  }
}
const writeHiddenColumns = (
  storage: Pick<Storage, "setItem">,
  table: string,
  hidden: ReadonlySet<string>,
): void => {
  try {
    storage.setItem(keyOf(table), [...hidden].join(","))
  } catch {
    // The choice then lasts until the page is closed.
  }
}

const toggled = (set: ReadonlySet<string>, key: string): ReadonlySet<string> => {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}

/** The columns of one table, kept per browser, and the menu that chooses them. */
export class ColumnChoice implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #table: string
  readonly #columns: readonly Pick<TableColumn<never>, "key" | "label" | "fixed">[]
  #hidden: ReadonlySet<string>

  constructor(
    host: ReactiveControllerHost,
    table: string,
    columns: readonly Pick<TableColumn<never>, "key" | "label" | "fixed">[],
    preset: readonly string[] = [],
  ) {
    this.#host = host
    this.#table = table
    this.#columns = columns
    this.#hidden = readHiddenColumns(localStorage, table, preset)
    host.addController(this)
  }

  hostConnected(): void {
    // The choice is read once, when the page is made.
  }

  get hidden(): ReadonlySet<string> {
    return this.#hidden
  }

  menu() {
    const entries = this.#columns
      .filter(({ fixed }) => fixed !== true)
      .map(({ key, label }) => ({ key, label, checked: !this.#hidden.has(key) }))
    return html`<ispvm-menu label=${t.components.columns} .entries=${entries} @pick-entry=${this.#onPick}></ispvm-menu>`
  }

  readonly #onPick = (event: CustomEvent<string>): void => {
    this.#hidden = toggled(this.#hidden, event.detail)
    writeHiddenColumns(localStorage, this.#table, this.#hidden)
    this.#host.requestUpdate()
  }
}
