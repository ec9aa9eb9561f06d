/**
 * `/system/scheduler`: each entry has one timer for its next run; a router without entries has
 * none.
 */
import type { Row } from "../api-query.ts"
import { ScriptError } from "../script/value.ts"
import type { RouterSystem } from "./model.ts"
import { granted, policiesOfUser } from "./policies.ts"
import type { Item } from "./store.ts"
import { timeOf } from "./values.ts"

type Entry = { timer: NodeJS.Timeout | null; nextAtMs: number | null; runs: number; key: string }

/** How long after a boot entries with `start-time=startup` run. */
const STARTUP_MS = 1_000
/** The longest delay of a timer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
/** `2026-06-10` or `jun/10/2026`, with a time of day; null where they are invalid. */
export const startMs = (date: string, time: string): number | null => {
  const ns = timeOf(time)
  const old = /^([a-z]{3})\/(\d{1,2})\/(\d{4})$/i.exec(date)
  const day =
    old === null
      ? Date.parse(`${date}T00:00:00Z`)
      : Date.UTC(Number(old[3]), MONTHS.indexOf((old[1] ?? "").toLowerCase()), Number(old[2]))
  return ns === null || Number.isNaN(day) ? null : day + Number(ns / 1_000_000n)
}

const intervalMs = (item: Item): number =>
  Number((timeOf(item.values.get("interval") ?? "0s") ?? 0n) / 1_000_000n)

/** When an entry runs next; null for never. */
export const nextRunMs = (item: Item, bootAtMs: number, nowMs: number): number | null => {
  const every = intervalMs(item)
  const time = item.values.get("start-time") ?? ""
  const first =
    time === "startup" ? bootAtMs + STARTUP_MS : startMs(item.values.get("start-date") ?? "", time)
  if (first === null) return null
  if (first > nowMs) return first
  return every <= 0 ? null : first + (Math.floor((nowMs - first) / every) + 1) * every
}

export class Scheduler {
  readonly #os: RouterSystem
  readonly #entries = new Map<string, Entry>()
  #stopListening: (() => void) | null = null

  constructor(os: RouterSystem) {
    this.#os = os
  }

  start(): void {
    this.#stopListening = this.#os.store.onChange((path) => {
      if (path === "/system/scheduler") this.#plan()
    })
    this.#plan()
  }

  stop(): void {
    this.#stopListening?.()
    this.#stopListening = null
    for (const entry of this.#entries.values()) if (entry.timer !== null) clearTimeout(entry.timer)
    this.#entries.clear()
  }

  statusRow(id: string): Row {
    const entry = this.#entries.get(id)
    const next = entry?.nextAtMs ?? null
    return {
      "run-count": String(entry?.runs ?? 0),
      ...(next === null ? {} : { "next-run": this.#os.date(next) }),
    }
  }

  #plan(): void {
    const { items } = this.#os.store.table("/system/scheduler")
    for (const [id, entry] of this.#entries) {
      if (items.some((item) => item.id === id)) continue
      if (entry.timer !== null) clearTimeout(entry.timer)
      this.#entries.delete(id)
    }
    for (const item of items) {
      const key = ["start-date", "start-time", "interval", "disabled"]
        .map((name) => item.values.get(name))
        .join(" ")
      const entry = this.#entries.get(item.id) ?? { timer: null, nextAtMs: null, runs: 0, key: "" }
      this.#entries.set(item.id, entry)
      if (entry.key === key) continue
      entry.key = key
      this.#arm(item, entry)
    }
  }

  #arm(item: Item, entry: Entry): void {
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = null
    const now = this.#os.now()
    entry.nextAtMs =
      item.values.get("disabled") === "true" ? null : nextRunMs(item, this.#os.router.bootAtMs, now)
    if (entry.nextAtMs === null) return
    const wait = Math.min(MAX_TIMEOUT_MS, entry.nextAtMs - now)
    entry.timer = setTimeout(() => {
      const isDue = (entry.nextAtMs ?? 0) <= this.#os.now() + 5
      this.#arm(item, entry)
      if (isDue) void this.#run(item, entry)
    }, wait)
    entry.timer.unref()
  }

  async #run(item: Item, entry: Entry): Promise<void> {
    const os = this.#os
    const name = item.values.get("name") ?? ""
    if (os.store.single("/system/device-mode", "scheduler") === "false") return
    entry.runs += 1
    const owner = item.values.get("owner") ?? ""
    const users = policiesOfUser(os.store, owner)
    const policies = new Set(
      [...granted(item.values.get("policy") ?? "")].filter((policy) => users.has(policy)),
    )
    const event = item.values.get("on-event") ?? ""
    const stored = os.store.table("/system/script").named(event.trim())
    try {
      if (stored === undefined)
        await os.engine.run(
          { source: event, runner: { owner, policies }, variables: new Map(), name },
          os.print,
        )
      else await os.runNamed(stored, { owner, policies })
    } catch (error) {
      if (os.isOn)
        os.router.writeLog(os.now(), "script,error", failureText(name, "scheduler", error))
    }
  }
}

export const failureText = (name: string, by: string, error: unknown): string => {
  const why = error instanceof ScriptError ? error.message : `a fault of the lab: ${String(error)}`
  return `executing script ${name} from ${by} failed, please check it manually (${why})`
}
