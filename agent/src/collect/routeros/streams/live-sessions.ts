/**
 * The PPP sessions of a router between complete readings: how many there are of each service, and
 * which rows of their table changed. Thousands of changes are one count and one set of rows. Pure.
 */
import type { ListenRow } from "../client/listening.ts"
import type { Row } from "../client/reply.ts"

/** Changes of the table that are sent at once; with more, the next complete reading has them. */
const MAX_PENDING = 1_000
const UNNAMED = "ppp"

type Session = { readonly service: string; readonly key: string }
/**
 * By id: what was reported while a complete reading ran. `row`: null if it is gone; `key`: of its
 * row in the table, null if it is not known.
 */
type Reported = { readonly row: Row | null; readonly key: string | null }
export type Overlay = ReadonlyMap<string, Reported>
export type SessionChanges = {
  readonly counts: ReadonlyMap<string, number>
  readonly rows: readonly Row[]
  readonly gone: readonly string[]
}

export class LiveSessions {
  /** `skipped`: changes of the table that were left to its next complete reading. */
  readonly totals = { opened: 0, closed: 0, skipped: 0 }
  readonly #keyOf: (row: Row) => string
  readonly #known = new Map<string, Session>()
  readonly #counts = new Map<string, number>()
  readonly #overlays = new Set<Map<string, Reported>>()
  /** By key of the table. */
  readonly #pending = new Map<string, Row | null>()
  #isSynced = false
  #isChanged = false
  #hasTooMany = false

  constructor(keyOf: (row: Row) => string) {
    this.#keyOf = keyOf
  }

  get isSynced(): boolean {
    return this.#isSynced
  }
  get isChanged(): boolean {
    return this.#isChanged
  }
  get size(): number {
    return this.#known.size
  }
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Changes from now on are kept for what reads the table meanwhile, until `endRead`. */
  beginRead(): Overlay {
    const overlay = new Map<string, Reported>()
    this.#overlays.add(overlay)
    return overlay
  }

  endRead(overlay: Overlay): void {
    for (const each of this.#overlays) if (each === overlay) this.#overlays.delete(each)
  }

  apply({ id, isRemoved, row }: ListenRow): void {
    if (id === null) return
    const was = this.#known.get(id)
    const reported = { row: isRemoved ? null : row, key: was?.key ?? null }
    for (const overlay of this.#overlays) overlay.set(id, reported)
    if (!this.#isSynced) return
    if (isRemoved) {
      if (was === undefined) return // It came and went before the table was read.
      this.#remove(id, was)
      this.totals.closed += 1
      this.#note(was.key, null)
      return
    }
    if (was === undefined) this.totals.opened += 1
    this.#put(id, row, was)
    this.#note(this.#known.get(id)?.key ?? id, row)
  }

  /**
   * A complete reading, over which what was reported meanwhile goes first. True: it differs from
   * what was known.
   */
  sync(rows: readonly Row[], overlay: Overlay): boolean {
    const truth = new Map<string, Row>()
    for (const row of rows) {
      const id = row.get(".id")
      if (id !== undefined) truth.set(id, row)
    }
    for (const [id, { row }] of overlay) {
      if (row === null) truth.delete(id)
      else truth.set(id, row)
    }
    let isDifferent = false
    for (const [id, session] of this.#known) {
      if (truth.has(id)) continue
      isDifferent = true
      this.#remove(id, session)
    }
    for (const [id, row] of truth) {
      const was = this.#known.get(id)
      if (was === undefined) isDifferent = true
      this.#put(id, row, was)
    }
    const isFirst = !this.#isSynced
    this.#isSynced = true
    if (isDifferent) this.#isChanged = true
    return isDifferent && !isFirst
  }

  /** What changed since the last call. */
  take(): SessionChanges {
    const pending = [...this.#pending]
    this.#pending.clear()
    this.#isChanged = false
    this.#hasTooMany = false
    return {
      counts: new Map(this.#counts),
      rows: pending.flatMap(([, row]) => (row === null ? [] : [row])),
      gone: pending.flatMap(([key, row]) => (row === null ? [key] : [])),
    }
  }

  /** A service that had sessions has none, not no count. */
  #add(service: string, by: number): void {
    this.#counts.set(service, Math.max(0, (this.#counts.get(service) ?? 0) + by))
  }

  #remove(id: string, { service }: Session): void {
    this.#known.delete(id)
    this.#add(service, -1)
  }

  /** A row of a change may have only what changed. */
  #put(id: string, row: Row, was: Session | undefined): void {
    const service = row.get("service") || (was?.service ?? UNNAMED)
    const key = this.#keyOf(row) || was?.key || id
    if (was?.service !== service) {
      if (was !== undefined) this.#add(was.service, -1)
      this.#add(service, 1)
    }
    this.#known.set(id, { service, key })
  }

  #note(key: string, row: Row | null): void {
    this.#isChanged = true
    if (this.#hasTooMany) {
      this.totals.skipped += 1
      return
    }
    this.#pending.set(key, row)
    if (this.#pending.size <= MAX_PENDING) return
    this.totals.skipped += this.#pending.size
    this.#pending.clear()
    this.#hasTooMany = true
  }
}

/** Less than this is the coming and going of every day. */
const MIN_SWING = 10
const SWING_RATIO = 0.2
const SWING_MS = 60_000

/** Finds a number of sessions that changed a lot within a minute. Pure: time is an argument. */
export class Swing {
  #was: number | null = null
  #atMs = 0

  /** What it was before; null: it did not change a lot. */
  add(count: number, nowMs: number): number | null {
    const was = this.#was
    if (was === null || nowMs - this.#atMs >= SWING_MS) {
      this.#restart(count, nowMs)
      if (was === null) return null
    }
    if (was === null) return null
    const change = Math.abs(count - was)
    if (change < MIN_SWING || change < SWING_RATIO * Math.max(count, was)) return null
    this.#restart(count, nowMs)
    return was
  }

  #restart(count: number, nowMs: number): void {
    this.#was = count
    this.#atMs = nowMs
  }
}
