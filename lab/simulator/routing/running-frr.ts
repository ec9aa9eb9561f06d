/**
 * FRR beside the simulated routers, in their process: faults become real ones, and what FRR and the
 * kernel say becomes menus, ports and log lines.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, type FSWatcher, openSync, readSync, statSync, watch } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Row } from "../routers/api-query.ts"
import { run } from "../run.ts"
import type { Broken, End, Topology } from "../topology.ts"
import { isLinkUp } from "../topology.ts"
import {
  type Answer,
  NO_ANSWER,
  PART_OF,
  parsePart,
  type RoutingLine,
  routingLine,
  routingRows,
  SHOW,
} from "./frr-state.ts"
import { planRouting, type RoutedRouter } from "./routing-plan.ts"

export type FrrPlace = { readonly prefix: string; readonly folder: string }
export type FrrListener = {
  readonly isV6: (router: string) => boolean
  readonly port: (router: string, port: string, running: boolean) => void
  readonly line: (router: string, line: RoutingLine) => void
}
/** Several menus of one poll use the same answer. */
const FRESH_MS = 500
const MAX_LOG_BYTES = 65_536
const PORT_LINE = /^\[nsid (\d+)\]\d+: ([^@:\s]+)@?\S* <([^>]*)>/

/** nft rejects a comparison that is always true. */
const shareOf = (ratio: number): string =>
  ratio >= 1 ? "" : `numgen random mod 10000 < ${Math.round(ratio * 10_000)}`

type Change = { readonly router: RoutedRouter; readonly port: string; readonly up: boolean }

export class RunningFrr {
  readonly #place: FrrPlace
  readonly #topology: Topology
  readonly #routers: ReadonlyMap<string, RoutedRouter>
  readonly #listener: FrrListener
  readonly #answers = new Map<string, Answer>()
  readonly #askedAtMs = new Map<string, number>()
  readonly #read = new Map<string, number>()
  readonly #watchers: FSWatcher[] = []
  readonly #lossy = new Set<string>()
  #monitor: ChildProcess | null = null
  #broken: Broken | null = null

  constructor(place: FrrPlace, topology: Topology, listener: FrrListener) {
    this.#place = place
    this.#topology = topology
    this.#listener = listener
    this.#routers = new Map(planRouting(topology).map((router) => [router.name, router]))
  }

