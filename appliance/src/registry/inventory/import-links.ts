/**
 * Stores a list of links. A line is a known link where it has the same ends, in either direction; or
 * else the only one of its name between these devices, whose interfaces it then changes; or else the
 * only one that it fits.
 */
import { z } from "zod"
import type { LinkInput } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import { LINK_CELLS } from "./import-cells.ts"
import { tagsText } from "./import-changes.ts"
import { type Fault, readRows } from "./import-rows.ts"
import { changedTexts, type ListOutcome, newOutcome, noteChange } from "./import-run.ts"
import { areSameTags, linkColumns } from "./rows.ts"
import {
  deviceIds,
  insertRow,
  linkOnPort,
  lockLink,
  readLinks,
  type StoredLink,
  updateRow,
} from "./store.ts"

const LIST = {
  cells: z.object(LINK_CELLS),
  required: ["a_device", "b_device"],
  // Of an exported list: what was measured.
  skipped: ["status", "a_to_b_bps", "b_to_a_bps"],
  maxRows: 10_000,
}
type Row = ReturnType<typeof readLinkRows>["rows"][number]
type Known = StoredLink & { readonly id: string }
type End = { readonly deviceId: string; readonly interface: string | null }

const readLinkRows = (csv: string) => {
  const lines = new Map<string, number>()
  return readRows(csv, LIST, (row): readonly Fault[] => {
    if (row.a_device === row.b_device)
      return [{ column: "b_device", said: { code: "import.same-device", params: {} } }]
    const ends = [
      [row.a_device, row.a_interface],
      [row.b_device, row.b_interface],
    ]
    // Several links between two devices are nothing special where no interface is named.
    if (row.a_interface === null && row.b_interface === null) return []
    const key = ends
      .map((end) => JSON.stringify(end))
      .sort()
      .join()
    const line = lines.get(key)
    if (line !== undefined)
      return [{ column: null, said: { code: "import.link-twice", params: { line } } }]
    lines.set(key, row.line)
    return []
  })
}

/** A link without a name is called by its ends; an exported list has that name. */
const isOwnName = ({ name }: Row, [one, other]: readonly [string, string]): boolean =>
  name === `${one}–${other}` || name === `${other}–${one}`

type Ends = { readonly a: End; readonly b: End }
const turned = ({ a, b }: Ends): Ends => ({ a: b, b: a })
const isSameEnd = (one: End, other: End): boolean =>
  one.deviceId === other.deviceId && one.interface === other.interface
const areSameEnds = (one: Ends, other: Ends): boolean =>
  isSameEnd(one.a, other.a) && isSameEnd(one.b, other.b)
/** An empty cell fits any interface. */
const areFittingEnds = (one: Ends, other: Ends): boolean =>
  areSameDevices(one, other) &&
  [
    [one.a, other.a],
    [one.b, other.b],
  ].every(([known, given]) => given?.interface === null || known?.interface === given?.interface)
const areSameDevices = (one: Ends, other: Ends): boolean =>
  one.a.deviceId === other.a.deviceId && one.b.deviceId === other.b.deviceId

type Match = { readonly link: Known; readonly ends: Ends }
/** Each link is that of one line: of several alike, that with the same figures first. */
const find = (
  links: ReadonlySet<Known>,
  ends: Ends,
  name: string | null,
  row: Row,
): Match | null => {
  const fits = (same: (one: Ends, other: Ends) => boolean): Match[] =>
    [...links].flatMap((link) => [
      ...(same(link, ends) ? [{ link, ends }] : []),
      ...(same(link, turned(ends)) ? [{ link, ends: turned(ends) }] : []),
    ])
  const alike = (link: Known): number =>
    Number(link.name === name) +
    Number(link.capacityBps === row.capacity_bps) +
    Number(link.medium === row.medium) +
    Number(areSameTags(link.tags, row.tags ?? []))
  const [same] = fits(areSameEnds).toSorted((one, other) => alike(other.link) - alike(one.link))
  if (same !== undefined) return same
  const named = name === null ? [] : fits(areSameDevices).filter(({ link }) => link.name === name)
  const [only, ...more] = named.length > 0 ? named : fits(areFittingEnds)
  return more.length === 0 ? (only ?? null) : null
}

