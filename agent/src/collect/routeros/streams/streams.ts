/**
 * `/listen` instead of frequent polls: a router reports its interfaces, PPP sessions and log lines
 * as they change. At most three commands run on the connection that its polls use; what a router
 * does not report is polled, and complete readings go on at their intervals.
 */
import { type AssignedDevice, COLLECTORS, type DeviceId } from "@ispvm/wire"
import type { Reading, StreamReport } from "../../collector.ts"
import type { CommandOptions } from "../client/connection.ts"
import type { Session } from "../client/sessions.ts"
import {
  AS_READ,
  DeviceStreams,
  type StartedReading,
  type StreamClock,
  type StreamCounts,
  type StreamSink,
} from "./device-streams.ts"

export type { LogLine, StreamSink } from "./device-streams.ts"

/** The collector that keeps the streams going; its interval 0 turns them off. */
export const LISTEN = "listen"
const TICK_MS = 1_000
/** Streams end without a run of the collector: it was turned off. */
const LEASES = 6
const MIN_LEASE_MS = 60_000

type Leased = { readonly streams: DeviceStreams; untilMs: number }

export class Streams {
  readonly counts: StreamCounts = { rows: 0, fellBack: 0, skipped: 0 }
  readonly #sink: StreamSink
  readonly #clock: StreamClock
  readonly #tickMs: number
  readonly #devices = new Map<DeviceId, Leased>()
  #timer: NodeJS.Timeout | null = null

  constructor(sink: StreamSink, clock: StreamClock, tickMs = TICK_MS) {
    this.#sink = sink
    this.#clock = clock
    this.#tickMs = tickMs
  }

  /** Streams that are open now. */
  get listening(): number {
    return [...this.#devices.values()].reduce((sum, { streams }) => sum + streams.listening, 0)
  }

  /** Starts what is not running. Without changes it requests nothing. */
  async check(device: AssignedDevice, session: Session, options: CommandOptions): Promise<void> {
    const everyMs = device.collectorIntervals?.[`routeros-api.${LISTEN}`] ?? DEFAULT_EVERY_MS
    const leased = this.#devices.get(device.id) ?? {
      streams: new DeviceStreams(device, this.#sink, this.#clock, this.counts),
      untilMs: 0,
    }
    leased.untilMs = this.#clock.steady() + Math.max(MIN_LEASE_MS, everyMs * LEASES)
    this.#devices.set(device.id, leased)
    this.#timer ??= setInterval(() => this.tick(), this.#tickMs)
    const { connection } = session
    await leased.streams.check(connection, options)
  }

  /** What a collector would read; null: it has to read. */
  insteadOf(reads: string, device: DeviceId): readonly Reading[] | null {
    return reads === "sessions" ? (this.#devices.get(device)?.streams.sessionsNow() ?? null) : null
  }

  startReading(reads: string, device: DeviceId): StartedReading {
    return this.#devices.get(device)?.streams.startReading(reads) ?? AS_READ
  }

  reports(device: DeviceId): readonly StreamReport[] {
    return this.#devices.get(device)?.streams.reports() ?? []
  }

  /** Called by the timer. */
  tick(): void {
    const nowMs = this.#clock.steady()
    for (const [id, { streams, untilMs }] of this.#devices) {
      if (nowMs > untilMs) this.forget(id)
      else streams.tick()
    }
  }

  forget(device: DeviceId): void {
    this.#devices.get(device)?.streams.close()
    this.#devices.delete(device)
    if (this.#devices.size > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  close(): void {
    for (const device of [...this.#devices.keys()]) this.forget(device)
  }
}

const DEFAULT_EVERY_MS = COLLECTORS[`routeros-api.${LISTEN}`] ?? 0
