/** A running lab: namespace or loopback, the routers' process, the levers. What demo, bench and tests start and stop. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Child } from "./child.ts"
import { type ConsoleAnswer, type ConsoleCommand, type LabCommand, type LabState, type Lever, nameFault } from "./commands.ts"
import { Control, Refused } from "./control.ts"
import { siteOf } from "./levers.ts"
import { closest } from "./names.ts"
import { Namespace, removeStale } from "./netns.ts"
import { addressIn, type RoutersConfig, Told } from "./routers/config.ts"
import { type Replay, readReplays } from "./routers/replay.ts"
import { isThere } from "./run.ts"
import type { Site, Topology } from "./topology.ts"
import { readTopology } from "./topology-file.ts"
import { Wrong } from "./wrong.ts"

export type LabPlan = {
  readonly topologyFile: string
  readonly dataDir: string
  /** `auto`: a namespace where that can be had, loopback elsewhere. */
  readonly mode: "auto" | "namespace" | "loopback"
  readonly recordingsDir: string | null
  /** Others than `PORTS`; what runs beside a demo has to choose. */
  readonly ports?: LabPorts
}
export type LabPorts = { readonly api: number; readonly apiSsl: number; readonly snmp: number; readonly syslog: number }
/** Ports of every router. Without root the low ones cannot be had. */
export const PORTS = {
  namespace: { api: 8728, apiSsl: 8729, snmp: 161, syslog: 514 },
  loopback: { api: 8728, apiSsl: 8729, snmp: 10_161, syslog: 5514 },
} as const satisfies Record<string, LabPorts>
/** Where `npm run lab` finds a lab that runs. */
export const LAB_FILE = "lab.json"
const READY_MS = 30_000

export const ANATOLIA = join(import.meta.dirname, "topologies", "anatolia.yml")

/** Null where a namespace can be had, else why not. */
export const namespaceFault = (): string | null => {
  if (process.platform !== "linux") return "namespaces are a thing of Linux"
  if (process.getuid?.() !== 0) return "namespaces need root"
  if (!isThere("ip", ["-V"])) return "ip is missing (apt-get install iproute2)"
  if (!isThere("nft", ["--version"])) return "nft is missing (apt-get install nftables)"
  return null
}

export type AgentLevers = {
  readonly isRunning: () => boolean
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Gone in this moment, without a farewell. */
  readonly lose: () => Promise<void>
  readonly setWayHome: (up: boolean) => Promise<unknown>
}
type Waiting = { readonly resolve: (answer: ConsoleAnswer | null) => void; readonly reject: (error: Error) => void }

