/**
 * The appliance and an agent under attack: real processes on loopback with data of their own, which
 * is removed at the end.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import { productEnvironment } from "../../config.ts"
import { newSetupCode } from "../../demo/account.ts"
import { freePort } from "../../demo/ports.ts"
import { Child } from "../../simulator/child.ts"
import { UserError } from "../../simulator/user-error.ts"
import { type Client, createClient, textIn } from "./client.ts"
import { request } from "./request.ts"

const root = join(import.meta.dirname, "../../..")
const READY_MS = 300_000

const Identity = z.object({
  agent: z.string(),
  keyPem: z.string(),
  certificatePem: z.string(),
  chainPem: z.string(),
})
/** The identity with which an agent uses the agent API. */
export type AgentIdentity = { readonly agent: string; readonly cert: string; readonly key: string }
export type Role = "admin" | "operator" | "viewer"
export type Login = { readonly email: string; readonly password: string }

export type Testbed = {
  /** Of the UI and its API, plain HTTP on loopback. */
  readonly origin: string
  /** Base URLs of the agent API and the push API. */
  readonly agentsUrl: string
  readonly routersUrl: string
  /** The UDP port on which the running agent receives syslog. */
  readonly syslogPort: number
  readonly rootPem: string
  readonly setupCode: string
  readonly login: Login
  /** Logged in as the administrator, from 127.0.0.1. */
  readonly admin: Client
  /** The running agent, by its id in the inventory. */
  readonly agentId: string
  readonly appliance: Child
  readonly agent: Child
  /** Creates an account with this role. */
  readonly account: (role: Role) => Promise<Login>
  /** Logs in from `from`; the client is not logged in where the answer is not 201. */
  readonly logIn: (login: Login, from?: string) => Promise<Client>
  /** Enrols one more agent with the real program, stops the program, and returns the identity. */
  readonly enrol: (name: string) => Promise<AgentIdentity>
  readonly stop: () => Promise<void>
}

export const until = async <T>(
  what: string,
  attempt: () => Promise<T | null>,
  withinMs = 120_000,
): Promise<T> => {
  for (const last = performance.now() + withinMs; performance.now() < last; await wait(100)) {
    const found = await attempt()
    if (found !== null) return found
  }
  throw new UserError(`${what}: not within ${withinMs} ms`)
}

const readIdentity = (file: string): AgentIdentity | null => {
  if (!existsSync(file)) return null
  const { agent, keyPem, certificatePem, chainPem } = Identity.parse(
    JSON.parse(readFileSync(file, "utf8")),
  )
  return { agent, key: keyPem, cert: certificatePem + chainPem }
}

