/**
 * Redacts items before they are stored in the buffer, so that nothing else ever leaves this host:
 * users by pseudonyms, addresses of customers shortened. What is personal is a table of the wire.
 */
import type { Facts, Item, RowEntry, Rows } from "@ispvm/wire"
import { PERSONAL_COLUMNS, PERSONAL_NAMES, type PersonalKind } from "@ispvm/wire/personal"
import {
  createEventRedactor,
  createMemory,
  createNames,
  isAboutNetwork,
  type Memory,
} from "@ispvm/wire/personal-text"
import { pseudonymOf, rowKeyOf } from "./pseudonyms.ts"

export type Redaction = {
  readonly users: boolean
  readonly addresses: boolean
  /** Of the organisation: agents with the same key have the same pseudonyms. */
  readonly key: Buffer
}
export type Redactor = {
  readonly items: (items: readonly Item[]) => readonly Item[]
  /** Addresses of devices, which are never shortened. */
  readonly keep: (addresses: readonly string[]) => void
  /** Of a line of a device's log, as diagnostics print it. */
  readonly logMessage: (topics: string, message: string) => string
  /** Names of sessions in any other text that a device reports. */
  readonly sessions: (text: string) => string
  /** These, and addresses. */
  readonly text: (text: string) => string
  /** Whether anything is hidden: what consists of customers alone is not shown then. */
  readonly isOn: boolean
}

export const createRedactor = (redaction: Redaction, memory: Memory = createMemory()): Redactor => {
  const { users, addresses, key } = redaction
  const isOn = users || addresses
  const names = createNames(
    { users, addresses, pseudonymOf: (name) => pseudonymOf(key, name) },
    memory,
  )
  const { sessions, text, value } = names
  const redactEvent = createEventRedactor({ names, users, addresses })

  /** A row about the interface of a session is a customer's in any table. */
  const isOfSession = (row: RowEntry): boolean =>
    Object.values(row.values).some((cell) => typeof cell === "string" && names.hasSession(cell))
  const redactRow = (
    fields: Readonly<Record<string, PersonalKind>> | undefined,
    row: RowEntry,
  ): RowEntry => {
    const other = isOfSession(row) ? text : sessions
    return {
      // A key is made of personal values, and has to differ from row to row.
      key: fields === undefined ? sessions(row.key) : rowKeyOf(key, row.key),
      values: Object.fromEntries(
        Object.entries(row.values).map(([name, cell]) => {
          if (typeof cell !== "string") return [name, cell]
          const kind = fields && Object.hasOwn(fields, name) ? fields[name] : undefined
          return [name, kind === undefined ? other(cell) : value(kind, cell)]
        }),
      ),
    }
  }
  const redactRows = (item: Rows): Rows => {
    const fields = PERSONAL_COLUMNS[item.table]
    return {
      ...item,
      rows: item.rows.map((row) => redactRow(fields, row)),
      gone: item.gone.map((name) => (fields === undefined ? sessions(name) : rowKeyOf(key, name))),
    }
  }
  const redactFacts = (item: Facts): Facts => {
    if (item.interfaces === null) return item
    for (const { name } of item.interfaces) names.learnOwn(name)
    return {
      ...item,
      interfaces: item.interfaces.map((port) => ({
        ...port,
        name: sessions(port.name),
        comment: port.comment === null ? null : sessions(port.comment),
      })),
    }
  }
  const redactItem = (item: Item): Item => {
    if (item.kind === "rows") return redactRows(item)
    if (item.kind === "event") return redactEvent(item)
    if (item.kind === "facts") return redactFacts(item)
    if (item.kind === "dhcp") names.learnOwn(item.server)
    const { field, kind } = PERSONAL_NAMES[item.kind] ?? { field: "interface", kind: null }
    const name: unknown = Reflect.get(item, field)
    if (typeof name !== "string") return item
    return { ...item, [field]: kind === null ? sessions(name) : value(kind, name) }
  }
  /** Without a switch nothing changes, but what is learned is there when one is set. */
  const learn = (items: readonly Item[]): readonly Item[] => {
    for (const item of items)
      if (item.kind === "facts") for (const { name } of item.interfaces ?? []) names.learnOwn(name)
      else if (item.kind === "dhcp") names.learnOwn(item.server)
    return items
  }
  return {
    items: (items) => (isOn ? items.map(redactItem) : learn(items)),
    keep: names.keep,
    logMessage: (topics, message) =>
      isAboutNetwork(topics) ? sessions(message) : names.plain(message),
    sessions,
    text,
    isOn,
  }
}
