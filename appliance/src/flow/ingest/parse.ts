/**
 * Items as they came -> items that can be stored, and a named reason for each that cannot.
 * Pure: what is known of devices and of time comes in as arguments. One bad item costs only itself.
 */
import { isDeepStrictEqual } from "node:util"
import {
  DeviceId,
  type Event,
  type Facts,
  Item,
  itemSchemas,
  type RejectReason,
  type Rows,
} from "@ispvm/wire"
import { FAMILIES, type Family } from "@ispvm/wire/families"
import { z } from "zod"
import { checkTime, type Window } from "./clock.ts"
import { isRedundant, type LeasedDevice, mayReport } from "./lease-times.ts"
import type { RejectedReading } from "./model.ts"
import { factsOutOfRange, sampleOutOfRange } from "./range.ts"

export type Rejection = {
  readonly index: number
  readonly reason: RejectReason
  readonly message: string
}
/** A refused item that is well-formed and worth keeping aside. */
export type QuarantinedItem = { readonly reason: RejectReason; readonly item: AnyItem }
export type Known = ReadonlyMap<
  string,
  LeasedDevice & { readonly targetId: number | null; readonly isProbed?: boolean }
>

/** A sample of any family: its fields are read through the family's row. */
export type AnySample = {
  readonly kind: string
  readonly device: DeviceId
  readonly atMs: number
} & Readonly<Record<string, unknown>>
export type AnyItem = AnySample | Event | Facts | Rows
export type Parsed = { readonly index: number; readonly item: AnyItem }
export type Sorted = {
  readonly samples: readonly AnySample[]
  readonly events: readonly Event[]
  readonly facts: readonly Facts[]
  readonly rows: readonly Rows[]
  readonly rejected: readonly Rejection[]
  readonly quarantined: readonly QuarantinedItem[]
  /**
   * Sent twice in this batch with the same content, or read while another agent held the lease:
   * stored once, and accepted.
   */
  readonly duplicates: number
}

/** What kinds of item there are: the schema of each, and the family of those that are samples. */
export type ItemKinds = {
  readonly schemas: ReadonlyMap<string, z.ZodType>
  readonly families: ReadonlyMap<string, Family>
}
export const itemKinds = (families: readonly Family[]): ItemKinds => ({
  schemas: itemSchemas(families),
  families: new Map(families.map((family) => [family.name, family])),
})
const ITEM_KINDS = itemKinds(FAMILIES)

const isEvent = (item: AnyItem): item is Event => item.kind === "event"
const isFacts = (item: AnyItem): item is Facts => item.kind === "facts"
/** Probes of services are run by any agent, whichever polls the device that they belong to. */
const isOfProbe = (item: AnyItem): boolean =>
  item.kind === "service" || (isEvent(item) && item.name.startsWith("path-"))
const isRows = (item: AnyItem): item is Rows => item.kind === "rows"

const kindOf = (raw: unknown): string | null =>
  typeof raw === "object" && raw !== null && "kind" in raw && typeof raw.kind === "string"
    ? raw.kind
    : null

const outOfRange = (item: AnyItem, { families }: ItemKinds): string | null => {
  if (isFacts(item)) return factsOutOfRange(item)
  const family = families.get(item.kind)
  return family === undefined ? null : sampleOutOfRange(family, item)
}

/**
 * First half: shape. Device names are looked up after it. `move`: times of a sender whose clock is
 * ahead of ours, made ours. `unknown`: samples of families that a newer agent knows.
 * `isValid`: items that are valid for certain, by index.
 */
export const parseItems = (
  items: readonly unknown[],
  move: (atMs: number) => number = (atMs) => atMs,
  kinds: ItemKinds = ITEM_KINDS,
  isValid: readonly boolean[] = [],
): {
  readonly parsed: readonly Parsed[]
  readonly rejected: readonly Rejection[]
  readonly unknown: number
} => {
  const parsed: Parsed[] = []
  const rejected: Rejection[] = []
  let unknown = 0
  for (const [index, raw] of items.entries()) {
    const kind = kindOf(raw)
    const schema = kind === null ? Item : kinds.schemas.get(kind)
    if (schema === undefined) {
      unknown += 1
      const message = `kind: no metric family is called ${printable(String(kind).slice(0, 64))}`
      rejected.push({ index, reason: "malformed", message })
      continue
    }
    const result = isValid[index] === true ? null : schema.safeParse(raw)
    if (result?.success === false) {
      rejected.push({ index, reason: "malformed", message: describe(result.error.issues[0]) })
      continue
    }
    const data = (result === null ? raw : result.data) as AnyItem
    const atMs = move(data.atMs)
    const item = atMs === data.atMs ? data : { ...data, atMs }
    const error = outOfRange(item, kinds)
    if (error === null) parsed.push({ index, item })
    else rejected.push({ index, reason: "malformed", message: error })
  }
  return { parsed, rejected, unknown }
}

export const devicesIn = (parsed: readonly Parsed[]): DeviceId[] => [
  ...new Set(parsed.map(({ item }) => item.device)),
]

