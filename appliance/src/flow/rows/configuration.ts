/**
 * Which sections of configurations have changed: hashes of a reading compared with the last ones,
 * in the transaction that stores it. A change is an event of the device. The comparison is here and
 * not at the agent: it outlives a restart of the agent and a change of the agent that reads.
 */
import { createHash } from "node:crypto"
import type { Event, Rows } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import {
  type KnownSection,
  knownSections,
  type SectionReading,
  type SectionUpdate,
  saveSections,
} from "./configuration-store.ts"

/** Names in an event; the page of the device has all of them. */
const MAX_NAMES = 40
const HASH = /^[0-9a-f]{64}$/

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null)

/** Sections without a hash say nothing: forbidden, failed, not reached. */
const readingsOf = ({ device, atMs, rows }: Rows): SectionReading[] =>
  rows.flatMap(({ key, values }) => {
    const [hash, basis] = [textOf(values.hash), textOf(values.basis)]
    if (hash === null || basis === null || !HASH.test(hash)) return []
    const readMs = typeof values.readMs === "number" ? values.readMs : atMs
    return [{ device, section: key, hash, basis, version: textOf(values.version), readMs }]
  })

/** What is stored of a reading; null: nothing, because a later one is stored. */
export const updateOf = (
  reading: SectionReading,
  known: KnownSection | undefined,
  nowMs: number,
): SectionUpdate | null => {
  if (known === undefined) return { ...reading, isChanged: false, withRelease: false }
  // What is from the future was stored before the clock was set back.
  if (known.checkedAtMs > reading.readMs && known.checkedAtMs <= nowMs) return null
  const isChanged = known.basis === reading.basis && known.hash !== reading.hash
  const withRelease = isChanged && known.version !== reading.version
  return { ...reading, isChanged, withRelease }
}

/** The same reading sent again is the same event. */
const idOf = (device: string, atMs: number): string => {
  const hex = createHash("sha256").update(`configuration ${device} ${atMs}`).digest("hex")
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-")
}

const eventOf = ({ device, atMs, source }: Rows, sections: readonly string[]): Event => {
  const more = sections.length - MAX_NAMES
  const names = [...sections.slice(0, MAX_NAMES), ...(more > 0 ? [`+${more}`] : [])].join(", ")
  return {
    kind: "event",
    id: idOf(device, atMs),
    device,
    name: "config-changed",
    atMs,
    source,
    severity: "info",
    interface: null,
    message: names,
    attributes: { sections: names, count: String(sections.length) },
  }
}

/**
 * Stores the hashes, and gives an event for each reading in which a section has changed. A release
 * may show the same settings otherwise: what changes together with it is stored, and is no event.
 */
export const noticeConfiguration = async (
  tx: Tx,
  org: OrgId,
  rows: readonly Rows[],
  nowMs: number,
): Promise<readonly Event[]> => {
  const items = rows.filter(({ table, rows: own }) => table === "configuration" && own.length > 0)
  if (items.length === 0) return []
  const stored = await knownSections(tx, org, [...new Set(items.map(({ device }) => device))])
  const keyOf = (of: { readonly device: string; readonly section: string }) =>
    `${of.device} ${of.section}`
  const known = new Map(stored.map((each) => [keyOf(each), each]))
  const events: Event[] = []
  for (const item of items) {
    const updates = readingsOf(item).flatMap(
      (each) => updateOf(each, known.get(keyOf(each)), nowMs) ?? [],
    )
    await saveSections(tx, org, updates)
    for (const each of updates) known.set(keyOf(each), { ...each, checkedAtMs: each.readMs })
    const changed = updates.filter(({ isChanged, withRelease }) => isChanged && !withRelease)
    if (changed.length > 0)
      events.push(
        eventOf(
          item,
          changed.map(({ section }) => section),
        ),
      )
  }
  return events
}