  start(): void {
    const all = [...this.#routers.values()]
    const byNumber = new Map(all.map((router) => [String(router.number), router]))
    const monitor = spawn("ip", ["monitor", "link", "all-nsid"], {
      stdio: ["ignore", "pipe", "ignore"],
    })
    monitor.on("error", () => undefined)
    this.#monitor = monitor
    createInterface({ input: monitor.stdout }).on("line", (line) => {
      const [, number = "", port = "", flags = ""] = PORT_LINE.exec(line) ?? []
      const router = byNumber.get(number)
      if (router === undefined || !router.interfaces.some((each) => each.port === port)) return
      this.#listener.port(router.name, port, flags.split(",").includes("LOWER_UP"))
    })
    for (const router of all) this.#watch(router)
  }

  stop(): void {
    this.#monitor?.kill()
    for (const watcher of this.#watchers) watcher.close()
  }

  hasPort(name: string, port: string): boolean {
    return this.#routers.get(name)?.interfaces.some((each) => each.port === port) === true
  }

  /** Null where the menu is not about routing. */
  rows(name: string, menu: string): readonly Row[] | null {
    const router = this.#routers.get(name)
    if (router === undefined) return null
    const answer = this.#answers.get(name) ?? NO_ANSWER
    return routingRows(router, answer, menu, this.#listener.isV6(name))
  }

  /** Asks FRR, so that `rows` are of now; null where there is nothing to ask. */
  refresh(name: string, menu: string): Promise<void> | null {
    const router = this.#routers.get(name)
    const part = PART_OF.get(menu)
    if (router === undefined || part === undefined) return null
    const key = `${name} ${part}`
    if (performance.now() - (this.#askedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < FRESH_MS)
      return null
    this.#askedAtMs.set(key, performance.now())
    return this.#vtysh(router, [SHOW[part]]).then(
      (text) => {
        const answer = { ...(this.#answers.get(name) ?? NO_ANSWER), [part]: parsePart[part](text) }
        this.#answers.set(name, answer)
      },
      // A daemon that the router does not have, or that has just ended.
      () => {
        this.#answers.set(name, {
          ...(this.#answers.get(name) ?? NO_ANSWER),
          [part]: NO_ANSWER[part],
        })
      },
    )
  }

  /** Cuts and repairs what differs from before. */
  async apply(broken: Broken, degraded: ReadonlyMap<string, number>): Promise<void> {
    const before = this.#broken
    this.#broken = broken
    await Promise.all(
      this.#changedPorts(before, broken).map(({ router, port, up }) =>
        run("ip", ["-n", this.#namespace(router), "link", "set", port, up ? "up" : "down"]),
      ),
    )
    await this.#applyLoss(degraded)
    await Promise.all([this.#applyBgp(before, broken), this.#applyOspf(before, broken)])
  }

  #namespace(router: RoutedRouter): string {
    return `${this.#place.prefix}${router.number}`
  }

  #folder(router: RoutedRouter): string {
    return join(this.#place.folder, String(router.number))
  }

  #vtysh(router: RoutedRouter, commands: readonly string[]): Promise<string> {
    const args = ["--vty_socket", this.#folder(router), ...commands.flatMap((each) => ["-c", each])]
    return run("vtysh", args)
  }

  #ends(link: { readonly a: End; readonly b: End }): (readonly [RoutedRouter, string])[] {
    return [link.a, link.b].flatMap((end) => {
      const router = this.#routers.get(end.router)
      return router === undefined ? [] : [[router, end.port] as const]
    })
  }

  #changedPorts(before: Broken | null, broken: Broken): readonly Change[] {
    return this.#topology.links.flatMap((link): Change[] => {
      const up = isLinkUp(link, broken)
      const ends = this.#ends(link)
      if (ends.length < 2 || up === (before === null || isLinkUp(link, before))) return []
      return ends.map(([router, port]) => ({ router, port, up }))
    })
  }

  /** Packets are dropped where they arrive: the ports stay up, as on a bad line. */
  async #applyLoss(degraded: ReadonlyMap<string, number>): Promise<void> {
    const rules = new Map<RoutedRouter, string[]>()
    for (const link of this.#topology.links) {
      const ratio = degraded.get(link.name) ?? 0
      for (const [router, port] of ratio > 0 ? this.#ends(link) : [])
        rules.set(router, [
          ...(rules.get(router) ?? []),
          `add rule ip ispvm_loss pre iifname "${port}" ${shareOf(ratio)} drop`,
        ])
    }
    const changed = [...this.#routers.values()].filter(
      (router) => rules.has(router) || this.#lossy.has(router.name),
    )
    await Promise.all(
      changed.map((router) => {
        const own = rules.get(router) ?? []
        if (own.length > 0) this.#lossy.add(router.name)
        else this.#lossy.delete(router.name)
        const script = [
          "add table ip ispvm_loss",
          "add chain ip ispvm_loss pre { type filter hook prerouting priority raw; policy accept; }",
          "flush chain ip ispvm_loss pre",
          ...own,
          "",
        ].join("\n")
        return run("ip", ["netns", "exec", this.#namespace(router), "nft", "-f", "-"], script)
      }),
    )
  }

  async #applyBgp(before: Broken | null, broken: Broken): Promise<void> {
    await Promise.all(
      [...this.#routers.values()].map(async (router) => {
        const isDown = broken.bgpDown?.has(router.name) === true
        if (isDown === (before?.bgpDown?.has(router.name) === true)) return
        const word = isDown ? "" : "no "
        await this.#vtysh(router, [
          "configure terminal",
          `router bgp ${router.as}`,
          ...router.sessions.map(({ address }) => `${word}neighbor ${address} shutdown`),
        ])
      }),
    )
  }

  async #applyOspf(before: Broken | null, broken: Broken): Promise<void> {
    await Promise.all(
      this.#topology.links.map(async (link) => {
        const isDown = broken.ospfDown?.has(link.name) === true
        if (isDown === (before?.ospfDown?.has(link.name) === true)) return
        const [end] = this.#ends(link)
        if (end === undefined) return
        const [router, port] = end
        await this.#vtysh(router, [
          "configure terminal",
          `interface ${port}`,
          `${isDown ? "no " : ""}ip ospf area 0`,
        ])
      }),
    )
  }

  #watch(router: RoutedRouter): void {
    for (const daemon of ["ospfd", "bgpd"]) {
      const file = join(this.#folder(router), `${daemon}.log`)
      try {
        this.#read.set(file, statSync(file).size)
      } catch {
        continue
      }
      this.#watchers.push(watch(file, () => this.#readLog(router, file)))
    }
  }

  #readLog(router: RoutedRouter, file: string): void {
    const from = this.#read.get(file) ?? 0
    const size = Math.min(statSync(file).size - from, MAX_LOG_BYTES)
    if (size <= 0) return
    const bytes = Buffer.alloc(size)
    const handle = openSync(file, "r")
    const got = readSync(handle, bytes, 0, size, from)
    closeSync(handle)
    const end = bytes.subarray(0, got).lastIndexOf(10) + 1
    this.#read.set(file, from + end)
    const isV6 = this.#listener.isV6(router.name)
    for (const text of bytes.toString("utf8", 0, end).split("\n")) {
      const line = routingLine(router, text, isV6)
      if (line !== null) this.#listener.line(router.name, line)
    }
  }
}