/** Second half: finds the device, corrects the time and drops repeats. */
export const sortItems = (
  parsed: readonly Parsed[],
  known: Known,
  agentId: string,
  windowOf: (kind: string) => Window,
  { families }: ItemKinds = ITEM_KINDS,
): Sorted => {
  const samples: AnySample[] = []
  const events: Event[] = []
  const facts: Facts[] = []
  const rows: Rows[] = []
  const rejected: Rejection[] = []
  const quarantined: QuarantinedItem[] = []
  const seen = new Map<string, AnyItem>()
  let duplicates = 0
  for (const { index, item } of parsed) {
    const rejection = rejectionOf(item, known, agentId, windowOf(item.kind))
    if (rejection !== null) {
      rejected.push({ index, ...rejection })
      quarantined.push({ reason: rejection.reason, item })
      continue
    }
    if (!isOfProbe(item) && isRedundant(item, known.get(item.device), agentId)) {
      duplicates += 1
      continue
    }
    const key = keyOf(item, families.get(item.kind))
    const before = seen.get(key)
    if (before !== undefined && isDeepStrictEqual(before, item)) {
      duplicates += 1
    } else if (before !== undefined) {
      rejected.push({
        index,
        reason: "conflict",
        message: `${item.kind}: the same batch says something else of the same moment`,
      })
    } else {
      seen.set(key, item)
      if (isEvent(item)) events.push(item)
      else if (isFacts(item)) facts.push(item)
      else if (isRows(item)) rows.push(item)
      else samples.push(item)
    }
  }
  return { samples, events, facts, rows, rejected, quarantined, duplicates }
}

const Reading = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ping"), device: DeviceId }),
  z.object({ kind: z.literal("interface"), device: DeviceId, interface: z.string() }),
])
/**
 * Of what nothing is known by this batch, though it was read: a release that does not fit, or a clock, had all its readings refused.
 * A device or port of which the same batch has a good reading is left out.
 */
export const rejectedReadings = (
  items: readonly unknown[],
  malformed: readonly Rejection[],
  { samples, quarantined }: Pick<Sorted, "samples" | "quarantined">,
): RejectedReading[] => {
  const keyOf = (reading: z.infer<typeof Reading>): string =>
    reading.kind === "ping" ? reading.device : `${reading.device}/${reading.interface}`
  const rejectedItems = [
    ...malformed.map(({ index }) => items[index]),
    ...quarantined
      .filter(({ reason }) => reason === "too-old" || reason === "in-the-future")
      .map(({ item }) => item),
  ]
  if (rejectedItems.length === 0) return []
  const good = new Set(
    samples.flatMap((sample) => {
      const reading = Reading.safeParse(sample).data
      return reading === undefined ? [] : [keyOf(reading)]
    }),
  )
  const found = new Map<string, RejectedReading>()
  for (const item of rejectedItems) {
    const reading = Reading.safeParse(item).data
    if (reading === undefined || good.has(keyOf(reading))) continue
    found.set(keyOf(reading), {
      device: reading.device,
      port: reading.kind === "ping" ? null : reading.interface,
    })
  }
  return [...found.values()]
}

const rejectionOf = (
  item: AnyItem,
  known: Known,
  agentId: string,
  window: Window,
): { reason: RejectReason; message: string } | null => {
  const device = known.get(item.device)
  if (device === undefined)
    return { reason: "unknown-device", message: `there is no device ${item.device}` }
  if (!mayReport(device, agentId) && !(device.isProbed === true && isOfProbe(item)))
    return { reason: "not-yours", message: `device ${item.device} is not assigned to this agent` }
  if (item.kind === "ping" && device.targetId === null)
    return { reason: "unknown-device", message: `device ${item.device} has no probe target` }
  const time = checkTime(item.atMs, window)
  if (time === "ok") return null
  const bound = new Date(time === "too-old" ? window.fromMs : window.toMs).toISOString()
  const message = `${new Date(item.atMs).toISOString()} is ${time === "too-old" ? "before" : "after"} ${bound}`
  return { reason: time, message }
}

/** What makes two items the same thing sent twice: the key it is stored under. */
const keyOf = (item: AnyItem, family: Family | undefined): string => {
  if (isEvent(item)) return `event ${item.id}`
  const start = `${item.kind} ${item.device} ${item.atMs}`
  if (isFacts(item)) return `${start} ${item.source}`
  if (isRows(item)) return `${start} ${item.source} ${item.table} ${item.isFull} ${item.part}`
  if (family?.key.by === "interface") return `${start} ${item.interface}`
  if (family?.key.by !== "name") return start
  const { field, units } = family.key
  return `${start} ${units === undefined ? "" : item.unit} ${item[field]}`
}

/** What Postgres cannot hold (NUL, half a surrogate pair) is replaced. */
const printable = (text: string): string => text.replaceAll("\0", "\uFFFD").toWellFormed()

/** Names of fields are the sender's own text, and a message is stored. */
const describe = (issue: z.core.$ZodIssue | undefined): string => {
  if (issue === undefined) return "not an item"
  const path = issue.path.map(String).join(".").slice(0, 200)
  return printable(`${path === "" ? "item" : path}: ${issue.message}`.slice(0, 1_000))
}
