/**
 * Items of a push -> items as an agent would send them, with source `push`, or a named reason why
 * an item is rejected. Pure.
 */
import { createHash } from "node:crypto"
import { type DeviceId, type Event, Item, storable } from "@ispvm/wire"
import { type Push, PushItem } from "@ispvm/wire/push"
import {
  type Baseline,
  factsOf,
  figureError,
  isDynamic,
  mayReportFacts,
  NO_COUNTS,
  readHeartbeat,
} from "./heartbeat.ts"
import { parseSpan, type RouterSpan } from "./router-time.ts"
import { sentenceOf } from "./sentences.ts"

export type RejectedItem = {
  readonly seq: number | null
  readonly reason: "malformed" | "too-old" | "conflict"
  readonly message: string
}
export type Parsed = { readonly item: PushItem; readonly up: RouterSpan }
/** `duplicates`: sent twice, with the same content, in this push. */
export type Shape = {
  readonly parsed: readonly Parsed[]
  readonly rejected: readonly RejectedItem[]
  readonly duplicates: number
}

const MAX_MESSAGE = 300
const errorText = (text: string): string => storable(text, MAX_MESSAGE)

/** The number of an item that cannot be parsed, so that the answer can name it. */
const seqOf = (raw: unknown): number | null => {
  const seq = typeof raw === "object" && raw !== null && "seq" in raw ? raw.seq : null
  return typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : null
}

const parseItem = (raw: unknown): Parsed | string => {
  const result = PushItem.safeParse(raw)
  if (!result.success) {
    const [issue] = result.error.issues
    return `${issue?.path.map(String).join(".") || "item"}: ${issue?.message ?? "not as agreed"}`
  }
  const item = result.data
  const up = parseSpan(item.up)
  if (up === null) return "up: not a time as RouterOS prints it"
  const error = item.kind === "heartbeat" ? figureError(item) : null
  return error ?? { item, up }
}

/** In the order of their numbers. */
export const parseItems = (items: Push["items"]): Shape => {
  const parsed = new Map<number, Parsed>()
  const rejected: RejectedItem[] = []
  let duplicates = 0
  for (const raw of items) {
    const made = parseItem(raw)
    if (typeof made === "string") {
      rejected.push({ seq: seqOf(raw), reason: "malformed", message: errorText(made) })
      continue
    }
    const { seq } = made.item
    const before = parsed.get(seq)
    if (before === undefined) parsed.set(seq, made)
    else if (JSON.stringify(before.item) === JSON.stringify(made.item)) duplicates += 1
    else
      rejected.push({
        seq,
        reason: "conflict",
        message: `the same push contains another item with number ${seq}`,
      })
  }
  return {
    parsed: [...parsed.values()].sort((one, other) => one.item.seq - other.item.seq),
    rejected,
    duplicates,
  }
}

/**
 * When it happened by the appliance's clock: as long before the push was received as the uptimes
 * show. Two uptimes in whole seconds leave an uncertainty of one second: then the latest time is
 * used, which is correct for what is reported at once. Never later than now.
 */
export const momentOf = (item: RouterSpan, sent: RouterSpan, receivedAtMs: number): number => {
  const slackMs = item.isWhole && sent.isWhole ? 1_000 : 0
  return Math.round(receivedAtMs - Math.max(0, sent.ms - item.ms - slackMs))
}

/** The same item is the same event, however often it is sent. */
const eventId = (device: string, queue: string, boot: string, seq: number): string => {
  const bytes = createHash("sha256")
    .update(`push ${device} ${queue} ${boot} ${seq}`)
    .digest()
    .subarray(0, 16)
  const hex = bytes.toString("hex")
  // Version 8 (custom), variant 10.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${((bytes.readUInt8(8) & 0x3f) | 0x80).toString(16)}${hex.slice(18, 20)}-${hex.slice(20)}`
}

