/**
 * `npm run demo`: starts a simulated provider, the appliance and its agent in order, monitors them,
 * and stops them in order.
 */
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { environment, isRunByNpm, productEnvironment } from "../config.ts"
import { Child } from "../simulator/child.ts"
import { ANATOLIA, Lab, PORTS } from "../simulator/lab.ts"
import { namespaceError } from "../simulator/netns.ts"
import { isInstalled } from "../simulator/run.ts"
import { reportFailure, UserError } from "../simulator/user-error.ts"
import { ensureLogin, newSetupCode } from "./account.ts"
import { ApplianceClient, type Login } from "./appliance-client.ts"
import { connectedText, connectRouters } from "./companions.ts"
import { type FaultInjection, startFaultInjection } from "./fault-injection.ts"
import { loadInventory } from "./inventory.ts"
import { endLeftovers, noteChild } from "./leftovers.ts"
import { defaultDataDir, HELP, type Options, readOptions } from "./options.ts"
import { freePort, portError } from "./ports.ts"
import { Relay } from "./relay.ts"
import { type DemoSummary, summaryText } from "./summary.ts"

const root = join(import.meta.dirname, "../..")
const READY_MS = 360_000
const FIRST_VALUE_MS = 60_000
const LAST_LINES = 15

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const print = (text: string): void => console.error(text)

/** Of the caller's ISPVM_ variables, only those that make sense for the children are passed on. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  productEnvironment(["ISPVM_DB_USER", "ISPVM_MAP_TILES_URL"])

/**
 * Without a namespace, every simulated router has a loopback address, which the appliance and the
 * agent do not contact by default.
 */
const routersOnLoopback = (lab: Lab): NodeJS.ProcessEnv =>
  lab.mode === "loopback" ? { ISPVM_ALLOW_LOOPBACK: "1" } : {}

class Demo {
  readonly #options: Options
  readonly #startedAtMs = Date.now()
  #lab: Lab | null = null
  #appliance: Child | null = null
  #agent: Child | null = null
  #relay: Relay | null = null
  #faultInjection: FaultInjection | null = null
  #connecting: Promise<unknown> = Promise.resolve()
  #isStopping = false
  #starting: Promise<unknown> = Promise.resolve()
  /** Rejects when a child ends without being stopped. */
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

  start(): Promise<DemoSummary> {
    const starting = this.#start()
    this.#starting = starting
    return starting
  }

  async #start(): Promise<DemoSummary> {
    const {
      dataDir,
      agentApiPort: requestedAgentApiPort,
      httpPort: requestedHttpPort,
    } = this.#options
    // The database's own user, who is not root, must be able to enter; secrets below have modes of
    // their own.
    mkdirSync(dataDir, { recursive: true, mode: 0o755 })
    await endLeftovers(dataDir)
    const httpPort = requestedHttpPort === 0 ? await freePort() : requestedHttpPort
    const agentApiPort = requestedAgentApiPort === 0 ? await freePort() : requestedAgentApiPort
    await this.#requireFreePorts(httpPort, agentApiPort)

    const lab = await this.#startLab()
    const applianceAddress = lab.namespace?.managementLink.hostAddress ?? "127.0.0.1"
    const ports = { http: httpPort, agentApi: agentApiPort }
    const setupCode = newSetupCode()
    const client = await this.#startAppliance(lab, ports, applianceAddress, setupCode)
    const login: Login = await ensureLogin(client, join(dataDir, "lab", "login.json"), setupCode)
    const token = await this.#loadInventory(client, lab)
    await this.#attachAgent(lab, applianceAddress, agentApiPort, token)
    await this.#waitForFirstValue(client)
    if (this.#options.connects) this.#connecting = this.#connect(client, lab, applianceAddress)
    return this.#summary(lab, httpPort, login)
  }

