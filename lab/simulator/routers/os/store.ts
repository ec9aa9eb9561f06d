/**
 * The configuration of a router: rows by menu, in order, as text. Knows no commands and no
 * policies.
 */
import { ScriptError } from "../script/value.ts"
import { MENUS, type MenuPlan } from "./menu-table.ts"

export type Item = {
  readonly id: string
  readonly values: Map<string, string>
  /** The values of a factory row; null for an added one. */
  readonly factoryValues: ReadonlyMap<string, string> | null
}

export class Table {
  readonly plan: MenuPlan
  items: Item[] = []
  #lastId = 0
  readonly #changed: (path: string) => void

  constructor(plan: MenuPlan, changed: (path: string) => void) {
    this.plan = plan
    this.#changed = changed
  }

  /** Adds a factory row. */
  addDefault(values: Readonly<Record<string, string>>): void {
    const all = new Map(Object.entries(values))
    this.items.push({ id: this.#nextId(), values: all, factoryValues: new Map(all) })
  }

  add(values: ReadonlyMap<string, string>, before: Item | null): Item {
    const { plan } = this
    this.#requireUnique(values, null)
    const defaults = [...plan.properties.values()].flatMap((p) =>
      p.defaultValue === null ? [] : [[p.name, p.defaultValue] as const],
    )
    const item: Item = {
      id: this.#nextId(),
      values: new Map([...defaults, ...values]),
      factoryValues: null,
    }
    const at = before === null ? this.items.length : this.items.indexOf(before)
    this.items.splice(at, 0, item)
    this.#changed(plan.path)
    return item
  }

  set(item: Item, values: ReadonlyMap<string, string>): void {
    this.#requireUnique(values, item)
    for (const [name, text] of values) item.values.set(name, text)
    this.#changed(this.plan.path)
  }

  unset(item: Item, name: string): void {
    const { defaultValue = null } = this.plan.properties.get(name) ?? {}
    if (defaultValue === null) item.values.delete(name)
    else item.values.set(name, defaultValue)
    this.#changed(this.plan.path)
  }

  remove(items: readonly Item[]): void {
    if (items.some((item) => item.factoryValues !== null))
      throw new ScriptError("failure: can not remove default item")
    this.items = this.items.filter((item) => !items.includes(item))
    this.#changed(this.plan.path)
  }

  move(items: readonly Item[], before: Item | null): void {
    const rest = this.items.filter((item) => !items.includes(item))
    const at = before === null ? rest.length : Math.max(0, rest.indexOf(before))
    rest.splice(at, 0, ...items)
    this.items = rest
    this.#changed(this.plan.path)
  }

  named(name: string): Item | undefined {
    const { key } = this.plan
    return key === null ? undefined : this.items.find((item) => item.values.get(key) === name)
  }

  #nextId(): string {
    this.#lastId += 1
    return `*${this.#lastId.toString(16).toUpperCase()}`
  }

  #requireUnique(values: ReadonlyMap<string, string>, self: Item | null): void {
    const { key, duplicateError } = this.plan
    const name = key === null ? undefined : values.get(key)
    const other = name === undefined ? undefined : this.named(name)
    if (other !== undefined && other !== self) throw new ScriptError(duplicateError)
  }
}

export class Store {
  readonly #tables: ReadonlyMap<string, Table>
  readonly #listeners = new Set<(path: string) => void>()

  constructor() {
    const changed = (path: string) => {
      for (const listener of this.#listeners) listener(path)
    }
    this.#tables = new Map([...MENUS.values()].map((plan) => [plan.path, new Table(plan, changed)]))
  }

  /** Calls `listener` with the menu after every change. */
  onChange(listener: (path: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  has(path: string): boolean {
    return this.#tables.has(path)
  }

  table(path: string): Table {
    const table = this.#tables.get(path)
    if (table === undefined) throw new Error(`no menu ${path}`)
    return table
  }

  /** The row of a menu that has only one. */
  one(path: string): Item {
    const [item] = this.table(path).items
    if (item === undefined) throw new Error(`${path} has no row`)
    return item
  }

  /** A property of a menu with one row; empty where it is not set. */
  single(path: string, name: string): string {
    return this.one(path).values.get(name) ?? ""
  }
}
