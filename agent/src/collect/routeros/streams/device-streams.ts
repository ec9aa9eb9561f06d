/** The streams of one router, on its one connection, and what follows from their rows. */
import type { AssignedDevice, Event } from "@ispvm/wire"
import type { Reading, StreamReport } from "../../collector.ts"
import type { CommandOptions, Connection } from "../client/connection.ts"
import { type ListenRow, listenRow } from "../client/listening.ts"
import type { Row } from "../client/reply.ts"
import { isForbiddenMenu, isMissingMenu, TrapError } from "../client/trap.ts"
import { propertiesOf, tableRows } from "../menus/menu.ts"
import { SESSION_MENU, SESSION_TABLE } from "../menus/subscribers.ts"
import { LiveSessions, type Overlay, Swing } from "./live-sessions.ts"
import { LogTail } from "./log-tail.ts"
import { PORT_STATE_PROPERTIES, PortStates } from "./port-states.ts"
import {
  isDue,
  listeningState,
  type PollingReason,
  pollingState,
  RowRate,
  STREAM_NAMES,
  STREAMS,
  StallWatch,
  type StreamName,
  type StreamState,
  WAITING,
} from "./stream-state.ts"

export type LogLine = { readonly topics: string; readonly message: string }
export type StreamSink = {
  readonly onReadings: (readings: readonly Reading[], isUrgent: boolean) => void
  readonly onEvent: (event: Omit<Event, "id">) => void
  /** An interface of this router went up or down: poll it. */
  readonly onInterface: (device: AssignedDevice["id"]) => void
  readonly onLogLine: (device: AssignedDevice["id"], line: LogLine) => void
}
export type StreamClock = { readonly now: () => number; readonly steady: () => number }
export type StreamCounts = { rows: number; fellBack: number; skipped: number }
/** `done` completes what was read with what was reported meanwhile. */
export type StartedReading = {
  readonly done: (readings: readonly Reading[]) => readonly Reading[]
  readonly failed: () => void
}
export const AS_READ: StartedReading = { done: (readings) => readings, failed: () => undefined }

const PROPERTIES: Readonly<Record<StreamName, readonly string[]>> = {
  interface: PORT_STATE_PROPERTIES,
  ppp: [".id", ...propertiesOf(SESSION_MENU)],
  log: ["topics", "message"],
}
/**
 * With more sessions than this, each of which has an interface, only the ports are listened to: rows
 * of sessions' interfaces cost the router and tell nothing.
 */
const MAX_SESSION_INTERFACES = 50
const PORTS_MENU = "/interface/ethernet"
/** Complete readings beside a stream, and instead of one. */
const SESSIONS_EVERY_MS = 300_000
const LOG_EVERY_MS = { listening: 600_000, polling: 60_000 } as const
/** A longer log is not read completely. */
const MAX_LOG_LINES = 5_000
const RETRY_MENU_MS = 3_600_000
/** The longest time of a timer, 24 days; then the stream is started again. */
const ENDLESS_MS = 2_147_483_647
/** Which services exist without a session is read again after this time. */
const SERVICES_EVERY_MS = 1_800_000
/** Counts are sent at most this often; small changes of a large number less often. */
const COUNT_EVERY_MS = { large: 1_000, small: 5_000 } as const
const LARGE_RATIO = 0.01
/** A loss that may be an outage is sent at once. */
const URGENT_RATIO = 0.05

const reasonOf = (error: unknown, isOpen: boolean): PollingReason => {
  if (isMissingMenu(error)) return "missing"
  if (isForbiddenMenu(error)) return "not-permitted"
  if (error instanceof TrapError) return "failed"
  return isOpen ? "ended" : "disconnected"
}

type Stream = {
  readonly abort: AbortController
  readonly watch: StallWatch
  readonly rate: RowRate
}
type Received = { rows: number; lastMs: number | null }

