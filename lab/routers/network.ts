/** The running network: commands in, effects on wire, ports and logs out. Lives in the routers' process. */
import type { LabCommand } from "../commands.ts"
import type { Broken, Topology } from "../topology.ts"
import { simulatedBackend } from "./api-backend.ts"
import { identityOf } from "./certificate.ts"
import type { Fabric } from "./fabric.ts"
import { type Ports, RouterHost } from "./host.ts"
import { mibOf } from "./mib.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"
import { syslogLine } from "./syslog-line.ts"
import { World } from "./world.ts"

export type NetworkPlan = {
  readonly topology: Topology
  readonly mode: "namespace" | "loopback"
  readonly certificatesDir: string
  readonly ports: Ports
  readonly syslogTo: { readonly address: string; readonly port: number }
  readonly addressOf: (address: string) => string
}
export type NetworkState = { readonly cutLinks: string[]; readonly deadRouters: string[]; readonly lossRatio: number }
/** How long a flapping port stays down, and then up. */
const FLAP_MS = 700

export class Network {
  readonly #plan: NetworkPlan
  readonly #fabric: Fabric
  readonly #now: () => number
  readonly #routers = new Map<string, Router>()
  readonly #hosts = new Map<string, RouterHost>()
  readonly #world: World
  readonly #cut = new Set<string>()
  readonly #dead = new Set<string>()
  readonly #flapping = new Set<string>()
  readonly #stop = new AbortController()
  #heal = new AbortController()
  #lossRatio = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(plan: NetworkPlan, fabric: Fabric, now: () => number) {
    this.#plan = plan
    this.#fabric = fabric
    this.#now = now
    for (const spec of planRouters(plan.topology, now(), plan.addressOf)) {
      const router = new Router(spec)
      const host = new RouterHost(
        {
          address: spec.address,
          ports: plan.ports,
          community: spec.community,
          mib: mibOf(router),
          backend: simulatedBackend(router, now),
          identity: identityOf(plan.certificatesDir, spec.name, spec.address, now()),
          syslogTo: plan.syslogTo,
        },
        now,
      )
      this.#routers.set(spec.name, router)
      this.#hosts.set(spec.name, host)
      router.watch((change) => {
        // What is cut off logs for itself alone.
        if (change.kind === "log" && this.#world.reached.has(spec.name))
          host.say(syslogLine(change.entry, spec.name, router.persona.syslog))
      })
    }
    this.#world = new World(plan.topology, [...this.#routers.values()], this.#broken())
  }

  get state(): NetworkState {
    return { cutLinks: [...this.#cut].sort(), deadRouters: [...this.#dead].sort(), lossRatio: this.#lossRatio }
  }

  router(name: string): Router | undefined {
    return this.#routers.get(name)
  }

  async start(): Promise<void> {
    await this.#fabric.apply([], 0)
    await Promise.all([...this.#hosts.values()].map((host) => host.open()))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#turn
    await Promise.all([...this.#hosts.values()].map((host) => host.close()))
  }

  /** Resolves when the command has taken effect; a flap goes on behind it. */
  async command(command: LabCommand): Promise<void> {
    switch (command.do) {
      case "cut":
        return this.#settle(() => this.#cut.add(command.link))
      case "mend":
        return this.#settle(() => this.#cut.delete(command.link))
      case "kill":
        return this.#settle(() => this.#dead.add(command.router))
      case "revive":
        return this.#settle(() => this.#dead.delete(command.router))
      case "loss":
        return this.#lose(command.ratio)
      case "flap":
        return this.#flap(command.router, command.port, command.times)
      case "heal":
        this.#heal.abort()
        this.#heal = new AbortController()
        await this.#settle(() => {
          this.#cut.clear()
          this.#dead.clear()
          this.#flapping.clear()
        })
        return this.#lose(0)
      case "stop-agent":
      case "start-agent":
        throw new Error("the routers know no agent")
    }
  }

  #broken(): Broken {
    return { cutLinks: new Set([...this.#cut, ...this.#flapping]), deadRouters: new Set(this.#dead) }
  }

  /** One change at a time; one that fails is taken back. Who asked for it hears of the failure, the next one does not. */
  #settle(change: () => void): Promise<void> {
    const turn = this.#turn.then(async () => {
      const sets = [this.#cut, this.#dead, this.#flapping] as const
      const before = sets.map((set) => [...set])
      change()
      try {
        await this.#become(this.#broken())
      } catch (error) {
        sets.forEach((set, i) => {
          set.clear()
          for (const name of before[i] ?? []) set.add(name)
        })
        throw error
      }
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Going silent comes before anything is said, and coming back after the sockets are there again. */
  async #become(broken: Broken): Promise<void> {
    const silent = this.#world.silentUnder(broken)
    await this.#fabric.apply(
      silent.map((name) => this.#addressOf(name)),
      this.#lossRatio,
    )
    for (const [name, host] of this.#hosts) {
      // A dead router's sockets are gone; one that is merely cut off keeps them, unless there is no other way to be silent.
      const isClosed = broken.deadRouters.has(name) || (this.#plan.mode === "loopback" && silent.includes(name))
      if (isClosed && host.isOpen) await host.close()
      else if (!isClosed && !host.isOpen) await host.open()
    }
    this.#world.become(broken, this.#now())
  }

  #addressOf(name: string): string {
    return this.#routers.get(name)?.spec.address ?? ""
  }

  async #lose(ratio: number): Promise<void> {
    const was = this.#lossRatio
    this.#lossRatio = ratio
    try {
      await this.#settle(() => undefined)
    } catch (error) {
      this.#lossRatio = was
      throw error
    }
  }

  async #flap(routerName: string, portName: string, times: number): Promise<void> {
    const link = this.#plan.topology.links.find((l) => [l.a, l.b].some((e) => e.router === routerName && e.port === portName))
    const router = this.#routers.get(routerName)
    if (router?.port(portName) === undefined) {
      const ports = router?.ports.map((p) => p.plan.name).join(", ") ?? ""
      throw new Error(`${routerName} has no port ${portName}; there are ${ports}`)
    }
    const set = async (up: boolean): Promise<void> => {
      if (link === undefined) router.setRunning(portName, up, this.#now())
      else await this.#settle(() => (up ? this.#flapping.delete(link.name) : this.#flapping.add(link.name)))
    }
    const ended = AbortSignal.any([this.#stop.signal, this.#heal.signal])
    await set(false)
    const rest = async (): Promise<void> => {
      for (let n = 0; n < times; n++) {
        if (!(await pause(FLAP_MS, ended))) break
        await set(true)
        if (n === times - 1 || !(await pause(FLAP_MS, ended))) break
        await set(false)
      }
      if (!this.#stop.signal.aborted) await set(true)
    }
    void rest().catch(() => undefined)
  }
}

/** False where it was cut short. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const over = () => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", over)
      resolve(true)
    }, ms)
    signal.addEventListener("abort", over, { once: true })
  })
