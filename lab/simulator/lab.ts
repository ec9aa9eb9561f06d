/**
 * A running lab: namespace or loopback, the routers' process, the faults. Demo, bench and tests
 * start and stop it.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { environment } from "../config.ts"
import { Child } from "./child.ts"
import {
  type ConsoleAnswer,
  type ConsoleCommand,
  type Fault,
  isFault,
  type LabCommand,
  type LabState,
  nameError,
} from "./commands.ts"
import { CommandError, ControlServer } from "./control-server.ts"
import { closest } from "./name-suggestion.ts"
import { Namespace, namespaceError, removeStale } from "./netns.ts"
import { possibleFaults, speaksIsis, speaksOspf } from "./routers/capabilities.ts"
import { addressIn, IpcResponse, type RoutersConfig } from "./routers/config.ts"
import { type Replay, readReplays } from "./routers/replay.ts"
import { frrError, RoutedNetwork } from "./routing/routed-network.ts"
import type { Site, Topology } from "./topology.ts"
import { siteOf } from "./topology.ts"
import { readTopology } from "./topology-file.ts"
import { UserError } from "./user-error.ts"

export type LabPlan = {
  readonly topologyFile: string
  readonly dataDir: string
  /** `auto`: a namespace where one can be created, loopback otherwise. */
  readonly mode: "auto" | "namespace" | "loopback"
  readonly recordingsDir: string | null
  /** FRR routes between the routers; recorded routers have no place in it. */
  readonly frr?: { readonly hasBfd: boolean }
  /** Ports other than `PORTS`, for a lab next to a demo. */
  readonly ports?: LabPorts
}
export type LabPorts = {
  readonly api: number
  readonly apiSsl: number
  readonly snmp: number
  readonly syslog: number
  /** RouterOS knows no other than 162. */
  readonly traps?: number
}
/** Ports of every router. The low ones need root. */
export const PORTS = {
  namespace: { api: 8728, apiSsl: 8729, snmp: 161, syslog: 514, traps: 162 },
  loopback: { api: 8728, apiSsl: 8729, snmp: 10_161, syslog: 5514, traps: 10_162 },
} as const satisfies Record<string, LabPorts>
/** The file by which `npm run lab` finds a running lab. */
export const LAB_FILE = "lab.json"
const READY_MS = 30_000

export const ANATOLIA = join(import.meta.dirname, "topologies", "anatolia.yml")

export type AgentControl = {
  readonly isRunning: () => boolean
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Ends the agent at once, without a clean stop. */
  readonly kill: () => Promise<void>
  readonly setManagementPath: (up: boolean) => Promise<unknown>
}
type PendingRequest = {
  readonly resolve: (answer: ConsoleAnswer | null) => void
  readonly reject: (error: Error) => void
}

const linksWith = (topology: Topology, speaks: typeof speaksOspf): string[] =>
  topology.links.filter((link) => speaks(topology, link)).map(({ name }) => name)
const faultsByRouter = (topology: Topology): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(possibleFaults(topology)).map(([router, faults]) => [router, [...faults]]),
  )

const startRouted = async (
  topology: Topology,
  namespace: Namespace,
  hasBfd: boolean,
): Promise<RoutedNetwork> => {
  try {
    return await RoutedNetwork.start({ topology, hasBfd, agentNamespace: namespace.name })
  } catch (error) {
    await namespace.remove()
    throw error
  }
}

export class Lab {
  readonly topology: Topology
  readonly mode: "namespace" | "loopback"
  readonly namespace: Namespace | null
  readonly routed: RoutedNetwork | null
  readonly replays: readonly Replay[]
  readonly routers: Child
  readonly control: ControlServer
  readonly #file: string
  readonly #pending = new Map<number, PendingRequest>()
  #lastId = 0
  #state: Omit<
    LabState,
    "agentRunning" | "managementPathDown" | "mode" | "possibleFaults" | "ospfLinks" | "isisLinks"
  > = {
    cutLinks: [],
    deadRouters: [],
    poweredOffSites: [],
    lostUpstreams: [],
    uplinkDown: false,
    lossRatio: 0,
    degradedLinks: [],
    congestedLinks: [],
    bgpDown: [],
    withoutSessions: [],
    fadedOptics: [],
    ospfDown: [],
    isisDown: [],
    deviceFaults: [],
  }
  #agent: AgentControl | null = null
  #managementPathDown = false

