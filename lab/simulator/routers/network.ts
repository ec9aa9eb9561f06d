/**
 * The running network: commands in, effects on packets, ports and logs out. Runs in the routers'
 * process.
 */
import {
  type ConfigSection,
  type ConsoleAnswer,
  type ConsoleCommand,
  type Fault,
  isFault,
  type LabCommand,
} from "../commands.ts"
import {
  applyFault,
  brokenBy,
  type FaultState,
  faultError,
  NO_FAULTS,
  pathLosses,
  withName,
  withoutName,
} from "../faults.ts"
import { type FrrPlace, RunningFrr } from "../routing/running-frr.ts"
import type { Broken, Topology } from "../topology.ts"
import type { ApiBackend } from "./api-backend.ts"
import { identityOf } from "./certificate.ts"
import { changeConfiguration } from "./config-changes.ts"
import type { Fabric } from "./fabric.ts"
import { guessPasswords } from "./guessed-passwords.ts"
import { type Ports, RouterHost } from "./host.ts"
import { NetworkModel } from "./network-model.ts"
import { consoleLine, importScript } from "./os/console.ts"
import { interpreter } from "./os/interpreter.ts"
import { RouterOs } from "./os/os.ts"
import { osBackend, serviceOf, snmpOf } from "./os/services.ts"
import { createOutgoing, type Outgoing } from "./outgoing.ts"
import { planRouters } from "./plan.ts"
import { Router, type RouterSpec } from "./router.ts"

