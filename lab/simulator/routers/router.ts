/**
 * A simulated router: its specification, state and log. Every protocol reads this model; the model
 * knows none of them.
 */

import type { DeviceFault } from "../device-faults.ts"
import { type Persona, type PersonaName, personaNamed } from "./personas.ts"
import { Port, type PortPlan } from "./port.ts"
import { seedOf, varyingValue } from "./traffic-curve.ts"

export type LogEntry = {
  readonly id: number
  readonly atMs: number
  readonly topics: string
  readonly message: string
}
export type Change =
  | { readonly kind: "port"; readonly port: Port }
  /** Its interface is created and removed with the session. */
  | { readonly kind: "session"; readonly port: Port }
  | { readonly kind: "log"; readonly entry: LogEntry }
/** `unit` as RouterOS 7 prints it. A state is 0 for ok and 1 for fail. */
export type Sensor = {
  readonly id: number
  readonly name: string
  readonly unit: "C" | "V" | "A" | "W" | "RPM" | ""
  readonly value: number
}
/** `from`: the allowed source prefixes; empty for any. */
export type User = {
  readonly name: string
  readonly password: string
  readonly policies: readonly string[]
  readonly from?: string
}

export type RouterSpec = {
  readonly name: string
  readonly address: string
  readonly persona: PersonaName
  readonly seed: number
  readonly bootAtMs: number
  readonly ports: readonly PortPlan[]
  readonly users: readonly User[]
  readonly community: string
  /** The services that are enabled from the start. */
  readonly services: { readonly api: boolean; readonly apiSsl: boolean; readonly snmp: boolean }
  /** Whether its log goes to the agent from the start. */
  readonly syslogs: boolean
  /** Unreachable from outside; its packets leave under another address. */
  readonly isBehindNat: boolean
}

/** How far ahead a clock is that is not right. */
export const CLOCK_SKEW_MS = 3_600_000
const MAX_LOG_ENTRIES = 1_000
/** Of memory or disk, where a fault fills it. */
const FULL_SHARE = 0.985
const HEAT_C = 56

export class Router {
  readonly spec: RouterSpec
  readonly persona: Persona
  readonly ports: readonly Port[]
  bootAtMs: number
  /** The number of boots, which SNMP version 3 reports. */
  boots = 1
  #faults: ReadonlyMap<DeviceFault, number> = new Map()
  readonly #log: LogEntry[] = []
  readonly #listeners = new Set<(change: Change) => void>()
  #lastLogId = 0

  constructor(spec: RouterSpec) {
    this.spec = spec
    this.persona = personaNamed(spec.persona)
    this.bootAtMs = spec.bootAtMs
    this.ports = spec.ports.map((p) => new Port(p, spec.bootAtMs))
    this.#push(spec.bootAtMs, "system,info", "router rebooted")
  }

  get log(): readonly LogEntry[] {
    return this.#log
  }

  /** What has failed, and when it did. */
  get faults(): ReadonlyMap<DeviceFault, number> {
    return this.#faults
  }

  setFaults(faults: ReadonlySet<DeviceFault>, atMs: number): void {
    const was = this.#faults
    this.#faults = new Map([...faults].map((fault) => [fault, was.get(fault) ?? atMs]))
  }

