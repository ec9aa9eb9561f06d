/**
 * What each agent has sent in the last hour, by kind, and the latest of each kind as it was
 * received. In memory: it shows what is sent now, and is no record.
 */
import type { TaskResult } from "@ispvm/wire"
import { SENT_KINDS, type SentKind } from "../../api/redaction.ts"
import type { Clock } from "../../platform/clock.ts"
import type { AgentId } from "../../platform/ids.ts"

const MINUTE_MS = 60_000
const MINUTES = 60
/** Of one example. */
export const MAX_EXAMPLE_CHARS = 4_000

type Minute = { atMinute: number; messages: number; rows: number; bytes: number }
type Latest = { readonly atMs: number; readonly text: string; readonly chars: number }
type Counted = { readonly minutes: Minute[]; latest: Latest | null }
export type SentCount = {
  readonly kind: SentKind
  readonly messages: number
  readonly rows: number
  readonly bytes: number
  readonly latest: Latest | null
}
type Amount = { readonly messages: number; readonly rows: number; readonly bytes: number }

export type SentMeter = {
  /** Stored items of a batch, with the bytes of each. */
  readonly noteItems: (agent: AgentId, items: readonly unknown[], sizes: readonly number[]) => void
  readonly noteResult: (agent: AgentId, result: TaskResult) => void
  readonly noteHeartbeat: (agent: AgentId, heartbeat: object) => void
  readonly of: (agent: AgentId) => readonly SentCount[]
  readonly startedAtMs: number
  readonly forget: (agent: AgentId) => void
}

const fieldOf = (item: unknown, name: string): unknown =>
  typeof item === "object" && item !== null ? Reflect.get(item, name) : undefined
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** Families of probes; every other family is read from a device. */
const PROBES: ReadonlySet<unknown> = new Set(["ping", "service"])
export const kindOfItem = (item: unknown): SentKind => {
  const kind = fieldOf(item, "kind")
  if (kind === "rows") return "tables"
  if (kind === "event") return "events"
  if (kind === "facts") return "facts"
  return PROBES.has(kind) ? "probes" : "samples"
}
const rowsOf = (item: unknown): number =>
  fieldOf(item, "kind") === "rows"
    ? lengthOf(fieldOf(item, "rows")) + lengthOf(fieldOf(item, "gone"))
    : 1

/** A copy: a part of a text would keep the whole text in memory. */
const exampleOf = (text: string, atMs: number): Latest => ({
  atMs,
  text: Buffer.from(text.slice(0, MAX_EXAMPLE_CHARS)).toString(),
  chars: text.length,
})

export const createSentMeter = (clock: Clock): SentMeter => {
  const startedAtMs = clock.now()
  const agents = new Map<AgentId, Map<SentKind, Counted>>()

  const add = (agent: AgentId, kind: SentKind, amount: Amount, example: string | null): void => {
    const nowMs = clock.now()
    const kinds = agents.get(agent) ?? new Map<SentKind, Counted>()
    agents.set(agent, kinds)
    const counted = kinds.get(kind) ?? { minutes: [], latest: null }
    kinds.set(kind, counted)
    const atMinute = Math.floor(nowMs / MINUTE_MS)
    let minute = counted.minutes.at(-1)
    if (minute?.atMinute !== atMinute) {
      minute = { atMinute, messages: 0, rows: 0, bytes: 0 }
      counted.minutes.push(minute)
      if (counted.minutes.length > MINUTES) counted.minutes.shift()
    }
    minute.messages += amount.messages
    minute.rows += amount.rows
    minute.bytes += amount.bytes
    if (example !== null) counted.latest = exampleOf(example, nowMs)
  }
  const one = (agent: AgentId, kind: SentKind, rows: number, text: string, isShown: boolean) =>
    add(agent, kind, { messages: 1, rows, bytes: Buffer.byteLength(text) }, isShown ? text : null)
  return {
    startedAtMs,
    noteItems: (agent, items, sizes) => {
      const byKind = new Map<SentKind, Amount & { readonly example: unknown }>()
      for (const [index, item] of items.entries()) {
        const kind = kindOfItem(item)
        const was = byKind.get(kind)
        byKind.set(kind, {
          messages: (was?.messages ?? 0) + 1,
          rows: (was?.rows ?? 0) + rowsOf(item),
          bytes: (was?.bytes ?? 0) + (sizes[index] ?? 0),
          // A table that only reports its age shows less than one with a row.
          example:
            was !== undefined && kind === "tables" && rowsOf(item) === 0 ? was.example : item,
        })
      }
      for (const [kind, { example, ...amount }] of byKind)
        add(agent, kind, amount, JSON.stringify(example))
    },
    noteResult: (agent, result) => {
      const text = JSON.stringify(result)
      if (result.kind === "diagnosis") {
        one(agent, "diagnostics", result.lines.length, text, result.lines.length > 0)
        return
      }
      const rows = result.kind === "read" ? result.menus.length : result.steps.length
      // Menus of a router may contain secrets, such as a community of SNMP.
      one(agent, "answers", rows, text, false)
    },
    noteHeartbeat: (agent, heartbeat) =>
      one(agent, "heartbeats", 1, JSON.stringify(heartbeat), true),
    of: (agent) => {
      const fromMinute = Math.floor(clock.now() / MINUTE_MS) - MINUTES
      return SENT_KINDS.map((kind) => {
        const counted = agents.get(agent)?.get(kind)
        const recent = counted?.minutes.filter(({ atMinute }) => atMinute > fromMinute) ?? []
        const sum = (name: keyof Amount) => recent.reduce((total, each) => total + each[name], 0)
        return {
          kind,
          messages: sum("messages"),
          rows: sum("rows"),
          bytes: sum("bytes"),
          latest: counted?.latest ?? null,
        }
      })
    },
    forget: (agent) => void agents.delete(agent),
  }
}