export class DeviceStreams {
  readonly device: AssignedDevice
  readonly #sink: StreamSink
  readonly #clock: StreamClock
  readonly #counts: StreamCounts
  readonly #states = new Map<StreamName, StreamState>()
  readonly #streams = new Map<StreamName, Stream>()
  readonly #received = new Map<StreamName, Received>()
  readonly #ports = new PortStates()
  readonly #log = new LogTail()
  readonly #swing = new Swing()
  #sessions = newSessions()
  #services: readonly string[] = []
  #servicesMs = Number.NEGATIVE_INFINITY
  #interfaceMenu: string = STREAMS.interface
  #sessionsDueMs = 0
  #logDueMs = 0
  #sentMs = Number.NEGATIVE_INFINITY
  #sentCount = 0
  #connection: Connection | null = null

  constructor(device: AssignedDevice, sink: StreamSink, clock: StreamClock, counts: StreamCounts) {
    this.device = device
    this.#sink = sink
    this.#clock = clock
    this.#counts = counts
  }

  get listening(): number {
    return this.#streams.size
  }

  /** Starts the streams that are due, and reads what they report as a whole where that is due. */
  async check(connection: Connection, options: CommandOptions): Promise<void> {
    if (this.#connection !== connection) this.#leave("disconnected")
    this.#connection = connection
    this.#startDue(["ppp", "log"], connection)
    await this.#readSessions(connection, options)
    await this.#readLog(connection, options)
    const hasMany = this.#sessions.size > MAX_SESSION_INTERFACES
    if (hasMany && this.#interfaceMenu !== PORTS_MENU) {
      this.#leave("disconnected", ["interface"])
      this.#interfaceMenu = PORTS_MENU
    }
    this.#startDue(["interface"], connection)
  }

  #startDue(names: readonly StreamName[], connection: Connection): void {
    for (const name of names)
      if (isDue(this.#state(name), this.#clock.steady())) this.#start(name, connection)
  }

  #menu(name: StreamName): string {
    return name === "interface" ? this.#interfaceMenu : STREAMS[name]
  }

  close(): void {
    this.#leave("waiting")
  }

  reports(): readonly StreamReport[] {
    return STREAM_NAMES.map((name) => {
      const state = this.#state(name)
      const { rows, lastMs } = this.#received.get(name) ?? { rows: 0, lastMs: null }
      const reason = state.kind === "polling" ? state.reason : null
      return { name, menu: `${this.#menu(name)}/listen`, state: state.kind, reason, rows, lastMs }
    })
  }

  /** The number of sessions without a reading; null: it has to be read. */
  sessionsNow(): readonly Reading[] | null {
    const isFresh = this.#clock.steady() - this.#servicesMs < SERVICES_EVERY_MS
    if (!this.#streams.has("ppp") || !this.#sessions.isSynced || !isFresh) return null
    return this.#countReadings(this.#sessions.counts)
  }

  /** Of a collector that makes a complete reading now. */
  startReading(reads: string): StartedReading {
    if (reads === "interface") return { ...AS_READ, done: (all) => this.#interfacesRead(all) }
    if (reads === "sessions") return { ...AS_READ, done: (all) => this.#servicesRead(all) }
    if (reads !== "session-list" || !this.#streams.has("ppp")) return AS_READ
    const sessions = this.#sessions
    const overlay = sessions.beginRead()
    return {
      done: (all) => {
        sessions.endRead(overlay)
        const atMs = this.#clock.now()
        return all.map((reading) => this.#overlaid(reading, overlay, atMs))
      },
      failed: () => sessions.endRead(overlay),
    }
  }

  /** Ends what is stalled, and sends what changed. Called every second. */
  tick(): void {
    const nowMs = this.#clock.steady()
    for (const [name, { watch }] of this.#streams)
      if (watch.isStalled(nowMs)) this.#fall(name, "stalled")
    if (this.#streams.has("ppp") && this.#sessions.isSynced && this.#sessions.isChanged)
      this.#sendSessions(nowMs)
  }

  #state(name: StreamName): StreamState {
    return this.#states.get(name) ?? WAITING
  }

  #start(name: StreamName, connection: Connection): void {
    const nowMs = this.#clock.steady()
    const stream = {
      abort: new AbortController(),
      watch: new StallWatch(),
      rate: new RowRate(name),
    }
    if (name === "ppp") this.#sessions = newSessions()
    if (name === "ppp") this.#sessionsDueMs = nowMs
    this.#streams.set(name, stream)
    this.#states.set(name, listeningState(this.#state(name), nowMs))
    void this.#run(name, stream, connection) // ends with the stream, and never rejects
  }

  /** Rows are taken as they arrive: what follows them on the connection finds them applied. */
  async #run(name: StreamName, stream: Stream, connection: Connection): Promise<void> {
    const words = [`${this.#menu(name)}/listen`, `=.proplist=${PROPERTIES[name].join(",")}`]
    try {
      await connection.run(words, {
        onRow: (row) => this.#row(name, stream, listenRow(row)),
        signal: stream.abort.signal,
        deadlineMs: ENDLESS_MS,
      })
      if (!stream.abort.signal.aborted) this.#fall(name, "ended")
    } catch (error) {
      if (!stream.abort.signal.aborted) this.#fall(name, reasonOf(error, connection.isOpen))
    }
  }

  #row(name: StreamName, { watch, rate, abort }: Stream, row: ListenRow): void {
    if (abort.signal.aborted) return
    const nowMs = this.#clock.steady()
    const received = this.#received.get(name) ?? { rows: 0, lastMs: null }
    received.rows += 1
    received.lastMs = this.#clock.now()
    this.#received.set(name, received)
    this.#counts.rows += 1
    watch.row()
    if (!rate.take(nowMs)) {
      this.#fall(name, "too-many")
      return
    }
    if (name === "interface" && this.#ports.apply(row)) this.#sink.onInterface(this.device.id)
    if (name === "ppp") this.#sessions.apply(row)
    if (name === "log" && !row.isRemoved && this.#log.streamed(row.row, nowMs))
      this.#logLine(row.row)
  }

  /** The menu is polled from now on, and the stream is tried again later. */
  #fall(name: StreamName, reason: PollingReason): void {
    const stream = this.#streams.get(name)
    this.#streams.delete(name)
    this.#states.set(name, pollingState(this.#state(name), reason, this.#clock.steady()))
    if (name === "log") this.#logDueMs = 0
    if (name === "ppp") this.#dropSessions()
    if (reason !== "waiting" && reason !== "disconnected") this.#counts.fellBack += 1
    stream?.abort.abort()
  }

  #leave(reason: "waiting" | "disconnected", names: readonly StreamName[] = STREAM_NAMES): void {
    for (const name of names) if (this.#streams.has(name)) this.#fall(name, reason)
  }

  #dropSessions(): void {
    this.#counts.skipped += this.#sessions.totals.skipped
    this.#sessions = newSessions()
  }

  async #readSessions(connection: Connection, options: CommandOptions): Promise<void> {
    const nowMs = this.#clock.steady()
    const stream = this.#streams.get("ppp")
    if (stream === undefined || nowMs < this.#sessionsDueMs) return
    const sessions = this.#sessions
    const overlay = sessions.beginRead()
    try {
      const proplist = [".id", "service", ...SESSION_TABLE.key.properties]
      const rows = await connection.print(STREAMS.ppp, { ...options, proplist })
      const isMissed = sessions.sync(rows, overlay)
      this.#sessionsDueMs = nowMs + SESSIONS_EVERY_MS
      stream.watch.read(isMissed, this.#clock.steady())
    } catch (error) {
      if (!(error instanceof TrapError)) throw error
      this.#sessionsDueMs = nowMs + SESSIONS_EVERY_MS
    } finally {
      sessions.endRead(overlay)
    }
  }

  async #readLog(connection: Connection, options: CommandOptions): Promise<void> {
    const nowMs = this.#clock.steady()
    if (nowMs < this.#logDueMs) return
    const isListening = this.#streams.has("log")
    this.#logDueMs = nowMs + LOG_EVERY_MS[isListening ? "listening" : "polling"]
    try {
      const { ret } = await connection.run([`${STREAMS.log}/print`, "=count-only="], options)
      if (Number(ret) > MAX_LOG_LINES) return
      const rows = await connection.print(STREAMS.log, { ...options, proplist: PROPERTIES.log })
      const missed = this.#log.read(rows, this.#clock.steady())
      this.#streams.get("log")?.watch.read(missed.length > 0, this.#clock.steady())
      for (const row of missed) this.#logLine(row)
    } catch (error) {
      if (!(error instanceof TrapError)) throw error
      this.#logDueMs = nowMs + RETRY_MENU_MS
    }
  }

  #logLine(row: Row): void {
    const message = row.get("message") ?? ""
    if (message !== "")
      this.#sink.onLogLine(this.device.id, { topics: row.get("topics") ?? "", message })
  }

  #interfacesRead(readings: readonly Reading[]): readonly Reading[] {
    const isMissed = this.#ports.read(readings.filter((each) => each.kind === "interface"))
    this.#streams.get("interface")?.watch.read(isMissed, this.#clock.steady())
    return readings
  }

  #servicesRead(readings: readonly Reading[]): readonly Reading[] {
    this.#services = readings.flatMap((each) => (each.kind === "family" ? [each.name] : []))
    this.#servicesMs = this.#clock.steady()
    return readings
  }

  #countReadings(counts: ReadonlyMap<string, number>): readonly Reading[] {
    const common = {
      device: this.device.id,
      source: "routeros-api",
      atMs: this.#clock.now(),
    } as const
    return [...new Set([...this.#services, ...counts.keys()])].map((name) => ({
      ...common,
      kind: "family",
      family: "sessions",
      uptimeS: null,
      name,
      values: { count: counts.get(name) ?? 0 },
    }))
  }

  #sendSessions(nowMs: number): void {
    const total = this.#sessions.size
    const change = Math.abs(total - this.#sentCount)
    const isLarge = change > 0 && change >= LARGE_RATIO * Math.max(total, this.#sentCount)
    if (nowMs - this.#sentMs < COUNT_EVERY_MS[isLarge ? "large" : "small"]) return
    const isUrgent = this.#sentCount - total >= URGENT_RATIO * Math.max(1, this.#sentCount)
    const { counts, rows, gone } = this.#sessions.take()
    const atMs = this.#clock.now()
    const common = { device: this.device.id, source: "routeros-api", atMs } as const
    const readings: Reading[] = [...this.#countReadings(counts)]
    if (rows.length > 0 || gone.length > 0)
      readings.push({
        ...common,
        kind: "table",
        table: SESSION_TABLE.table,
        rows: tableRows(SESSION_TABLE, rows, { atMs, utcOffsetMs: null }),
        gone,
      })
    this.#sentMs = nowMs
    this.#sentCount = total
    this.#sink.onReadings(readings, isUrgent)
    const was = this.#swing.add(total, nowMs)
    if (was !== null) this.#sink.onEvent(changedEvent(common, total, was))
  }

  #overlaid(reading: Reading, overlay: Overlay, atMs: number): Reading {
    if (reading.kind !== "table" || reading.table !== SESSION_TABLE.table) return reading
    const known = new Map(reading.rows.map((row) => [row.key, row]))
    const moment = { atMs, utcOffsetMs: null }
    for (const { row, key } of overlay.values()) {
      if (row === null && key !== null) known.delete(key)
      for (const made of tableRows(SESSION_TABLE, row === null ? [] : [row], moment))
        known.set(made.key, made)
    }
    return { ...reading, rows: [...known.values()] }
  }
}

const keyOf = (row: Row): string => {
  const key = SESSION_TABLE.key.read(row, { atMs: 0, utcOffsetMs: null })
  return typeof key === "string" ? key : ""
}
const newSessions = (): LiveSessions => new LiveSessions(keyOf)

const changedEvent = (
  common: Pick<Event, "device" | "source" | "atMs">,
  count: number,
  was: number,
): Omit<Event, "id"> => ({
  ...common,
  kind: "event",
  name: "sessions-changed",
  severity: count * 2 < was ? "warning" : "info",
  interface: null,
  message: `PPP sessions ${count < was ? "fell" : "rose"} from ${was} to ${count}`,
  attributes: { count: String(count), was: String(was) },
})