type EventDraft = {
  readonly name: Event["name"]
  readonly isBad: boolean
  readonly port: string | null
  readonly attributes: Record<string, unknown>
}
const eventDraftOf = (item: Exclude<PushItem, { kind: "heartbeat" }>): EventDraft | null => {
  switch (item.kind) {
    case "link": {
      if (item.name === "" || isDynamic(item.name)) return null
      const attributes = item.downs === undefined ? {} : { downs: item.downs }
      return {
        name: `link-${item.state}`,
        isBad: item.state === "down",
        port: storable(item.name, 256),
        attributes,
      }
    }
    case "peer": {
      const { protocol, name, address, detail, state } = item
      return {
        name: `peer-${state}`,
        isBad: state === "down",
        port: null,
        attributes: { protocol, name, address, detail },
      }
    }
    case "sessions": {
      const { count, was } = item
      return {
        name: "sessions-changed",
        isBad: Number(count) * 2 < Number(was),
        port: null,
        attributes: { count, was },
      }
    }
    case "watch": {
      if (item.because === "test") return null
      const { name, host, type, state, rtt, loss } = item
      const figures = {
        ...(rtt === null ? {} : { rttUs: rtt }),
        ...(loss === null ? {} : { lossPercent: loss }),
      }
      return {
        name: `watch-${state}`,
        isBad: state === "down",
        port: null,
        attributes: { name, host, type, ...figures },
      }
    }
    case "hello": {
      const { version, identity, done, failed, globals } = item
      const attributes = {
        version,
        identity,
        done: done.join("; "),
        failed: failed.join("; "),
        ...(globals && { globals }),
      }
      return { name: "reported-in", isBad: failed.length > 0, port: null, attributes }
    }
  }
}

export type Place = { readonly device: DeviceId; readonly queue: string; readonly boot: string }

const eventOf = (
  place: Place,
  item: Exclude<PushItem, { kind: "heartbeat" }>,
  atMs: number,
): Event[] => {
  const what = eventDraftOf(item)
  if (what === null) return []
  const attributes = Object.fromEntries(
    Object.entries(what.attributes).map(([key, value]) => [key, storable(String(value))]),
  )
  return [
    {
      kind: "event",
      id: eventId(place.device, place.queue, place.boot, item.seq),
      device: place.device,
      name: what.name,
      atMs,
      source: "push",
      severity: what.isBad ? "warning" : "info",
      interface: what.port,
      message: storable(sentenceOf(item)),
      attributes,
    },
  ]
}

/** What one item becomes, and what the next heartbeat is to be compared with. */
export const readItem = (
  place: Place,
  item: PushItem,
  atMs: number,
  was: Baseline | null,
): { readonly items: readonly Item[]; readonly baseline: Baseline | null } => {
  if (item.kind === "heartbeat") return readHeartbeat(place.device, item, atMs, was)
  const events: Item[] = eventOf(place, item, atMs)
  if (item.kind === "watch" && item.loss !== null && Number(item.loss) <= 100) {
    const sensor = storable(`watch ${item.name} loss`, 256)
    events.push({
      kind: "sensor",
      device: place.device,
      sensor,
      atMs,
      source: "push",
      unit: "%",
      value: Number(item.loss),
    })
  }
  if (item.kind === "hello" && mayReportFacts(was, atMs)) {
    const { facts } = factsOf(place.device, atMs, { ...item, board: "" }, "")
    if (facts !== null)
      return { items: [...events, facts], baseline: { ...(was ?? NO_COUNTS), factsAtMs: atMs } }
  }
  return { items: events, baseline: was }
}

/** The wire schema applies to these items too; an error here can still name the pushed item. */
export const firstError = (items: readonly Item[]): string | null => {
  for (const item of items) {
    const result = Item.safeParse(item)
    if (result.success) continue
    const [issue] = result.error.issues
    return errorText(`${item.kind}: ${issue?.path.map(String).join(".")}: ${issue?.message}`)
  }
  return null
}