  /** Returns the agent's enrolment token; null where the agent is enrolled already. */
  async #loadInventory(client: ApplianceClient, lab: Lab): Promise<string | null> {
    const { dataDir } = this.#options
    print("loading the inventory …")
    const loaded = await loadInventory(client, lab, join(dataDir, "lab"))
    const { agentId, isEnrolled, added, changed } = loaded
    print(added + changed === 0 ? "  already there" : `  ${added} added, ${changed} changed`)
    const hasIdentity = existsSync(join(dataDir, "agent", "identity.json"))
    return isEnrolled && hasIdentity ? null : client.token(agentId)
  }

  /** Starts the agent, and lets the lab stop and start it and cut its management path. */
  async #attachAgent(
    lab: Lab,
    applianceAddress: string,
    agentApiPort: number,
    token: string | null,
  ): Promise<void> {
    const agentDir = join(this.#options.dataDir, "agent")
    const { url, setManagementPath } = await this.#managementPath(
      lab,
      applianceAddress,
      agentApiPort,
    )
    lab.attachAgent({
      isRunning: () => this.#agent?.isRunning === true,
      start: async () => {
        if (this.#agent?.isRunning !== true) this.#startAgent(lab, agentDir, url, null)
      },
      stop: async () => this.#agent?.stop(),
      kill: async () => this.#agent?.kill(),
      setManagementPath,
    })
    print("starting the agent …")
    this.#startAgent(lab, agentDir, url, token)
  }

  #summary(lab: Lab, httpPort: number, login: Login): DemoSummary {
    const { dataDir, mode } = this.#options
    return {
      url: `http://127.0.0.1:${httpPort}`,
      ...login,
      mode: lab.mode,
      modeReason: mode === "loopback" ? "asked for" : namespaceError(),
      namespace: lab.namespace?.name ?? null,
      firstValueMs: Date.now() - this.#startedAtMs,
      routers: lab.topology.routers.length,
      sites: lab.topology.sites.length,
      recorded: lab.replays.length,
      missing: isInstalled("fping", ["-v"])
        ? null
        : "fping is missing (apt-get install fping): devices are probed by TCP",
      dataDir,
      dataFlag: dataDir === defaultDataDir(root) ? "" : ` --data ${dataDir}`,
    }
  }

  /**
   * In the direction of the data, so that no part sends to one that has stopped. The appliance and
   * the agent stop together: from then on missing heartbeats do not count, and a slow stop opens no
   * incident.
   */
  async stop(): Promise<void> {
    this.#isStopping = true
    // A start in progress ends at its next step; only then is it known what to stop.
    if (this.#lab !== null) print("stopping …")
    await this.#starting.catch(() => undefined)
    await this.#connecting
    if (this.#lab === null) return
    await Promise.all([this.#agent?.stop(), this.#appliance?.stop()])
    await this.#relay?.stop()
    await this.#faultInjection?.stop()
    await this.#lab.stop()
    await endLeftovers(this.#options.dataDir)
    print("stopped; the data is kept.")
  }

  /** Runs after the start, which does not depend on it. */
  async #connect(client: ApplianceClient, lab: Lab, applianceAddress: string): Promise<void> {
    try {
      const all = await connectRouters(client, lab, applianceAddress)
      if (!this.#isStopping) for (const line of connectedText(all)) print(line)
    } catch (error) {
      if (!this.#isStopping)
        print(
          `no router was connected by script: ${error instanceof Error ? error.message : error}`,
        )
    }
  }

  async #requireFreePorts(httpPort: number, agentApiPort: number): Promise<void> {
    const error =
      (await portError("127.0.0.1", httpPort, "choose another with --port")) ??
      (await portError("127.0.0.1", agentApiPort, "choose another with ISPVM_AGENT_API_PORT"))
    if (error !== null) throw new UserError(error)
  }

  async #startLab(): Promise<Lab> {
    const { dataDir, frr, mode, recordingsDir } = this.#options
    print("starting the simulated routers …")
    const lab = await Lab.start({
      topologyFile: ANATOLIA,
      dataDir: join(dataDir, "lab"),
      mode,
      recordingsDir,
      ...(frr === null ? {} : { frr }),
    })
    this.#lab = lab
    this.#monitor(lab.routers)
    return lab
  }

  /** Called between two steps of the start. */
  #throwIfStopping(): void {
    if (this.#isStopping) throw new UserError("stopped while starting")
  }

  #launch(
    name: string,
    script: string,
    commandPrefix: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Child {
    this.#throwIfStopping()
    const file = `${name.replace("the ", "")}.log`
    const { dataDir } = this.#options
    const child = new Child({
      name,
      command: [...commandPrefix, process.execPath, join(root, script)],
      env: { ...cleanEnv(), NODE_NO_WARNINGS: "1", ...env },
      logFile: join(dataDir, "logs", file),
    })
    noteChild(dataDir, child.process.pid, script)
    this.#monitor(child)
    return child
  }

  /**
   * Starts the endpoint for pages of the appliance, under each name of this machine; returns its
   * URL.
   */
  async #startFaultInjection(lab: Lab, httpPort: number): Promise<string> {
    this.#faultInjection = await startFaultInjection({
      origins: ["127.0.0.1", "localhost"].map((host) => `http://${host}:${httpPort}`),
      state: () => lab.state(),
      apply: (command) => lab.apply(command),
    })
    return this.#faultInjection.url
  }

  async #startAppliance(
    lab: Lab,
    ports: { readonly http: number; readonly agentApi: number },
    applianceAddress: string,
    setupCode: string,
  ): Promise<ApplianceClient> {
    print("starting the appliance …")
    this.#appliance = this.#launch("the appliance", "appliance/src/main.ts", [], {
      ISPVM_DATA_DIR: join(this.#options.dataDir, "appliance"),
      ISPVM_BIND: "127.0.0.1",
      ISPVM_HTTP_PORT: String(ports.http),
      ISPVM_AGENT_API_BIND: [...new Set(["127.0.0.1", applianceAddress])].join(","),
      ISPVM_AGENT_API_PORT: String(ports.agentApi),
      ISPVM_PUSH_PORT: String(this.#options.pushPort),
      ISPVM_SETUP_CODE: setupCode,
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_FAULT_INJECTION_URL: await this.#startFaultInjection(lab, ports.http),
      ...routersOnLoopback(lab),
    })
    const client = new ApplianceClient(`http://127.0.0.1:${ports.http}`)
    const until = Date.now() + READY_MS
    while (!(await client.isReady())) {
      if (Date.now() > until)
        throw new UserError(
          `the appliance was not ready within ${READY_MS / 1000} s\n${this.#appliance.lastLines(LAST_LINES).join("\n")}`,
        )
      await Promise.race([wait(100), this.#died])
      this.#throwIfStopping()
    }
    return client
  }

  /**
   * The agent's URL of the appliance, and how this path is cut: in the namespace by its link,
   * without one by a relay.
   */
  async #managementPath(lab: Lab, applianceAddress: string, agentApiPort: number) {
    const { namespace } = lab
    if (namespace !== null)
      return {
        url: `https://${applianceAddress}:${agentApiPort}`,
        setManagementPath: (up: boolean) => namespace.setManagementPath(up),
      }
    const relay = new Relay(agentApiPort)
    const port = await relay.start()
    this.#relay = relay
    return {
      url: `https://${applianceAddress}:${port}`,
      setManagementPath: async (up: boolean) => relay.setOpen(up),
    }
  }

  #startAgent(lab: Lab, agentDir: string, url: string, token: string | null): void {
    this.#agent = this.#launch(
      "the agent",
      "agent/src/main.ts",
      lab.namespace?.commandPrefix ?? [],
      {
        ISPVM_URL: url,
        ISPVM_AGENT_DATA_DIR: agentDir,
        ISPVM_AGENT_HEALTH_PORT: lab.mode === "namespace" ? "9790" : "0",
        ISPVM_SYSLOG_PORT: String(PORTS[lab.mode].syslog),
        ISPVM_TRAP_PORT: String(PORTS[lab.mode].traps),
        ISPVM_SYSLOG_BIND: lab.agentAddress,
        ...routersOnLoopback(lab),
        ...(token === null ? {} : { ISPVM_TOKEN: token }),
      },
    )
  }

  async #waitForFirstValue(client: ApplianceClient): Promise<void> {
    print("waiting for the first live value …")
    const until = Date.now() + FIRST_VALUE_MS
    for (;;) {
      const { devices } = await client.topology()
      // Values stored in an earlier run are shown at once; only a value of this run is live.
      if (
        devices.some(
          (d) =>
            (d.lastSeenAtMs ?? 0) >= this.#startedAtMs && (d.rttMs !== null || d.uptimeS !== null),
        )
      )
        return
      if (Date.now() > until) throw this.#noValueError()
      await Promise.race([wait(250), this.#died])
      this.#throwIfStopping()
    }
  }

  #noValueError(): UserError {
    const namespace = this.#lab?.namespace
    const hint = namespace
      ? `A firewall of this machine may block packets between the namespace ${namespace.name} and the agent API. `
      : ""
    const lines = this.#agent?.lastLines(LAST_LINES).join("\n") ?? ""
    return new UserError(
      `no value came within ${FIRST_VALUE_MS / 1000} s. ${hint}The agent's last lines:\n${lines}`,
    )
  }

  #monitor(child: Child): void {
    void child.ended.then(({ code, signal }) => {
      if (this.#isStopping || child.isStopping) return
      const how = signal === null ? `code ${code}` : signal
      this.#die(
        new UserError(
          `${child.plan.name} ended by itself (${how}). Its last lines, from ${child.plan.logFile}:\n${child.lastLines(LAST_LINES).join("\n")}`,
        ),
      )
    })
  }
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), environment(), root)
  if (options.isHelp) return console.log(HELP)
  const demo = new Demo(options)
  const stopRequested = new Promise<"stop-requested">((resolve) => {
    // Every further Ctrl-C finds the demo already stopping.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve("stop-requested"))
    // Without its parent, the demo stops too.
    const parent = process.ppid
    if (isRunByNpm())
      setInterval(() => process.ppid === parent || resolve("stop-requested"), 1_000).unref()
  })
  try {
    const summary = await Promise.race([demo.start(), demo.died, stopRequested])
    if (summary === "stop-requested") return
    console.log(summaryText(summary, options.isJson))
    await Promise.race([stopRequested, demo.died])
  } finally {
    await demo.stop()
  }
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    reportFailure(error)
    process.exit(1)
  },
)
