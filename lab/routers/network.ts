/** The running network: commands in, effects on wire, ports and logs out. Lives in the routers' process. */
import type { ConsoleAnswer, ConsoleCommand, LabCommand } from "../commands.ts"
import { brokenBy, type Hand, pulled, stuck, UNTOUCHED, withName, withoutName } from "../levers.ts"
import type { Broken, Topology } from "../topology.ts"
import { identityOf } from "./certificate.ts"
import type { Fabric } from "./fabric.ts"
import { type Ports, RouterHost } from "./host.ts"
import { consoleLine, importScript } from "./os/console.ts"
import { interpreter } from "./os/interpreter.ts"
import { RouterOs } from "./os/os.ts"
import { osBackend, serviceOf, snmpOf, syslogOf } from "./os/services.ts"
import { planRouters } from "./plan.ts"
import { type LogEntry, Router, type RouterSpec } from "./router.ts"
import { World } from "./world.ts"

export type NetworkPlan = {
  readonly topology: Topology
  readonly mode: "namespace" | "loopback"
  readonly certificatesDir: string
  readonly ports: Ports
  readonly syslogTo: { readonly address: string; readonly port: number }
  readonly addressOf: (address: string) => string
  /** Routers beside the topology, whose links nobody knows: only the agent's own way out can be cut for them. */
  readonly apart: readonly RouterHost[]
}
export type NetworkState = {
  readonly cutLinks: string[]
  readonly deadRouters: string[]
  readonly darkSites: string[]
  readonly lostUpstreams: string[]
  readonly wayOutCut: boolean
  readonly lossRatio: number
}
/** How long a flapping port stays down, and then up. */
const FLAP_MS = 700
/** A reboot of a simulated router, from its command to its first log line. */
const REBOOT_MS = 1_000

export class Network {
  readonly #plan: NetworkPlan
  readonly #fabric: Fabric
  readonly #now: () => number
  readonly #routers = new Map<string, Router>()
  readonly #hosts = new Map<string, RouterHost>()
  readonly #systems = new Map<string, RouterOs>()
  readonly #world: World
  readonly #stop = new AbortController()
  #heal = new AbortController()
  #hand: Hand = UNTOUCHED
  #turn: Promise<void> = Promise.resolve()

  constructor(plan: NetworkPlan, fabric: Fabric, now: () => number) {
    this.#plan = plan
    this.#fabric = fabric
    this.#now = now
    for (const spec of planRouters(plan.topology, now(), plan.addressOf)) this.#make(spec)
    this.#world = new World(plan.topology, [...this.#routers.values()], brokenBy(plan.topology, this.#hand))
  }