  private constructor(
    plan: LabPlan,
    mode: "namespace" | "loopback",
    topology: Topology,
    namespace: Namespace | null,
    routed: RoutedNetwork | null,
  ) {
    this.topology = topology
    this.mode = mode
    this.namespace = namespace
    this.routed = routed
    const recordingsDir = routed === null ? plan.recordingsDir : null
    this.replays = readReplays(recordingsDir)
    const { syslog, traps, ...ports } = plan.ports ?? PORTS[mode]
    const config: RoutersConfig = {
      topology: plan.topologyFile,
      mode,
      certificatesDir: join(plan.dataDir, "certificates"),
      recordingsDir,
      ports,
      frr: routed === null ? null : { prefix: routed.prefix, folder: routed.folder },
      syslogTo: { address: this.agentAddress, port: syslog },
      ...(traps === undefined ? {} : { trapPort: traps }),
    }
    this.routers = new Child({
      name: "the simulated routers",
      command: [
        ...(routed === null
          ? (namespace?.commandPrefix ?? [])
          : ["ip", "netns", "exec", routed.services]),
        process.execPath,
        join(import.meta.dirname, "routers", "main.ts"),
        JSON.stringify(config),
      ],
      env: environment(),
      logFile: join(plan.dataDir, "routers.log"),
      ipc: true,
    })
    this.control = new ControlServer({
      state: () => this.state(),
      apply: (command) => this.apply(command),
      console: (command) => this.console(command),
    })
    this.#file = join(plan.dataDir, LAB_FILE)
  }

  static async start(plan: LabPlan): Promise<Lab> {
    const topology = readTopology(plan.topologyFile)
    const reason = plan.mode === "loopback" ? "asked for" : namespaceError()
    if (plan.mode === "namespace" && reason !== null)
      throw new UserError(`the lab cannot create a namespace: ${reason}`)
    const mode = reason === null ? "namespace" : "loopback"
    if (mode === "loopback" && process.platform !== "linux")
      throw new UserError(
        "the simulated network needs Linux: other systems have only the loopback address 127.0.0.1",
      )
    mkdirSync(plan.dataDir, { recursive: true, mode: 0o700 })
    let namespace: Namespace | null = null
    let routed: RoutedNetwork | null = null
    const noFrr = plan.frr === undefined ? null : mode === "loopback" ? reason : frrError()
    if (noFrr !== null) throw new UserError(`FRR cannot run here: ${noFrr}`)
    if (mode === "namespace") {
      await removeStale()
      const replays = readReplays(plan.recordingsDir).map((r) => r.plan.address)
      const others = [...topology.routers.map((r) => r.address), ...replays]
      namespace = await Namespace.make(
        [topology.agent.address, ...(plan.frr === undefined ? others : [])],
        plan.dataDir,
      )
      if (plan.frr !== undefined) routed = await startRouted(topology, namespace, plan.frr.hasBfd)
    }
    const lab = new Lab(plan, mode, topology, namespace, routed)
    try {
      await lab.#open()
    } catch (error) {
      await lab.stop()
      throw error
    }
    return lab
  }

  /** The destination of the routers' syslog: the agent's own address. */
  get agentAddress(): string {
    return addressIn(this.mode, this.topology.agent.address)
  }

  addressOf(address: string): string {
    return addressIn(this.mode, address)
  }

  state(): LabState {
    const { uplinkDown, ...network } = this.#state
    const agentRunning = this.#agent?.isRunning() ?? false
    return {
      ...network,
      possibleFaults: faultsByRouter(this.topology),
      ospfLinks: linksWith(this.topology, speaksOspf),
      isisLinks: linksWith(this.topology, speaksIsis),
      agentRunning,
      managementPathDown: this.#managementPathDown,
      uplinkDown,
      mode: this.mode,
    }
  }

  /** From now on there is an agent to stop and to start. */
  attachAgent(agent: AgentControl): void {
    this.#agent = agent
  }

