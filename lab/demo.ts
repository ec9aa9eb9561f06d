/** `npm run demo`: a simulated provider, the appliance and its agent, started in order, watched, and stopped in order. */
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { Child } from "./child.ts"
import { enter, newSetupCode } from "./demo/account.ts"
import { ApplianceClient, type Login } from "./demo/appliance-client.ts"
import { block, type Standing } from "./demo/block.ts"
import { connectedText, connectRouters } from "./demo/companions.ts"
import { loadInventory } from "./demo/inventory.ts"
import { endLeftovers, noteChild } from "./demo/leftovers.ts"
import { HELP, type Options, readOptions, usualDataDir } from "./demo/options.ts"
import { freePort, portFault } from "./demo/ports.ts"
import { Relay } from "./demo/relay.ts"
import { ANATOLIA, Lab, namespaceFault, PORTS } from "./lab.ts"
import { isThere } from "./run.ts"
import { sayAndFail, Wrong } from "./wrong.ts"

const root = join(import.meta.dirname, "..")
const READY_MS = 120_000
const FIRST_VALUE_MS = 60_000
const LAST_LINES = 15

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const say = (text: string): void => console.error(text)

/** Our variables are our own affair: none of the caller's leaks into the children but those that make sense there. */
const cleanEnv = (): NodeJS.ProcessEnv => {
  const kept = ["ISPVM_DB_USER", "ISPVM_MAP_TILES_URL"]
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ISPVM_") || kept.includes(name)))
}

/** Without a namespace every simulated router has a loopback address, which nothing contacts by itself. */
const routersOnLoopback = (lab: Lab): NodeJS.ProcessEnv => (lab.mode === "loopback" ? { ISPVM_ALLOW_LOOPBACK: "1" } : {})

class Demo {
  readonly #options: Options
  readonly #startedAtMs = Date.now()
  #lab: Lab | null = null
  #appliance: Child | null = null
  #agent: Child | null = null
  #relay: Relay | null = null
  #connecting: Promise<unknown> = Promise.resolve()
  #isStopping = false
  #starting: Promise<unknown> = Promise.resolve()
  /** Rejects when a child ends that nobody asked to. */
  readonly #died: Promise<never>
  #die: (error: Error) => void = () => undefined