/** `env` goes to the appliance. Throws a `UserError` where it cannot start. */
export const openTestbed = async (env: Readonly<Record<string, string>> = {}): Promise<Testbed> => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-attack-"))
  chmodSync(dataDir, 0o755) // the database's own user must be able to enter
  const children: Child[] = []
  const launch = (name: string, script: string, more: Readonly<Record<string, string>>): Child => {
    const child = new Child({
      name,
      command: [process.execPath, join(root, script)],
      env: { ...productEnvironment(), NODE_NO_WARNINGS: "1", ...more },
      logFile: join(dataDir, "logs", `${name.replaceAll(" ", "-")}.log`),
    })
    children.push(child)
    return child
  }
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    return { ...(await start(dataDir, launch, env)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Launch = (name: string, script: string, env: Readonly<Record<string, string>>) => Child

type Ports = {
  readonly http: number
  readonly agents: number
  readonly routers: number
  readonly syslog: number
}

const freePorts = async (): Promise<Ports> => ({
  http: await freePort(),
  agents: await freePort(),
  routers: await freePort(),
  syslog: await freePort(),
})

/** What the agents of a testbed have in common. */
type Agents = {
  readonly dataDir: string
  readonly launch: Launch
  readonly agentsUrl: string
  readonly admin: Client
}

/** Adds an agent to the inventory. */
const newAgent = async (
  { admin }: Agents,
  name: string,
): Promise<{ readonly id: string; readonly token: string }> => {
  const id = textIn(await admin.send("POST", "/agents", { name }), "id")
  return { id, token: textIn(await admin.send("POST", `/agents/${id}/token`, {}), "token") }
}

/** Starts the real program; resolves when it is enrolled. */
const startAgent = async (
  { dataDir, launch, agentsUrl }: Agents,
  name: string,
  token: string,
  syslogPort: number,
): Promise<{ readonly child: Child; readonly identity: AgentIdentity }> => {
  const folder = join(dataDir, name)
  const child = launch(name, "agent/src/main.ts", {
    ISPVM_URL: agentsUrl,
    ISPVM_TOKEN: token,
    ISPVM_AGENT_DATA_DIR: folder,
    ISPVM_AGENT_HEALTH_PORT: "0",
    ISPVM_SYSLOG_PORT: String(syslogPort),
    ISPVM_SYSLOG_BIND: "127.0.0.1",
  })
  const identity = await until(`${name} is enrolled`, async () =>
    readIdentity(join(folder, "identity.json")),
  )
  return { child, identity }
}

const startAppliance = async (
  dataDir: string,
  launch: Launch,
  ports: Ports,
  env: Readonly<Record<string, string>>,
): Promise<Child> => {
  const appliance = launch("appliance", "appliance/src/main.ts", {
    ISPVM_DATA_DIR: join(dataDir, "appliance"),
    ISPVM_BIND: "127.0.0.1",
    ISPVM_HTTP_PORT: String(ports.http),
    ISPVM_AGENT_API_PORT: String(ports.agents),
    ISPVM_PUSH_PORT: String(ports.routers),
    ISPVM_LOCAL_AGENT: "off",
    ...env,
  })
  await until(
    "the appliance is ready",
    async () => {
      if (!appliance.isRunning)
        throw new UserError(`the appliance ended:\n${appliance.lastLines(10).join("\n")}`)
      return (await request(`http://127.0.0.1:${ports.http}/readyz`)).status === 200 ? true : null
    },
    READY_MS,
  )
  return appliance
}

const setUp = async (admin: Client, setupCode: string): Promise<Login> => {
  const login = { email: "owner@attack.example", password: "correct-horse-9-battery-staple" }
  const setup = { setupCode, organisation: "Attacked Net", name: "Owner", ...login }
  await until(
    "the set-up",
    async () => {
      // On a busy machine the first answer may be too late, and the set-up is done by then.
      const { status } = await admin.send("POST", "/setup", setup)
      if (status === 409)
        return (await admin.send("POST", "/session", login)).status === 201 || null
      return status === 201 || null
    },
    READY_MS,
  )
  return login
}

/** A function that adds one account after another. */
const accountsOf = (admin: Client): Testbed["account"] => {
  let accounts = 0
  return async (role) => {
    accounts += 1
    const email = `${role}-${accounts}@attack.example`
    const made = { email, password: `correct-horse-${accounts}-battery-staple` }
    const account = { name: `${role} ${accounts}`, role, ...made }
    const answer = await admin.send("POST", "/accounts", account)
    if (answer.status !== 201)
      throw new UserError(`the account was not created: ${answer.status} ${answer.text}`)
    return made
  }
}

const start = async (
  dataDir: string,
  launch: Launch,
  env: Readonly<Record<string, string>>,
): Promise<Omit<Testbed, "stop">> => {
  const ports = await freePorts()
  const setupCode = newSetupCode()
  const all = { ISPVM_SETUP_CODE: setupCode, ...env }
  const appliance = await startAppliance(dataDir, launch, ports, all)
  const origin = `http://127.0.0.1:${ports.http}`
  const agentsUrl = `https://127.0.0.1:${ports.agents}`
  const admin = createClient(origin)
  const login = await setUp(admin, setupCode)
  const agents: Agents = { dataDir, launch, agentsUrl, admin }
  const { id: agentId, token } = await newAgent(agents, "attacked")
  const { child: agent } = await startAgent(agents, "attacked", token, ports.syslog)
  return {
    origin,
    agentsUrl,
    routersUrl: `https://127.0.0.1:${ports.routers}`,
    syslogPort: ports.syslog,
    rootPem: readFileSync(join(dataDir, "appliance", "pki", "root.crt"), "utf8"),
    setupCode,
    login,
    admin,
    agentId,
    appliance,
    agent,
    account: accountsOf(admin),
    logIn: async (as, from = "127.0.0.1") => {
      const client = createClient(origin, from)
      await client.send("POST", "/session", as)
      return client
    },
    enrol: async (name) => {
      const made = await newAgent(agents, name)
      const { child, identity } = await startAgent(agents, name, made.token, 0)
      await child.stop()
      return identity
    },
  }
}
