/**
 * `/tool/netwatch`: probes the host of each entry, and runs its scripts as the router's system
 * user. For simulated routers, the topology decides the result of a probe; TCP and HTTP use real
 * sockets.
 */
import { request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import { connect } from "node:net"
import type { Row } from "../api-query.ts"
import type { Runner, Value } from "../script/value.ts"
import { seedOf, varyingValue } from "../traffic-curve.ts"
import type { RouterSystem } from "./model.ts"
import { failureText } from "./scheduler.ts"
import type { Item } from "./store.ts"
import { bool, num, str, textOf, timeOf, timeText } from "./values.ts"

type Status = "unknown" | "up" | "down"
type Entry = {
  timer: NodeJS.Timeout | null
  key: string
  status: Status
  sinceMs: number
  done: number
  failures: number
  measured: Measured
}
/** The result of the last probe, by the names of netwatch's variables. */
type Measured = ReadonlyMap<string, Value>

/** RouterOS itself: not a user, with these policies at most. */
export const SYSTEM: Runner = {
  owner: "*sys",
  policies: new Set(["read", "write", "test", "reboot"]),
}
const DEFAULT_MS = {
  v6: { interval: 60_000, timeout: 1_000 },
  v7: { interval: 10_000, timeout: 3_000 },
}
const START_MS = 3_000
const STARTUP_MS = 300_000

const msOf = (item: Item, name: string, defaultMs: number): number => {
  const ns = timeOf(item.values.get(name) ?? "")
  return ns === null ? defaultMs : Number(ns / 1_000_000n)
}

/** As the menu shows it: round trips are times there, and microseconds for scripts. */
const figureText = (name: string, value: Value): string =>
  value.type === "num" && /^(rtt-|tcp-|http-resp)/.test(name)
    ? timeText(value.is * 1_000n)
    : textOf(value)

const us = (ms: number): Value => num(Math.round(ms * 1_000))

export class Netwatch {
  readonly #os: RouterSystem
  readonly #entries = new Map<string, Entry>()
  #stopListening: (() => void) | null = null
  #stop = new AbortController()

  constructor(os: RouterSystem) {
    this.#os = os
  }

  /** Properties of an entry that sets nothing else. */
  defaults(): readonly (readonly [string, string])[] {
    return this.#os.isV6
      ? [
          ["interval", "1m"],
          ["timeout", "1s"],
        ]
      : [["type", "simple"]]
  }

  start(): void {
    this.#stop = new AbortController()
    this.#stopListening = this.#os.store.onChange((path) => {
      if (path === "/tool/netwatch") this.#plan()
    })
    this.#plan()
  }

  stop(): void {
    this.#stop.abort()
    this.#stopListening?.()
    this.#stopListening = null
    for (const entry of this.#entries.values()) if (entry.timer !== null) clearTimeout(entry.timer)
    this.#entries.clear()
  }

  statusRow(id: string): Row {
    const entry = this.#entries.get(id)
    if (entry === undefined) return { status: "unknown" }
    const tests = this.#os.isV6
      ? {}
      : { "done-tests": String(entry.done), "failed-tests": String(entry.failures) }
    const figures = [...entry.measured].map(([name, value]) => [name, figureText(name, value)])
    return {
      status: entry.status,
      since: this.#os.date(entry.sinceMs),
      ...tests,
      ...Object.fromEntries(figures),
    }
  }

  #plan(): void {
    const { items } = this.#os.store.table("/tool/netwatch")
    for (const [id, entry] of this.#entries) {
      if (items.some((item) => item.id === id && item.values.get("disabled") !== "true")) continue
      if (entry.timer !== null) clearTimeout(entry.timer)
      this.#entries.delete(id)
    }
    for (const item of items) {
      if (item.values.get("disabled") === "true") continue
      const key = ["host", "type", "port", "interval", "timeout"]
        .map((name) => item.values.get(name))
        .join(" ")
      const known = this.#entries.get(item.id)
      if (known?.key === key) continue
      if (known?.timer) clearTimeout(known.timer)
      const entry: Entry = {
        timer: null,
        key,
        status: "unknown",
        sinceMs: this.#os.now(),
        done: 0,
        failures: 0,
        measured: new Map(),
      }
      this.#entries.set(item.id, entry)
      this.#arm(item, entry, this.#firstWait(item))
    }
  }

  /** After a boot nothing is probed for a while; an entry that is added later starts soon. */
  #firstWait(item: Item): number {
    if (this.#os.isV6) return Math.min(START_MS, msOf(item, "interval", START_MS))
    const startup =
      msOf(item, "startup-delay", STARTUP_MS) - this.#os.router.uptimeMs(this.#os.now())
    return Math.max(msOf(item, "start-delay", START_MS), startup)
  }

  #arm(item: Item, entry: Entry, waitMs: number): void {
    entry.timer = setTimeout(() => void this.#probe(item, entry), waitMs)
    entry.timer.unref()
  }

  async #probe(item: Item, entry: Entry): Promise<void> {
    const defaults = DEFAULT_MS[this.#os.isV6 ? "v6" : "v7"]
    const every = msOf(item, "interval", defaults.interval)
    const { signal } = this.#stop
    const found = await this.#measure(item, msOf(item, "timeout", defaults.timeout))
    if (signal.aborted || this.#entries.get(item.id) !== entry) return
    const { isUp, measured } = found
    const status: Status = isUp ? "up" : "down"
    const isNew = status !== entry.status
    entry.done += 1
    if (!isUp) entry.failures += 1
    entry.measured = measured
    if (isNew) {
      entry.status = status
      entry.sinceMs = this.#os.now()
      const host = item.values.get("host") ?? ""
      const type = (item.values.get("type") ?? "simple").replaceAll("-", "_")
      this.#os.router.writeLog(
        this.#os.now(),
        "netwatch,info",
        `event ${status} [ type: ${type}, host: ${host} ]`,
      )
    }
    this.#arm(item, entry, every)
    if (isNew) await this.#script(item, entry, `${status}-script`)
    await this.#script(item, entry, "test-script")
  }

  async #measure(item: Item, timeoutMs: number): Promise<{ isUp: boolean; measured: Measured }> {
    const host = item.values.get("host") ?? ""
    if (this.#os.router.faults.has("watch-down")) return { isUp: false, measured: new Map() }
    switch (item.values.get("type") ?? "simple") {
      case "icmp":
        return this.#ping(item, host)
      case "tcp-conn":
        return this.#tcpProbe(host, Number(item.values.get("port") ?? 80), timeoutMs)
      case "http-get":
      case "https-get":
        return this.#get(item, host, timeoutMs)
      default:
        return { isUp: await this.#os.network.reaches(host), measured: new Map() }
    }
  }

  async #ping(item: Item, host: string): Promise<{ isUp: boolean; measured: Measured }> {
    const sent = Number(item.values.get("packet-count") ?? 10)
    const isThere = await this.#os.network.reaches(host)
    const rtt = varyingValue(seedOf(this.#os.router.spec.seed, host), this.#os.now(), 2, 18)
    const loss = isThere ? 0 : 100
    const figures: [string, Value][] = isThere
      ? [
          ["rtt-avg", us(rtt)],
          ["rtt-min", us(rtt * 0.9)],
          ["rtt-max", us(rtt * 1.2)],
          ["rtt-jitter", us(rtt * 0.1)],
          ["rtt-stdev", us(rtt * 0.05)],
        ]
      : []
    const maxLoss = Number(item.values.get("thr-loss-percent") ?? 85)
    const slow = rtt > msOf(item, "thr-rtt-avg", 100)
    return {
      isUp: isThere && loss <= maxLoss && !slow,
      measured: new Map([
        ["sent-count", num(sent)],
        ["response-count", num(isThere ? sent : 0)],
        ["loss-count", num(isThere ? 0 : sent)],
        ["loss-percent", num(loss)],
        ...figures,
      ]),
    }
  }

  #tcpProbe(
    host: string,
    port: number,
    timeoutMs: number,
  ): Promise<{ isUp: boolean; measured: Measured }> {
    const down = { isUp: false, measured: new Map<string, Value>() }
    if (!this.#os.network.canReachOutside()) return Promise.resolve(down)
    const startedAt = performance.now()
    return new Promise((resolve) => {
      const socket = connect({
        host,
        port,
        localAddress: this.#os.router.spec.address,
        signal: this.#stop.signal,
      })
      socket.setTimeout(timeoutMs, () => socket.destroy(new Error("timeout")))
      socket.once("error", () => resolve(down))
      socket.once("connect", () => {
        socket.destroy()
        resolve({
          isUp: true,
          measured: new Map([["tcp-connect-time", us(performance.now() - startedAt)]]),
        })
      })
    })
  }

  #get(
    item: Item,
    host: string,
    timeoutMs: number,
  ): Promise<{ isUp: boolean; measured: Measured }> {
    const down = { isUp: false, measured: new Map<string, Value>() }
    if (!this.#os.network.canReachOutside()) return Promise.resolve(down)
    const isTls = item.values.get("type") === "https-get"
    const [request, defaultPort] = isTls ? [httpsRequest, 443] : [httpRequest, 80]
    const startedAt = performance.now()
    const options = {
      host,
      port: Number(item.values.get("port") ?? defaultPort),
      path: "/",
      agent: false,
      localAddress: this.#os.router.spec.address,
      rejectUnauthorized: false,
      timeout: timeoutMs,
      signal: this.#stop.signal,
    }
    return new Promise((resolve) => {
      const sent = request(options, (answer) => {
        answer.resume()
        const code = answer.statusCode ?? 0
        const measured = new Map([
          ["http-status-code", num(code)],
          ["http-resp-time", us(performance.now() - startedAt)],
        ])
        resolve({ isUp: isExpected(item.values.get("http-codes") ?? "100-299", code), measured })
      })
      sent.once("timeout", () => sent.destroy(new Error("timeout")))
      sent.once("error", () => resolve(down))
      sent.end()
    })
  }

  /** v6 gives its scripts no variables but the host. */
  #variables(item: Item, entry: Entry): ReadonlyMap<string, Value> {
    const host = item.values.get("host") ?? ""
    if (this.#os.isV6) return new Map([["host", str(host)]])
    return new Map<string, Value>([
      ["host", str(host)],
      ["name", str(item.values.get("name") ?? "")],
      ["comment", str(item.values.get("comment") ?? "")],
      ["type", str(item.values.get("type") ?? "simple")],
      ["status", str(entry.status)],
      ["since", str(this.#os.date(entry.sinceMs))],
      [
        "interval",
        { type: "time", ns: BigInt(msOf(item, "interval", DEFAULT_MS.v7.interval)) * 1_000_000n },
      ],
      ["disabled", bool(false)],
      ["done-tests", num(entry.done)],
      ["failed-tests", num(entry.failures)],
      ...entry.measured,
    ])
  }

  async #script(item: Item, entry: Entry, which: string): Promise<void> {
    const os = this.#os
    const text = item.values.get(which) ?? ""
    if (text === "") return
    const stored = os.store.table("/system/script").named(text.trim())
    try {
      if (stored !== undefined) await os.runNamed(stored, SYSTEM)
      else
        await os.engine.run(
          { source: text, runner: SYSTEM, variables: this.#variables(item, entry), name: which },
          os.print,
        )
    } catch (error) {
      if (os.isOn)
        os.router.writeLog(os.now(), "script,error", failureText(which, "netwatch", error))
    }
  }
}

/** `100-299,404`. */
const isExpected = (codes: string, code: number): boolean =>
  codes.split(/[,;]/).some((part) => {
    const [low = 0, high = low] = part.split("-").map(Number)
    return code >= low && code <= high
  })
