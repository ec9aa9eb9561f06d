/** One port of a simulated router: its state and its counters. */

import { Meter } from "./meter.ts"
import { PEAK_RATIO, randomFraction, seedOf } from "./traffic-curve.ts"

export type PortKind = "ether" | "loopback" | "pppoe-in" | "lte" | "wifi" | "cap" | "w60g"
export type PortPeer = {
  readonly router: string
  readonly port: string
  readonly mac: string
  readonly address: string
  readonly board: string
  readonly version: string
}
export type PortPlan = {
  readonly name: string
  readonly kind: PortKind
  readonly index: number
  readonly mac: string | null
  readonly comment: string | null
  /** The far end of its cable, as its discovery packets name it. */
  readonly peer: PortPeer | null
  readonly speedBps: number
  readonly running: boolean
  readonly dynamic: boolean
  /** The curves of received and sent traffic. */
  readonly rxSeed: number
  readonly txSeed: number
  /** Errors and drops per second at most; radio has some, fibre hardly any. */
  readonly maxErrorsPerS: number
}

/** Mean size of a packet to customers, and from them. */
const BYTES_PER_PACKET = 980
/** The sender on a full link drops this many packets for each that it sends. */
export const FULL_DROPS = 0.08
/**
 * The highest share of its limit, so that a reader with a slightly wrong clock sees no more either.
 */
const MAX_SHARE = 0.97
/** What a full link of this capacity carries. */
export const fullBps = (limitBps: number): number => limitBps * MAX_SHARE
/** The mean rate that stays below `limitBps` at the daily peak as well. */
export const maxMeanBps = (limitBps: number): number => (limitBps * MAX_SHARE) / PEAK_RATIO

/** The direction that carries all that it can, at any hour. */
export type Full = "rx" | "tx" | null

export class Port {
  plan: PortPlan
  readonly rxByte: Meter
  readonly txByte: Meter
  readonly rxPacket: Meter
  readonly txPacket: Meter
  readonly rxError: Meter
  readonly rxDrop: Meter
  readonly txDrop: Meter
  running: boolean
  disabled = false
  /** How much less light its module receives, in dB. */
  fadeDb = 0
  linkDowns = 0
  lastUpAtMs: number | null
  lastDownAtMs: number | null = null
  #rxBps = 0
  #txBps = 0
  #full: Full = null

  constructor(plan: PortPlan, bootAtMs: number) {
    this.plan = plan
    this.running = plan.running
    this.lastUpAtMs = plan.running ? bootAtMs + 9_000 : null
    // Bytes and packets of one direction share a curve, so that their ratio is constant.
    this.rxByte = new Meter(plan.rxSeed, bootAtMs)
    this.rxPacket = new Meter(plan.rxSeed, bootAtMs)
    this.txByte = new Meter(plan.txSeed, bootAtMs)
    this.txPacket = new Meter(plan.txSeed, bootAtMs)
    this.rxError = new Meter(seedOf(plan.rxSeed, "error"), bootAtMs)
    this.rxDrop = new Meter(seedOf(plan.rxSeed, "drop"), bootAtMs)
    this.txDrop = new Meter(seedOf(plan.txSeed, "drop"), bootAtMs)
  }

  /** Sets the traffic from now on, limited to the port's speed; without a link there is none. */
  setLoad(rxBps: number, txBps: number, atMs: number, full: Full = null): void {
    const { speedBps } = this.plan
    // Virtual ports have no speed of their own.
    const limited = (bps: number, limit: (speedBps: number) => number): number =>
      speedBps === 0 ? bps : Math.min(bps, limit(speedBps))
    this.#rxBps = limited(rxBps, full === "rx" ? fullBps : maxMeanBps)
    this.#txBps = limited(txBps, full === "tx" ? fullBps : maxMeanBps)
    this.#full = full
    this.#apply(atMs)
  }

  /** Returns whether anything changed. */
  setRunning(running: boolean, atMs: number): boolean {
    if (running === this.running) return false
    this.running = running
    if (running) this.lastUpAtMs = atMs
    else {
      this.lastDownAtMs = atMs
      this.linkDowns += 1
    }
    this.#apply(atMs)
    return true
  }

  #apply(atMs: number): void {
    const on = this.running && !this.disabled
    const rx = on ? this.#rxBps / 8 : 0
    const tx = on ? this.#txBps / 8 : 0
    const [isRxFull, isTxFull] = [this.#full === "rx", this.#full === "tx"]
    this.rxByte.setPerSecond(rx, atMs, isRxFull)
    this.txByte.setPerSecond(tx, atMs, isTxFull)
    this.rxPacket.setPerSecond(rx / BYTES_PER_PACKET, atMs, isRxFull)
    this.txPacket.setPerSecond(tx / BYTES_PER_PACKET, atMs, isTxFull)
    const maxErrorsPerS = on ? this.plan.maxErrorsPerS : 0
    this.rxError.setPerSecond(maxErrorsPerS * 0.2 * randomFraction(this.plan.index, 1), atMs)
    this.rxDrop.setPerSecond(maxErrorsPerS * 0.5 * randomFraction(this.plan.index, 2), atMs)
    const drops = on && isTxFull ? (tx / BYTES_PER_PACKET) * FULL_DROPS : 0
    this.txDrop.setPerSecond(
      drops + maxErrorsPerS * randomFraction(this.plan.index, 3),
      atMs,
      isTxFull,
    )
  }

  reboot(atMs: number): void {
    for (const meter of [
      this.rxByte,
      this.txByte,
      this.rxPacket,
      this.txPacket,
      this.rxError,
      this.rxDrop,
      this.txDrop,
    ])
      meter.reset(atMs)
    this.linkDowns = 0
    this.lastDownAtMs = null
    this.lastUpAtMs = this.running ? atMs : null
  }
}