  async apply(command: LabCommand): Promise<LabState> {
    const reason = nameError(this.topology, command)
    if (reason !== null) throw new CommandError(reason)
    if (isFault(command)) {
      await this.#applyFaults(command, [command])
      return this.state()
    }
    switch (command.do) {
      case "stop-agent":
        await this.#requireAgent().stop()
        break
      case "start-agent":
        if (this.#isAgentPoweredOff())
          throw new CommandError(
            `the agent's host has no power: power-on ${this.#agentSite.key} comes first`,
          )
        await this.#requireAgent().start()
        break
      case "cut-management-path":
      case "repair-management-path":
        await this.#setManagementPath(command.do === "repair-management-path")
        break
      case "heal":
        await this.#sendCommand(command)
        if (this.#managementPathDown) await this.#setManagementPath(true)
        if (this.#agent?.isRunning() === false) await this.#agent.start()
        break
      case "together":
        await this.#applyFaults(command, command.faults)
        break
      case "flap":
      case "guess-passwords":
      case "change-config":
        await this.#sendCommand(command)
        break
    }
    return this.state()
  }

  /**
   * Runs a command at one router's console; the result is its output, including errors of the
   * router.
   */
  async console(command: ConsoleCommand): Promise<ConsoleAnswer> {
    const routers = this.topology.routers.map((router) => router.name)
    if (!routers.includes(command.router))
      throw new CommandError(`no router ${command.router}${closest(command.router, routers)}`)
    const answer = await this.#send({ console: command })
    if (answer === null) throw new Error("the routers' process gave no answer")
    return answer
  }

  async stop(): Promise<void> {
    rmSync(this.#file, { force: true })
    await this.control.stop()
    await this.routers.stop()
    await this.routed?.stop()
    await this.namespace?.remove()
  }

  /** The agent's host is at its router's site and shares the site's power. */
  async #applyFaults(command: LabCommand, faults: readonly Fault[]): Promise<void> {
    const isAtAgentSite = (fault: Fault): boolean =>
      "site" in fault && siteOf(this.topology, fault.site)?.key === this.#agentSite.key
    const last = faults.findLast(isAtAgentSite)
    const losesPower = last?.do === "power-off" && this.#agent?.isRunning() === true
    const wasPoweredOff = this.#isAgentPoweredOff()
    await Promise.all([this.#sendCommand(command), losesPower ? this.#agent?.kill() : undefined])
    if (last?.do === "power-on" && wasPoweredOff && this.#agent?.isRunning() === false)
      await this.#agent.start()
  }

  get #agentSite(): Site {
    const at = this.topology.routers.find((router) => router.name === this.topology.agent.at)
    const site = this.topology.sites.find(({ key }) => key === at?.site)
    if (site === undefined) throw new Error("the topology names no site for its agent")
    return site
  }

  #isAgentPoweredOff(): boolean {
    return this.#state.poweredOffSites.includes(this.#agentSite.name)
  }

  #requireAgent(): AgentControl {
    if (this.#agent === null)
      throw new CommandError("this lab has no agent; npm run demo starts one")
    return this.#agent
  }

  async #setManagementPath(up: boolean): Promise<void> {
    await this.#requireAgent().setManagementPath(up)
    this.#managementPathDown = !up
  }

  async #sendCommand(command: LabCommand): Promise<void> {
    await this.#send({ command })
  }

  #send(
    what: { readonly command: LabCommand } | { readonly console: ConsoleCommand },
  ): Promise<ConsoleAnswer | null> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      if (!this.routers.isRunning) return reject(new Error("the routers' process has ended"))
      this.#pending.set(id, { resolve, reject })
      this.routers.process.send({ id, ...what }, (error) => {
        if (error !== null) reject(error)
      })
    })
  }

  async #open(): Promise<void> {
    let isReady: () => void = () => undefined
    const ready = new Promise<void>((resolve) => {
      isReady = resolve
    })
    this.routers.process.on("message", (message) => {
      const response = IpcResponse.safeParse(message)
      if (!response.success) return
      if ("ready" in response.data) return isReady()
      const pending = this.#pending.get(response.data.id)
      this.#pending.delete(response.data.id)
      this.#state = response.data.state
      if (response.data.ok) pending?.resolve(response.data.answer)
      else pending?.reject(new CommandError(response.data.message))
    })
    void this.routers.ended.then(() => {
      for (const pending of this.#pending.values())
        pending.reject(new Error("the routers' process has ended"))
      this.#pending.clear()
    })
    await this.#within(ready)
    await this.control.start()
    const found = { url: this.control.url, pid: process.pid, mode: this.mode }
    writeFileSync(this.#file, `${JSON.stringify(found)}\n`, { mode: 0o600 })
  }

  async #within(ready: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const lastLines = () => this.routers.lastLines(12).join("\n")
    const fail = async (why: string): Promise<never> => {
      throw new UserError(`the simulated routers did not start: ${why}\n${lastLines()}`)
    }
    try {
      await Promise.race([
        ready,
        this.routers.ended.then(() => fail("their process ended")),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, READY_MS)
        }).then(() => fail(`no answer within ${READY_MS / 1000} s`)),
      ])
    } finally {
      clearTimeout(timer)
    }
  }
}