  #make(spec: RouterSpec): void {
    const { name, address } = spec
    const now = this.#now
    const router = new Router(spec)
    const os = new RouterOs({
      router,
      identity: identityOf(this.#plan.certificatesDir, name, address, now()),
      wiring: { ports: this.#plan.ports, syslogTo: this.#plan.syslogTo },
      world: {
        reaches: async (to) => this.#world.reaches(name, to),
        getsOut: () => this.#world.getsOut(name),
        peers: () => this.#world.peersOf(name),
      },
      now,
      engineOf: (menus) =>
        interpreter(menus, {
          now,
          failed: (job, message) => router.note(now(), "script,error", `script ${job} failed: ${message}`),
        }),
    })
    const note = (what: string) => router.note(now(), "system,error", what)
    const obeyed = {
      service: (which: "api" | "api-ssl") => serviceOf(os, which),
      snmp: snmpOf(os),
      isBehindNat: spec.isBehindNat,
      failed: note,
    }
    const host = new RouterHost({ address, ports: this.#plan.ports, backend: osBackend(os), obeyed }, now)
    os.store.watch((path) => {
      if (path === "/ip/service") host.refresh()
    })
    os.onCertificates(() => host.refresh())
    os.onReboot(() => void this.#reboot(name))
    router.watch((change) => {
      if (change.kind === "log") this.#tell(os, host, change.entry)
    })
    this.#routers.set(name, router)
    this.#hosts.set(name, host)
    this.#systems.set(name, os)
  }

  /** What is cut off logs for itself alone. To the agent it is also cut off by the agent's own line. */
  #tell(os: RouterOs, host: RouterHost, entry: LogEntry): void {
    const { name } = os.router.spec
    for (const sent of syslogOf(os, entry)) {
      const isAgent = sent.address === this.#plan.syslogTo.address
      if (isAgent ? this.#world.reached.has(name) : this.#world.getsOut(name)) host.say(sent)
    }
  }

  /** By its own command: everything that ran ends, and the router comes up anew with its configuration. */
  async #reboot(name: string): Promise<void> {
    const os = this.#systems.get(name)
    os?.halt()
    await pause(REBOOT_MS, this.#stop.signal)
    if (this.#stop.signal.aborted || os === undefined) return
    os.router.reboot(this.#now())
    os.boot()
  }

  get state(): NetworkState {
    const { cutLinks, deadRouters, darkSites, lostUpstreams, wayOutCut, lossRatio } = this.#hand
    const { sites } = this.#plan.topology
    return {
      cutLinks: [...cutLinks].sort(),
      deadRouters: [...deadRouters].sort(),
      darkSites: sites.filter((site) => darkSites.has(site.key)).map((site) => site.name),
      lostUpstreams: [...lostUpstreams].sort(),
      wayOutCut,
      lossRatio,
    }
  }

  router(name: string): Router | undefined {
    return this.#routers.get(name)
  }

  system(name: string): RouterOs | undefined {
    return this.#systems.get(name)
  }

  async start(): Promise<void> {
    await this.#fabric.apply(this.#unreachable, 0)
    await Promise.all([...this.#hosts.values(), ...this.#plan.apart].map((host) => host.open()))
    for (const os of this.#systems.values()) os.boot()
  }

  /** Addresses behind a translation: no packet from outside ever gets there. */
  get #unreachable(): readonly string[] {
    return [...this.#routers.values()].flatMap(({ spec }) => (spec.isBehindNat ? [spec.address] : []))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#turn
    for (const os of this.#systems.values()) os.halt()
    await Promise.all([...this.#hosts.values(), ...this.#plan.apart].map((host) => host.close()))
  }

  /** At the console of a router, as its administrator: there is one however little of the network works, unless it has no power. */
  async console({ router, does, text }: ConsoleCommand): Promise<ConsoleAnswer> {
    const os = this.#systems.get(router)
    if (os === undefined) throw new Error(`no router ${router}`)
    if (!os.isOn) throw new Error(`${router} is off: its console is dark`)
    if (does === "export") return { ok: true, output: os.export(text) }
    return does === "import" ? importScript(os, text) : consoleLine(os, text)
  }

  /** Resolves when the command has taken effect; a flap goes on behind it. */
  async command(command: LabCommand): Promise<void> {
    const { topology } = this.#plan
    switch (command.do) {
      case "flap":
        return this.#flap(command.router, command.port, command.times)
      case "heal":
        this.#heal.abort()
        this.#heal = new AbortController()
        return this.#settle(() => UNTOUCHED)
      case "stop-agent":
      case "start-agent":
      case "cut-way-home":
      case "mend-way-home":
        throw new Error("the routers know no agent")
      default: {
        const levers = command.do === "together" ? command.levers : [command]
        return this.#settle((hand) =>
          levers.reduce((now, lever) => {
            const fault = stuck(topology, now, lever)
            if (fault !== null) throw new Error(fault)
            return pulled(topology, now, lever)
          }, hand),
        )
      }
    }
  }

  /** One change at a time; one that fails is as if it had not been asked for. Who asked hears of it, the next one does not. */
  #settle(change: (hand: Hand) => Hand): Promise<void> {
    const turn = this.#turn.then(async () => {
      const next = change(this.#hand)
      await this.#become(brokenBy(this.#plan.topology, next), next.lossRatio)
      this.#hand = next
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Going silent comes before anything is said, and coming back after the sockets are there again. */
  async #become(broken: Broken, lossRatio: number): Promise<void> {
    const silent = this.#world.silentUnder(broken)
    const apart = broken.wayOutCut ? this.#plan.apart.map((host) => host.address) : []
    for (const name of broken.deadRouters) this.#systems.get(name)?.halt()
    const addresses = new Set([...silent.map((name) => this.#addressOf(name)), ...apart, ...this.#unreachable])
    await this.#fabric.apply([...addresses], lossRatio)
    const isBare = this.#plan.mode === "loopback"
    for (const [name, host] of this.#hosts) {
      // A dead router's sockets are gone; one that is merely cut off keeps them, unless there is no other way to be silent.
      await setOpen(host, !(broken.deadRouters.has(name) || (isBare && silent.includes(name))))
    }
    for (const host of this.#plan.apart) await setOpen(host, !(isBare && broken.wayOutCut))
    this.#world.become(broken, this.#now())
    for (const [name, os] of this.#systems) {
      if (!this.#world.getsOut(name)) os.cutWay()
      if (!broken.deadRouters.has(name)) os.boot()
    }
  }

  #addressOf(name: string): string {
    return this.#routers.get(name)?.spec.address ?? ""
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
      else await this.#settle((hand) => ({ ...hand, flapping: (up ? withoutName : withName)(hand.flapping, link.name) }))
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

const setOpen = async (host: RouterHost, open: boolean): Promise<void> => {
  if (open !== host.isOpen) await (open ? host.open() : host.close())
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