export class Lab {
  readonly topology: Topology
  readonly mode: "namespace" | "loopback"
  readonly space: Namespace | null
  readonly replays: readonly Replay[]
  readonly routers: Child
  readonly control: Control
  readonly #file: string
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #state: Omit<LabState, "agentRunning" | "wayHomeCut" | "mode"> = {
    cutLinks: [],
    deadRouters: [],
    darkSites: [],
    lostUpstreams: [],
    wayOutCut: false,
    lossRatio: 0,
  }
  #agent: AgentLevers | null = null
  #wayHomeCut = false

  private constructor(plan: LabPlan, mode: "namespace" | "loopback", topology: Topology, space: Namespace | null) {
    this.topology = topology
    this.mode = mode
    this.space = space
    this.replays = readReplays(plan.recordingsDir)
    const { syslog, ...ports } = plan.ports ?? PORTS[mode]
    const config: RoutersConfig = {
      topology: plan.topologyFile,
      mode,
      certificatesDir: join(plan.dataDir, "certificates"),
      recordingsDir: plan.recordingsDir,
      ports,
      syslogTo: { address: this.agentAddress, port: syslog },
    }
    this.routers = new Child({
      name: "the simulated routers",
      command: [
        ...(space?.enter ?? []),
        process.execPath,
        join(import.meta.dirname, "routers", "main.ts"),
        JSON.stringify(config),
      ],
      env: process.env,
      logFile: join(plan.dataDir, "routers.log"),
      ipc: true,
    })
    this.control = new Control({
      state: () => this.state(),
      pull: (command) => this.pull(command),
      console: (command) => this.console(command),
    })
    this.#file = join(plan.dataDir, LAB_FILE)
  }

  static async start(plan: LabPlan): Promise<Lab> {
    const topology = readTopology(plan.topologyFile)
    const fault = plan.mode === "loopback" ? "asked for" : namespaceFault()
    if (plan.mode === "namespace" && fault !== null) throw new Wrong(`the lab cannot have a namespace: ${fault}`)
    const mode = fault === null ? "namespace" : "loopback"
    if (mode === "loopback" && process.platform !== "linux")
      throw new Wrong("the simulated network needs Linux: elsewhere 127.0.0.1 is the only loopback address there is")
    mkdirSync(plan.dataDir, { recursive: true, mode: 0o700 })
    let space: Namespace | null = null
    if (mode === "namespace") {
      await removeStale()
      const replays = readReplays(plan.recordingsDir).map((r) => r.plan.address)
      space = await Namespace.make([topology.agent.address, ...topology.routers.map((r) => r.address), ...replays], plan.dataDir)
    }
    const lab = new Lab(plan, mode, topology, space)
    try {
      await lab.#open()
    } catch (error) {
      await lab.stop()
      throw error
    }
    return lab
  }

  /** Where the routers send their syslog: the agent's own address. */
  get agentAddress(): string {
    return addressIn(this.mode, this.topology.agent.address)
  }

  addressOf(address: string): string {
    return addressIn(this.mode, address)
  }

  state(): LabState {
    const { wayOutCut, ...network } = this.#state
    const agentRunning = this.#agent?.isRunning() ?? false
    return { ...network, agentRunning, wayHomeCut: this.#wayHomeCut, wayOutCut, mode: this.mode }
  }

  /** From now on there is an agent to stop and to start. */
  attachAgent(agent: AgentLevers): void {
    this.#agent = agent
  }

  async pull(command: LabCommand): Promise<LabState> {
    const fault = nameFault(this.topology, command)
    if (fault !== null) throw new Refused(fault)
    switch (command.do) {
      case "stop-agent":
        await this.#theAgent().stop()
        break
      case "start-agent":
        if (this.#isAgentDark()) throw new Refused(`the agent's host has no power: power-on ${this.#agentSite.key} comes first`)
        await this.#theAgent().start()
        break
      case "cut-way-home":
      case "mend-way-home":
        await this.#setWayHome(command.do === "mend-way-home")
        break
      case "heal":
        await this.#ask(command)
        if (this.#wayHomeCut) await this.#setWayHome(true)
        if (this.#agent?.isRunning() === false) await this.#agent.start()
        break
      case "together":
        await this.#move(command, command.levers)
        break
      case "flap":
        await this.#ask(command)
        break
      default:
        await this.#move(command, [command])
    }
    return this.state()
  }

  /** At the console of one router; what it prints is the answer, errors of the router included. */
  async console(command: ConsoleCommand): Promise<ConsoleAnswer> {
    const routers = this.topology.routers.map((router) => router.name)
    if (!routers.includes(command.router)) throw new Refused(`no router ${command.router}${closest(command.router, routers)}`)
    const answer = await this.#send({ console: command })
    if (answer === null) throw new Error("the routers' process gave no answer")
    return answer
  }

  async stop(): Promise<void> {
    rmSync(this.#file, { force: true })
    await this.control.stop()
    await this.routers.stop()
    await this.space?.remove()
  }

  /** The agent's host stands at its router's site, and has the power that the site has. */
  async #move(command: LabCommand, levers: readonly Lever[]): Promise<void> {
    const isHere = (lever: Lever): boolean => "site" in lever && siteOf(this.topology, lever.site)?.key === this.#agentSite.key
    const last = levers.findLast(isHere)
    const loses = last?.do === "power-off" && this.#agent?.isRunning() === true
    const wasDark = this.#isAgentDark()
    await Promise.all([this.#ask(command), loses ? this.#agent?.lose() : undefined])
    if (last?.do === "power-on" && wasDark && this.#agent?.isRunning() === false) await this.#agent.start()
  }

  get #agentSite(): Site {
    const at = this.topology.routers.find((router) => router.name === this.topology.agent.at)
    const site = this.topology.sites.find(({ key }) => key === at?.site)
    if (site === undefined) throw new Error("the topology names no site for its agent")
    return site
  }

  #isAgentDark(): boolean {
    return this.#state.darkSites.includes(this.#agentSite.name)
  }

  #theAgent(): AgentLevers {
    if (this.#agent === null) throw new Refused("no agent belongs to this lab; npm run demo brings one")
    return this.#agent
  }

  async #setWayHome(up: boolean): Promise<void> {
    await this.#theAgent().setWayHome(up)
    this.#wayHomeCut = !up
  }

  async #ask(command: LabCommand): Promise<void> {
    await this.#send({ command })
  }

  #send(what: { readonly command: LabCommand } | { readonly console: ConsoleCommand }): Promise<ConsoleAnswer | null> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      if (!this.routers.isRunning) return reject(new Error("the routers' process has ended"))
      this.#waiting.set(id, { resolve, reject })
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
      const told = Told.safeParse(message)
      if (!told.success) return
      if ("ready" in told.data) return isReady()
      const waiting = this.#waiting.get(told.data.id)
      this.#waiting.delete(told.data.id)
      this.#state = told.data.state
      if (told.data.ok) waiting?.resolve(told.data.answer)
      else waiting?.reject(new Refused(told.data.message))
    })
    void this.routers.ended.then(() => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error("the routers' process has ended"))
      this.#waiting.clear()
    })
    await this.#within(ready)
    await this.control.start()
    const found = { url: this.control.url, pid: process.pid, mode: this.mode }
    writeFileSync(this.#file, `${JSON.stringify(found)}\n`, { mode: 0o600 })
  }

  async #within(ready: Promise<void>): Promise<void> {
    let late: NodeJS.Timeout | undefined
    const said = () => this.routers.lastLines(12).join("\n")
    const fail = async (why: string): Promise<never> => {
      throw new Wrong(`the simulated routers did not start: ${why}\n${said()}`)
    }
    try {
      await Promise.race([
        ready,
        this.routers.ended.then(() => fail("their process ended")),
        new Promise<void>((resolve) => {
          late = setTimeout(resolve, READY_MS)
        }).then(() => fail(`no word within ${READY_MS / 1000} s`)),
      ])
    } finally {
      clearTimeout(late)
    }
  }
}