const withInterface = (was: End, now: End): End => ({
  deviceId: was.deviceId,
  interface: now.interface ?? was.interface,
})
/** An empty cell leaves the field unchanged. */
const merged = (was: StoredLink, { a, b }: Ends, name: string | null, row: Row): LinkInput => ({
  ...was,
  name: name ?? was.name,
  a: withInterface(was.a, a),
  b: withInterface(was.b, b),
  capacityBps: row.capacity_bps ?? was.capacityBps,
  medium: row.medium ?? was.medium,
  tags: row.tags === null || areSameTags(row.tags, was.tags) ? was.tags : row.tags,
})

const textsOf = ({ name, a, b, capacityBps, medium, tags }: LinkInput) => ({
  ...{ name, a_interface: a.interface, b_interface: b.interface },
  capacity_bps: capacityBps === null ? null : String(capacityBps),
  medium,
  tags: tagsText(tags),
})

/** An interface is the end of one link. */
const takenEnd = async (
  tx: Tx,
  { org }: Actor,
  { a, b }: Ends,
  except: string | null,
): Promise<string | null> => {
  for (const end of [a, b])
    if (end.interface !== null && (await linkOnPort(tx, org, end.deviceId, end.interface, except)))
      return end.interface
  return null
}

const store = async (
  tx: Tx,
  actor: Actor,
  row: Row,
  ends: Ends,
  links: Set<Known>,
  outcome: ListOutcome,
): Promise<void> => {
  const { line } = row
  const own = isOwnName(row, [row.a_device, row.b_device])
  const found = find(links, ends, own ? null : row.name, row)
  const name = own && (found === null || found.link.name === null) ? null : row.name
  const was = found === null ? null : await lockLink(tx, actor.org, found.link.id)
  if (was === undefined) return // Removed by somebody since the import began.
  const empty = { name: null, ...ends, capacityBps: null, medium: null, tags: [] }
  const now = merged(was ?? empty, found?.ends ?? ends, name, row)
  const taken = await takenEnd(tx, actor, now, found?.link.id ?? null)
  if (taken !== null) {
    const column = taken === row.a_interface ? "a_interface" : "b_interface"
    const params = { cell: JSON.stringify(taken) }
    outcome.rejected.push({ line, column, said: { code: "import.interface-linked", params } })
    return
  }
  if (found === null || was === null) {
    const id = await insertRow(tx, actor.org, "link", linkColumns(now))
    await write(tx, actor, "link.created", "link", id, { ...now, import: true })
    outcome.created.push(id)
    return
  }
  links.delete(found.link)
  const { id } = found.link
  const changed = differences(was, now)
  if (Object.keys(changed).length === 0) {
    outcome.unchanged += 1
    return
  }
  await updateRow(tx, actor.org, "link", id, linkColumns(now))
  await write(tx, actor, "link.changed", "link", id, { ...changed, import: true })
  outcome.updated.push(id)
  const fields = changedTexts(textsOf(was), textsOf(now))
  const shown = row.name ?? was.name ?? `${row.a_device}–${row.b_device}`
  noteChange(outcome, { line, what: "link", name: shown, fields })
}

export const importLinks = async (tx: Tx, actor: Actor, csv: string): Promise<ListOutcome> => {
  const { rows, rejected } = readLinkRows(csv)
  const outcome = newOutcome(rejected)
  const devices = await deviceIds(tx, actor.org)
  const links = new Set<Known>(await readLinks(tx, actor.org))
  for (const row of rows) {
    const [a, b] = [devices.get(row.a_device), devices.get(row.b_device)]
    for (const [column, id] of [
      ["a_device", a],
      ["b_device", b],
    ] as const) {
      if (id !== undefined) continue
      const params = { what: "device", cell: JSON.stringify(row[column]) } as const
      outcome.rejected.push({ line: row.line, column, said: { code: "import.not-found", params } })
    }
    if (a === undefined || b === undefined) continue
    const ends = {
      a: { deviceId: a, interface: row.a_interface },
      b: { deviceId: b, interface: row.b_interface },
    }
    await store(tx, actor, row, ends, links, outcome)
  }
  return outcome
}