  /** What its own clock shows. */
  clockMs(atMs: number): number {
    return atMs + (this.#faults.has("skew-clock") ? CLOCK_SKEW_MS : 0)
  }

  port(name: string): Port | undefined {
    return this.ports.find((p) => p.plan.name === name)
  }

  /** Calls `see` at every change until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  writeLog(atMs: number, topics: string, message: string): void {
    const entry = this.#push(atMs, topics, message)
    for (const listener of this.#listeners) listener({ kind: "log", entry })
  }

  #push(atMs: number, topics: string, message: string): LogEntry {
    this.#lastLogId += 1
    const entry = { id: this.#lastLogId, atMs: this.clockMs(atMs), topics, message }
    this.#log.push(entry)
    if (this.#log.length > MAX_LOG_ENTRIES) this.#log.shift()
    return entry
  }

  /** Sets a port up or down, with the log line of RouterOS. */
  setRunning(portName: string, running: boolean, atMs: number): void {
    const port = this.port(portName)
    if (port === undefined || !port.setRunning(running, atMs)) return
    for (const listener of this.#listeners) listener({ kind: "port", port })
    this.writeLog(
      atMs,
      "interface,info",
      running
        ? `${portName} link up (speed ${speedText(port.plan.speedBps)}, full duplex)`
        : `${portName} link down`,
    )
  }

  /**
   * Gives ports other names or indexes, at once, as `set name=` does and as a switch does at a
   * restart. Links of the topology know them by their first names.
   */
  relabelPorts(changes: Readonly<Record<string, Partial<Pick<PortPlan, "name" | "index">>>>): void {
    const ports = Object.entries(changes).map(
      ([name, change]) => [this.port(name), change] as const,
    )
    for (const [port, change] of ports)
      if (port !== undefined) port.plan = { ...port.plan, ...change }
  }

  /** Opens or closes the session of a dynamic port. */
  setSession(port: Port, running: boolean, atMs: number): void {
    if (!port.setRunning(running, atMs)) return
    for (const listener of this.#listeners) listener({ kind: "session", port })
  }

  /** Boots: counters at zero, an empty log, and a line for every port with a link. */
  reboot(atMs: number): void {
    this.bootAtMs = atMs
    this.boots += 1
    this.#log.length = 0
    for (const port of this.ports) port.reboot(atMs)
    this.writeLog(atMs, "system,info", "router rebooted")
    for (const port of this.ports)
      if (port.running && port.plan.kind === "ether")
        this.writeLog(
          atMs,
          "interface,info",
          `${port.plan.name} link up (speed ${speedText(port.plan.speedBps)}, full duplex)`,
        )
  }

  uptimeMs(atMs: number): number {
    return Math.max(0, atMs - this.bootAtMs)
  }

  /** Load of each core in per cent, as integers. */
  cpuLoads(atMs: number): number[] {
    if (this.#faults.has("load-cpu")) return Array(this.persona.cores).fill(100)
    return Array.from({ length: this.persona.cores }, (_, core) =>
      Math.round(varyingValue(seedOf(this.spec.seed, `cpu${core}`), atMs, 2, 46)),
    )
  }

  cpuLoad(atMs: number): number {
    const loads = this.cpuLoads(atMs)
    return Math.round(loads.reduce((sum, load) => sum + load, 0) / loads.length)
  }

  memoryUsedByte(atMs: number): number {
    const share = this.#faults.has("fill-memory")
      ? FULL_SHARE
      : varyingValue(seedOf(this.spec.seed, "memory"), atMs, 0.16, 0.34)
    const used = this.persona.memoryByte * share
    return Math.floor(used / 1024) * 1024
  }

  diskUsedByte(): number {
    const share = this.#faults.has("fill-disk") ? FULL_SHARE : 0.41
    return Math.floor((this.persona.diskByte * share) / 1024) * 1024
  }

  sensors(atMs: number): Sensor[] {
    const { health } = this.persona
    if (health === "missing" || health === "empty") return []
    const at = (name: string, low: number, high: number) =>
      varyingValue(seedOf(this.spec.seed, name), atMs, low, high)
    const rounded = (name: string, low: number, high: number) => Math.round(at(name, low, high))
    const heat = this.#faults.has("overheat") ? HEAT_C : 0
    const volts = Math.round(at("voltage", 23.8, 24.4) * 10) / 10
    const common: Sensor[] = [
      { id: 13, name: "voltage", unit: "V", value: volts },
      { id: 14, name: "temperature", unit: "C", value: heat + rounded("temperature", 31, 44) },
      {
        id: 17,
        name: "cpu-temperature",
        unit: "C",
        value: heat + rounded("cpu-temperature", 42, 61),
      },
    ]
    if (health === "row" || !this.persona.board.startsWith("CCR")) return common
    const fan2 = this.#faults.has("stop-fan") ? 0 : rounded("fan2", 398, 452) * 10
    return [
      ...common,
      { id: 7001, name: "fan1-speed", unit: "RPM", value: rounded("fan1", 398, 452) * 10 },
      { id: 7002, name: "fan2-speed", unit: "RPM", value: fan2 },
      { id: 7401, name: "psu1-state", unit: "", value: 0 },
      { id: 7402, name: "psu2-state", unit: "", value: this.#faults.has("fail-psu") ? 1 : 0 },
    ]
  }

  /** Letters and digits as on a label; the same for the same name. */
  serial(): string {
    return `LAB${(seedOf(this.spec.seed, this.spec.name) >>> 0).toString(36).toUpperCase().padStart(7, "0")}`
  }
}

export const speedText = (bps: number): string => (bps >= 1e9 ? `${bps / 1e9}G` : `${bps / 1e6}M`)