export type NetworkPlan = {
  readonly topology: Topology
  readonly mode: "namespace" | "loopback"
  readonly certificatesDir: string
  readonly ports: Ports
  readonly syslogTo: { readonly address: string; readonly port: number }
  /** Of traps; without it 162. */
  readonly trapPort?: number | undefined
  readonly addressOf: (address: string) => string
  /** Routing by FRR instead of a computed one. */
  readonly frr: FrrPlace | null
  /**
   * Routers outside the topology, whose links are unknown: only the agent's own uplink can be cut
   * for them.
   */
  readonly replays: readonly RouterHost[]
}
export type NetworkState = {
  readonly cutLinks: string[]
  readonly deadRouters: string[]
  readonly poweredOffSites: string[]
  readonly lostUpstreams: string[]
  readonly uplinkDown: boolean
  readonly lossRatio: number
  readonly degradedLinks: string[]
  readonly congestedLinks: string[]
  readonly bgpDown: string[]
  readonly withoutSessions: string[]
  /** `router port`. */
  readonly fadedOptics: string[]
  readonly ospfDown: string[]
  readonly isisDown: string[]
  /** `fault router`. */
  readonly deviceFaults: string[]
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
  readonly #model: NetworkModel
  readonly #frr: RunningFrr | null
  readonly #outgoing: Outgoing
  readonly #stop = new AbortController()
  #heal = new AbortController()
  #faultState: FaultState = NO_FAULTS
  #queue: Promise<void> = Promise.resolve()

  constructor(plan: NetworkPlan, fabric: Fabric, now: () => number) {
    this.#plan = plan
    this.#fabric = fabric
    this.#now = now
    this.#frr = plan.frr === null ? null : this.#frrAt(plan.frr)
    this.#outgoing = createOutgoing({
      arrives: (router, address) => this.#arrives(router, address),
      trapPort: plan.trapPort,
    })
    for (const spec of planRouters(plan.topology, now(), plan.addressOf)) this.#make(spec)
    this.#model = new NetworkModel(
      plan.topology,
      [...this.#routers.values()],
      brokenBy(plan.topology, this.#faultState),
      (router, port) => this.#frr?.hasPort(router, port) === true,
    )
  }

  #frrAt(place: FrrPlace): RunningFrr {
    const router = (name: string): Router | undefined => this.#routers.get(name)
    return new RunningFrr(place, this.#plan.topology, {
      isV6: (name) => router(name)?.persona.version.startsWith("6.") === true,
      port: (name, port, running) => router(name)?.setRunning(port, running, this.#now()),
      line: (name, { topics, message }) => router(name)?.writeLog(this.#now(), topics, message),
    })
  }

  #make(spec: RouterSpec): void {
    const { name, address } = spec
    const now = this.#now
    const router = new Router(spec)
    const os = new RouterOs({
      router,
      identity: identityOf(this.#plan.certificatesDir, name, address, now()),
      wiring: { ports: this.#plan.ports, syslogTo: this.#plan.syslogTo },
      network: {
        reaches: async (to) => this.#model.reaches(name, to),
        pathTo: (to) => this.#model.pathTo(name, to),
        canReachOutside: () => this.#model.canReachOutside(name),
        peers: () => this.#model.peersOf(name),
      },
      now,
      engineOf: (menus) =>
        interpreter(menus, {
          now,
          failed: (job, message) =>
            router.writeLog(now(), "script,error", `script ${job} failed: ${message}`),
        }),
    })
    const logError = (what: string) => router.writeLog(now(), "system,error", what)
    const serviceConfig = {
      service: (which: "api" | "api-ssl") => serviceOf(os, which),
      snmp: snmpOf(os),
      isBehindNat: spec.isBehindNat,
      failed: logError,
    }
    const host = new RouterHost(
      { address, ports: this.#plan.ports, backend: this.#backend(os), serviceConfig },
      now,
    )
    os.store.onChange((path) => {
      if (path === "/ip/service") host.refresh()
    })
    os.onCertificates(() => host.refresh())
    os.onReboot(() => void this.#reboot(name))
    this.#outgoing.follow(os, host)
    this.#routers.set(name, router)
    this.#hosts.set(name, host)
    this.#systems.set(name, os)
  }

  /** Menus of routing are FRR's, where it runs. */
  #backend(os: RouterOs): ApiBackend {
    const backend = osBackend(os)
    const frr = this.#frr
    if (frr === null) return backend
    const { name } = os.router.spec
    return {
      ...backend,
      get users() {
        return backend.users
      },
      refresh: (menu) => frr.refresh(name, menu),
      print: (menu, policies) => frr.rows(name, menu) ?? backend.print(menu, policies),
    }
  }

  /** The agent's own uplink also cuts a router off from the agent. */
  #arrives(name: string, address: string): boolean {
    // Real routes decide, and a port that is down.
    if (this.#frr !== null) return true
    const isAgent = address === this.#plan.syslogTo.address
    return isAgent ? this.#model.reached.has(name) : this.#model.canReachOutside(name)
  }

  /** By its own command: everything that ran ends, and the router boots with its configuration. */
  async #reboot(name: string): Promise<void> {
    const os = this.#systems.get(name)
    os?.halt()
    await pause(REBOOT_MS, this.#stop.signal)
    if (this.#stop.signal.aborted || os === undefined) return
    os.router.reboot(this.#now())
    os.boot()
    const host = this.#hosts.get(name)
    if (host !== undefined) this.#outgoing.started(os, host)
  }

  get state(): NetworkState {
    const { cutLinks, deadRouters, poweredOffSites, lostUpstreams, uplinkDown, lossRatio } =
      this.#faultState
    const { degradedLinks, congestedLinks } = this.#faultState
    const { bgpDown, withoutSessions, fadedOptics } = this.#faultState
    const { ospfDown, isisDown, deviceFaults } = this.#faultState
    const { sites } = this.#plan.topology
    return {
      cutLinks: [...cutLinks].sort(),
      deadRouters: [...deadRouters].sort(),
      poweredOffSites: sites
        .filter((site) => poweredOffSites.has(site.key))
        .map((site) => site.name),
      lostUpstreams: [...lostUpstreams].sort(),
      uplinkDown,
      lossRatio,
      degradedLinks: [...degradedLinks.keys()].sort(),
      congestedLinks: [...congestedLinks].sort(),
      bgpDown: [...bgpDown].sort(),
      withoutSessions: [...withoutSessions].sort(),
      fadedOptics: [...fadedOptics].flatMap(([port, db]) => (db > 0 ? [port] : [])).sort(),
      ospfDown: [...ospfDown].sort(),
      isisDown: [...isisDown].sort(),
      deviceFaults: [...deviceFaults].sort(),
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
    this.#frr?.start()
    await Promise.all([...this.#hosts.values(), ...this.#plan.replays].map((host) => host.open()))
    for (const os of this.#systems.values()) os.boot()
  }

  /** Addresses behind NAT: no packet from outside arrives there. */
  get #unreachable(): readonly string[] {
    return [...this.#routers.values()].flatMap(({ spec }) =>
      spec.isBehindNat ? [spec.address] : [],
    )
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#queue
    this.#frr?.stop()
    for (const os of this.#systems.values()) os.halt()
    await Promise.all([...this.#hosts.values(), ...this.#plan.replays].map((host) => host.close()))
  }

  /**
   * Commands at the console of a router, as its administrator: available in any state of the
   * network, unless the router has no power.
   */
  async console({ router, does, text }: ConsoleCommand): Promise<ConsoleAnswer> {
    const os = this.#systems.get(router)
    if (os === undefined) throw new Error(`no router ${router}`)
    if (!os.isOn) throw new Error(`${router} is off: its console does not work`)
    if (does === "export") return { ok: true, output: os.export(text) }
    return does === "import" ? importScript(os, text) : consoleLine(os, text)
  }

  /** Resolves when the command has taken effect; a flap continues afterwards. */
  async command(command: LabCommand): Promise<void> {
    if (isFault(command)) return this.#applyFaults([command])
    switch (command.do) {
      case "together":
        return this.#applyFaults(command.faults)
      case "flap":
        return this.#flap(command.router, command.port, command.times)
      case "heal":
        this.#heal.abort()
        this.#heal = new AbortController()
        return this.#applyChange(() => NO_FAULTS)
      case "guess-passwords":
        return guessPasswords(this.#systemOf(command.router), command.times)
      case "change-config":
        return this.#changeConfiguration(command.router, command.section)
      case "stop-agent":
      case "start-agent":
      case "cut-management-path":
      case "repair-management-path":
        throw new Error("the routers have no agent")
    }
  }

  /** All of them, or none. */
  #applyFaults(faults: readonly Fault[]): Promise<void> {
    const { topology } = this.#plan
    return this.#applyChange((state) =>
      faults.reduce((current, fault) => {
        const reason = faultError(topology, current, fault)
        if (reason !== null) throw new Error(reason)
        return applyFault(topology, current, fault)
      }, state),
    )
  }

  /**
   * One change at a time; a failed change leaves the state as it was. Its caller gets the error,
   * later changes do not.
   */
  #applyChange(change: (state: FaultState) => FaultState): Promise<void> {
    const result = this.#queue.then(async () => {
      const next = change(this.#faultState)
      await this.#applyBroken(next)
      this.#faultState = next
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  /**
   * Routers go silent before any log line, and log lines follow after the sockets are open again.
   */
  async #applyBroken(state: FaultState): Promise<void> {
    const { topology } = this.#plan
    const broken = brokenBy(topology, state)
    const losses = [...pathLosses(topology, state)].map(
      ([router, ratio]) => [this.#addressOf(router), ratio] as const,
    )
    const unreachable = this.#unreachableUnder(broken)
    const replayAddresses = broken.uplinkDown ? this.#plan.replays.map((host) => host.address) : []
    for (const name of broken.deadRouters) this.#systems.get(name)?.halt()
    const addresses = new Set([
      ...unreachable.map((name) => this.#addressOf(name)),
      ...replayAddresses,
      ...this.#unreachable,
    ])
    if (this.#frr !== null && state.lossRatio > 0)
      throw new Error("with FRR, loss is on a link: degrade LINK RATIO")
    const computed = new Map(this.#frr === null ? losses : [])
    await this.#fabric.apply([...addresses], state.lossRatio, computed)
    await this.#frr?.apply(broken, state.degradedLinks)
    const isBare = this.#plan.mode === "loopback"
    for (const [name, host] of this.#hosts) {
      // A dead router's sockets are closed; one that is only cut off keeps them, unless the mode
      // has no other way to be silent.
      await setOpen(host, !(broken.deadRouters.has(name) || (isBare && unreachable.includes(name))))
    }
    for (const host of this.#plan.replays) await setOpen(host, !(isBare && broken.uplinkDown))
    this.#model.apply(broken, this.#now())
    for (const [name, os] of this.#systems) {
      os.ageCertificate(os.router.faults.has("age-certificate"))
      if (!this.#model.canReachOutside(name)) os.abortRequests()
      if (!broken.deadRouters.has(name)) os.boot()
    }
  }

  /** With FRR, packets find their way or do not; only what has no power is made silent. */
  #unreachableUnder(broken: Broken): readonly string[] {
    if (this.#frr === null) return this.#model.unreachableUnder(broken)
    return broken.uplinkDown ? [...this.#routers.keys()] : [...broken.deadRouters]
  }

  #addressOf(name: string): string {
    return this.#routers.get(name)?.spec.address ?? ""
  }

  #systemOf(name: string): RouterOs {
    const os = this.#systems.get(name)
    if (os?.isOn !== true) throw new Error(`${name} is off`)
    return os
  }

  /** What was added stays: a repair does not know how it was before. */
  async #changeConfiguration(name: string, section: ConfigSection): Promise<void> {
    const { ok, output } = await changeConfiguration(this.#systemOf(name), section)
    if (!ok) throw new Error(`${name}: ${output}`)
  }

  async #flap(routerName: string, portName: string, times: number): Promise<void> {
    const link = this.#plan.topology.links.find((l) =>
      [l.a, l.b].some((e) => e.router === routerName && e.port === portName),
    )
    const router = this.#routers.get(routerName)
    if (router?.port(portName) === undefined) {
      const ports = router?.ports.map((p) => p.plan.name).join(", ") ?? ""
      throw new Error(`${routerName} has no port ${portName}; there are ${ports}`)
    }
    const set = async (up: boolean): Promise<void> => {
      if (link === undefined) router.setRunning(portName, up, this.#now())
      else
        await this.#applyChange((state) => ({
          ...state,
          flapping: (up ? withoutName : withName)(state.flapping, link.name),
        }))
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

/** False where it was interrupted. */
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
