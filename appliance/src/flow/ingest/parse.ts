/**
 * Items as they came -> items that can be stored, and a named reason for each that cannot.
 * Pure: what is known of devices and of time comes in as arguments. One bad item costs only itself.
 */
import { DeviceId, type Event, type Facts, Item, type RejectReason, type Sample } from "@ispvm/wire"
import { z } from "zod"
import { checkTime, type Window } from "./clock.ts"
import type { RejectedReading } from "./model.ts"
import { outOfRange } from "./range.ts"

export type Rejection = {
  readonly index: number
  readonly reason: RejectReason
  readonly message: string
}
/** A refused item that is well-formed and worth keeping aside. */
export type QuarantinedItem = { readonly reason: RejectReason; readonly item: Item }
export type Known = ReadonlyMap<
  string,
  { readonly agentId: string | null; readonly targetId: number | null }
>

export type Parsed = { readonly index: number; readonly item: Item }
export type Sorted = {
  readonly samples: readonly Sample[]
  readonly events: readonly Event[]
  readonly facts: readonly Facts[]
  readonly rejected: readonly Rejection[]
  readonly quarantined: readonly QuarantinedItem[]
  /** Told twice, word for word, in this batch: stored once, and accepted. */
  readonly duplicates: number
}

/** First half: shape. What devices are named is known only after it. `move`: times of a sender that is ahead of us, made ours. */
export const parseItems = (
  items: readonly unknown[],
  move: (atMs: number) => number = (atMs) => atMs,
): { parsed: readonly Parsed[]; rejected: readonly Rejection[] } => {
  const parsed: Parsed[] = []
  const rejected: Rejection[] = []
  for (const [index, raw] of items.entries()) {
    const result = Item.safeParse(raw)
    if (!result.success) {
      rejected.push({ index, reason: "malformed", message: describe(result.error.issues[0]) })
      continue
    }
    const item = { ...result.data, atMs: move(result.data.atMs) }
    const error = outOfRange(item)
    if (error === null) parsed.push({ index, item })
    else rejected.push({ index, reason: "malformed", message: error })
  }
  return { parsed, rejected }
}

export const devicesIn = (parsed: readonly Parsed[]): DeviceId[] => [
  ...new Set(parsed.map(({ item }) => item.device)),
]

/** Second half: whose device, when, and whether it was told already. */
export const sortItems = (
  parsed: readonly Parsed[],
  known: Known,
  agentId: string,
  windowOf: (kind: Item["kind"]) => Window,
): Sorted => {
  const samples: Sample[] = []
  const events: Event[] = []
  const facts: Facts[] = []
  const rejected: Rejection[] = []
  const quarantined: QuarantinedItem[] = []
  const seen = new Map<string, string>()
  let duplicates = 0
  for (const { index, item } of parsed) {
    const rejection = rejectionOf(item, known, agentId, windowOf(item.kind))
    if (rejection !== null) {
      rejected.push({ index, ...rejection })
      quarantined.push({ reason: rejection.reason, item })
      continue
    }
    const key = keyOf(item)
    const text = JSON.stringify(item)
    const before = seen.get(key)
    if (before === text) {
      duplicates += 1
    } else if (before !== undefined) {
      rejected.push({
        index,
        reason: "conflict",
        message: `${item.kind}: the same batch says something else of the same moment`,
      })
    } else {
      seen.set(key, text)
      if (item.kind === "event") events.push(item)
      else if (item.kind === "facts") facts.push(item)
      else samples.push(item)
    }
  }
  return { samples, events, facts, rejected, quarantined, duplicates }
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
    samples.flatMap((sample) =>
      sample.kind === "ping" || sample.kind === "interface" ? [keyOf(sample)] : [],
    ),
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
  item: Item,
  known: Known,
  agentId: string,
  window: Window,
): { reason: RejectReason; message: string } | null => {
  const device = known.get(item.device)
  if (device === undefined)
    return { reason: "unknown-device", message: `there is no device ${item.device}` }
  if (device.agentId !== agentId)
    return { reason: "not-yours", message: `device ${item.device} is not assigned to this agent` }
  if (item.kind === "ping" && device.targetId === null)
    return { reason: "unknown-device", message: `device ${item.device} has no probe target` }
  const time = checkTime(item.atMs, window)
  if (time === "ok") return null
  const bound = new Date(time === "too-old" ? window.fromMs : window.toMs).toISOString()
  const message = `${new Date(item.atMs).toISOString()} is ${time === "too-old" ? "before" : "after"} ${bound}`
  return { reason: time, message }
}

/** What makes two items the same thing told twice: the key it is stored under. */
const keyOf = (item: Item): string => {
  switch (item.kind) {
    case "event":
      return `event ${item.id}`
    case "interface":
      return `interface ${item.device} ${item.atMs} ${item.interface}`
    case "sensor":
      return `sensor ${item.device} ${item.atMs} ${item.unit} ${item.sensor}`
    case "facts":
      return `facts ${item.device} ${item.atMs} ${item.source}`
    case "ping":
    case "health":
      return `${item.kind} ${item.device} ${item.atMs}`
  }
}

/** Names of fields are the sender's own text, and a message is stored: what Postgres cannot hold (NUL, half a surrogate pair) is replaced. */
const describe = (issue: z.core.$ZodIssue | undefined): string => {
  if (issue === undefined) return "not an item"
  const path = issue.path.map(String).join(".").slice(0, 200)
  const text = `${path === "" ? "item" : path}: ${issue.message}`.slice(0, 1_000)
  return text.replaceAll("\0", "\uFFFD").toWellFormed()
}