  constructor(options: Options) {
    this.#options = options
    this.#died = new Promise((_, reject) => {
      this.#die = reject
    })
    this.#died.catch(() => undefined)
  }

  get died(): Promise<never> {
    return this.#died
  }

  start(): Promise<Standing> {
    const starting = this.#start()
    this.#starting = starting
    return starting
  }

  async #start(): Promise<Standing> {
    const { dataDir, doorPort: askedDoor, httpPort: askedHttp } = this.#options
    // Passable for the database's own user, who is not root; what is secret below has modes of its own.
    mkdirSync(dataDir, { recursive: true, mode: 0o755 })
    await endLeftovers(dataDir)
    const httpPort = askedHttp === 0 ? await freePort() : askedHttp
    const doorPort = askedDoor === 0 ? await freePort() : askedDoor
    await this.#needPorts(httpPort, doorPort)

    const lab = await this.#startLab()
    const doorAddress = lab.space?.way.hostAddress ?? "127.0.0.1"
    const setupCode = newSetupCode()
    const client = await this.#startAppliance(lab, httpPort, doorPort, doorAddress, setupCode)
    const login: Login = await enter(client, join(dataDir, "lab", "login.json"), setupCode)
    say("loading the inventory …")
    const { agentId, isEnrolled, added, changed } = await loadInventory(client, lab, join(dataDir, "lab"))
    say(added + changed === 0 ? "  already there" : `  ${added} added, ${changed} changed`)

    const agentDir = join(dataDir, "agent")
    const token = isEnrolled && existsSync(join(agentDir, "identity.json")) ? null : await client.token(agentId)
    const { url, setWayHome } = await this.#wayHome(lab, doorAddress, doorPort)
    const startAgent = (first: string | null) => this.#startAgent(lab, agentDir, url, first)
    lab.attachAgent({
      isRunning: () => this.#agent?.isRunning === true,
      start: async () => {
        if (this.#agent?.isRunning !== true) startAgent(null)
      },
      stop: async () => this.#agent?.stop(),
      lose: async () => this.#agent?.kill(),
      setWayHome,
    })
    say("starting the agent …")
    startAgent(token)
    await this.#firstValue(client)
    if (this.#options.connects) this.#connecting = this.#connect(client, lab, doorAddress)
    return {
      url: `http://127.0.0.1:${httpPort}`,
      ...login,
      mode: lab.mode,
      modeReason: this.#options.mode === "loopback" ? "asked for" : namespaceFault(),
      namespace: lab.space?.name ?? null,
      firstValueMs: Date.now() - this.#startedAtMs,
      routers: lab.topology.routers.length,
      sites: lab.topology.sites.length,
      recorded: lab.replays.length,
      missing: isThere("fping", ["-v"]) ? null : "fping is missing (apt-get install fping): devices are probed by TCP",
      dataDir,
      dataFlag: dataDir === usualDataDir(root) ? "" : ` --data ${dataDir}`,
    }
  }

  /**
   * In the order of the data's way, so that nothing is sent to somebody who is gone. The appliance is told together
   * with the agent: from then on it counts no silence, and a slow stop leaves no incident of a silent agent.
   */
  async stop(): Promise<void> {
    this.#isStopping = true
    // A start that is under way comes to its next step and ends there; only then is it known what there is to stop.
    if (this.#lab !== null) say("stopping …")
    await this.#starting.catch(() => undefined)
    await this.#connecting
    if (this.#lab === null) return
    await Promise.all([this.#agent?.stop(), this.#appliance?.stop()])
    await this.#relay?.stop()
    await this.#lab.stop()
    await endLeftovers(this.#options.dataDir)
    say("stopped; the data is kept.")
  }

  /** Behind everything else, and no condition of it. */
  async #connect(client: ApplianceClient, lab: Lab, doorAddress: string): Promise<void> {
    try {
      const all = await connectRouters(client, lab, doorAddress, () => !this.#isStopping)
      if (!this.#isStopping) for (const line of connectedText(all)) say(line)
    } catch (error) {
      if (!this.#isStopping) say(`no router was connected by script: ${error instanceof Error ? error.message : error}`)
    }
  }

  async #needPorts(httpPort: number, doorPort: number): Promise<void> {
    const fault =
      (await portFault("127.0.0.1", httpPort, "give another one with --port")) ??
      (await portFault("127.0.0.1", doorPort, "give another one by ISPVM_DOOR_PORT"))
    if (fault !== null) throw new Wrong(fault)
  }

  async #startLab(): Promise<Lab> {
    const { dataDir, mode, recordingsDir } = this.#options
    say("starting the simulated routers …")
    const lab = await Lab.start({ topologyFile: ANATOLIA, dataDir: join(dataDir, "lab"), mode, recordingsDir })
    this.#lab = lab
    this.#watch(lab.routers)
    return lab
  }

  /** Between two steps of the start. */
  #goOn(): void {
    if (this.#isStopping) throw new Wrong("stopped while starting")
  }

  #launch(name: string, script: string, enter: readonly string[], env: NodeJS.ProcessEnv): Child {
    this.#goOn()
    const file = `${name.replace("the ", "")}.log`
    const { dataDir } = this.#options
    const child = new Child({
      name,
      command: [...enter, process.execPath, join(root, script)],
      env: { ...cleanEnv(), NODE_NO_WARNINGS: "1", ...env },
      logFile: join(dataDir, "logs", file),
    })
    noteChild(dataDir, child.process.pid, script)
    this.#watch(child)
    return child
  }

  async #startAppliance(
    lab: Lab,
    httpPort: number,
    doorPort: number,
    doorAddress: string,
    setupCode: string,
  ): Promise<ApplianceClient> {
    say("starting the appliance …")
    this.#appliance = this.#launch("the appliance", "appliance/src/main.ts", [], {
      ISPVM_DATA_DIR: join(this.#options.dataDir, "appliance"),
      ISPVM_BIND: "127.0.0.1",
      ISPVM_HTTP_PORT: String(httpPort),
      ISPVM_DOOR_BIND: [...new Set(["127.0.0.1", doorAddress])].join(","),
      ISPVM_DOOR_PORT: String(doorPort),
      ISPVM_PUSH_PORT: String(this.#options.pushPort),
      ISPVM_SETUP_CODE: setupCode,
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_LAB_URL: lab.control.url,
      ...routersOnLoopback(lab),
    })
    const client = new ApplianceClient(`http://127.0.0.1:${httpPort}`)
    const until = Date.now() + READY_MS
    while (!(await client.isReady())) {
      if (Date.now() > until)
        throw new Wrong(
          `the appliance was not ready within ${READY_MS / 1000} s\n${this.#appliance.lastLines(LAST_LINES).join("\n")}`,
        )
      await Promise.race([wait(100), this.#died])
      this.#goOn()
    }
    return client
  }

  /** Where the agent knocks, and how its way there is cut: in the namespace by its cable, without one by what all of it passes. */
  async #wayHome(lab: Lab, doorAddress: string, doorPort: number) {
    const { space } = lab
    if (space !== null) return { url: `https://${doorAddress}:${doorPort}`, setWayHome: (up: boolean) => space.setWayHome(up) }
    const relay = new Relay(doorPort)
    const port = await relay.start()
    this.#relay = relay
    return { url: `https://${doorAddress}:${port}`, setWayHome: async (up: boolean) => relay.setOpen(up) }
  }

  #startAgent(lab: Lab, agentDir: string, url: string, token: string | null): void {
    this.#agent = this.#launch("the agent", "agent/src/main.ts", lab.space?.enter ?? [], {
      ISPVM_URL: url,
      ISPVM_AGENT_DATA_DIR: agentDir,
      ISPVM_AGENT_HEALTH_PORT: lab.mode === "namespace" ? "9790" : "0",
      ISPVM_SYSLOG_PORT: String(PORTS[lab.mode].syslog),
      ISPVM_SYSLOG_BIND: lab.agentAddress,
      ...routersOnLoopback(lab),
      ...(token === null ? {} : { ISPVM_TOKEN: token }),
    })
  }

  async #firstValue(client: ApplianceClient): Promise<void> {
    say("waiting for the first live value …")
    const until = Date.now() + FIRST_VALUE_MS
    for (;;) {
      const { devices } = await client.topology()
      // Values kept from an earlier run are shown at once; only one of this run is live.
      if (devices.some((d) => (d.lastSeenAtMs ?? 0) >= this.#startedAtMs && (d.rttUs !== null || d.uptimeS !== null))) return
      if (Date.now() > until) throw this.#noValue()
      await Promise.race([wait(250), this.#died])
      this.#goOn()
    }
  }

  #noValue(): Wrong {
    const space = this.#lab?.space
    const hint = space ? `A firewall of this machine may stand between the namespace ${space.name} and the agents' door. ` : ""
    const lines = this.#agent?.lastLines(LAST_LINES).join("\n") ?? ""
    return new Wrong(`no value came within ${FIRST_VALUE_MS / 1000} s. ${hint}The agent's last lines:\n${lines}`)
  }

  #watch(child: Child): void {
    void child.ended.then(({ code, signal }) => {
      if (this.#isStopping || child.isStopping) return
      const how = signal === null ? `code ${code}` : signal
      this.#die(
        new Wrong(
          `${child.plan.name} ended by itself (${how}). Its last lines, from ${child.plan.logFile}:\n${child.lastLines(LAST_LINES).join("\n")}`,
        ),
      )
    })
  }
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), process.env, root)
  if (options.isHelp) return console.log(HELP)
  const demo = new Demo(options)
  const asked = new Promise<"asked">((resolve) => {
    // Every further Ctrl-C finds the demo already stopping.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("asked"))
    // npm that is ended by a signal does not always pass it on: whoever it leaves behind stops too.
    const parent = process.ppid
    if (process.env.npm_lifecycle_event !== undefined)
      setInterval(() => process.ppid === parent || resolve("asked"), 1_000).unref()
  })
  try {
    const standing = await Promise.race([demo.start(), demo.died, asked])
    if (standing === "asked") return
    console.log(block(standing, options.isJson))
    await Promise.race([asked, demo.died])
  } finally {
    await demo.stop()
  }
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    sayAndFail(error)
    process.exit(1)
  },
)
