/**
 * An appliance with its own data that a scenario may kill and start again, a small network in it,
 * and a scripted agent.
 */

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { Title } from "@ispvm/appliance/api/messages"
import { textOf } from "@ispvm/appliance/messages/text"
import { z } from "zod"
import { productEnvironment } from "../../config.ts"
import { newSetupCode } from "../../demo/account.ts"
import { freePort } from "../../demo/ports.ts"
import { Child } from "../../simulator/child.ts"
import { UserError } from "../../simulator/user-error.ts"
import { type Client, createClient, textIn } from "../attack/client.ts"
import { request } from "../attack/request.ts"
import { until } from "../attack/testbed.ts"
import { createScriptedAgent, type ScriptedAgent } from "./scripted-agent.ts"

const root = join(import.meta.dirname, "../../..")
const Identity = z.object({
  agent: z.string(),
  keyPem: z.string(),
  certificatePem: z.string(),
  chainPem: z.string(),
})
const Incidents = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      number: z.int(),
      title: Title.transform((title) => textOf(title)),
      state: z.string(),
      /** Null: about the network. */
      check: z.string().nullable(),
      openedAtMs: z.number(),
    }),
  ),
})
const Links = z.object({
  items: z.array(z.object({ id: z.string(), status: z.object({ status: z.string() }) })),
})
const Devices = z.object({
  items: z.array(
    z.object({ id: z.string(), status: z.object({ status: z.string(), reason: z.string() }) }),
  ),
})
const Events = z.object({ items: z.array(z.object({ message: z.string() })) })
const Problems = z.object({
  problems: z.array(z.object({ reason: z.string(), sentence: z.string() })),
})

/** Rigs that are open now: an interrupted run stops what it started. */
const open = new Set<() => Promise<void>>()
export const closeAll = async (): Promise<void> => {
  await Promise.all([...open].map((close) => close()))
}

const launch = (
  name: string,
  script: string,
  logs: string,
  env: Readonly<Record<string, string>>,
): Child =>
  new Child({
    name,
    command: [process.execPath, join(root, script)],
    env: {
      ...productEnvironment(),
      NODE_NO_WARNINGS: "1",
      ...env,
    },
    logFile: join(logs, `${name}.log`),
  })

/** Folders and addresses of one rig. */
type Place = {
  readonly dataDir: string
  readonly logs: string
  readonly origin: string
  readonly agentsUrl: string
}

/** `env` goes to the appliance; `dataDir`: an existing empty folder instead of a new one. */
type RigOptions = { readonly env?: Readonly<Record<string, string>>; readonly dataDir?: string }

/** An appliance that can be killed, stopped and started again on the same data. */
const createAppliance = (
  { dataDir, logs, origin, agentsUrl }: Place,
  env: Readonly<Record<string, string>>,
) => {
  let appliance: Child | null = null
  const ready = async (): Promise<boolean> => (await request(`${origin}/readyz`)).status === 200
  const start = async (): Promise<void> => {
    const child = launch("appliance", "appliance/src/main.ts", logs, {
      ISPVM_DATA_DIR: join(dataDir, "appliance"),
      ISPVM_BIND: "127.0.0.1",
      ISPVM_LOCAL_AGENT: "off",
      ...env,
    })
    appliance = child
    const isUp = async (): Promise<true | null> => {
      if (!child.isRunning)
        throw new UserError(`the appliance ended:\n${child.lastLines(10).join("\n")}`)
      return (await ready()) ? true : null
    }
    await until("the appliance is ready", isUp, 120_000)
    // The agent API starts right after the UI.
    const listens = async (): Promise<true | null> =>
      (await request(`${agentsUrl}/healthz`)).text.includes("ECONNREFUSED") ? null : true
    await until("the agent API listens", listens)
  }
  return {
    ready,
    start,
    kill: async (): Promise<void> => {
      await appliance?.kill()
    },
    stop: async (): Promise<void> => {
      await appliance?.stop()
    },
    isRunning: (): boolean => appliance?.isRunning === true,
    log: (): string[] => appliance?.lastLines(400) ?? [],
  }
}

const create = async (client: Client, path: string, body: object): Promise<string> =>
  textIn(await client.send("POST", path, body), "id")

/** Enrols with the real program, which is then stopped. */
const enrol = async (
  { dataDir, logs, agentsUrl }: Place,
  client: Client,
  deviceId: string | null,
): Promise<{ id: string; agent: ScriptedAgent }> => {
  const id = await create(client, "/agents", { name: "by-hand", deviceId })
  const token = textIn(await client.send("POST", `/agents/${id}/token`, {}), "token")
  const folder = join(dataDir, "agent")
  const child = launch("agent", "agent/src/main.ts", logs, {
    ISPVM_URL: agentsUrl,
    ISPVM_TOKEN: token,
    ISPVM_AGENT_DATA_DIR: folder,
    ISPVM_AGENT_HEALTH_PORT: "0",
    ISPVM_SYSLOG_PORT: "0",
    ISPVM_SYSLOG_BIND: "127.0.0.1",
  })
  const file = join(folder, "identity.json")
  await until("the agent is enrolled", async () => (existsSync(file) ? true : null), 60_000)
  await wait(500)
  await child.stop()
  const { agent, keyPem, certificatePem, chainPem } = Identity.parse(
    JSON.parse(readFileSync(file, "utf8")),
  )
  const rootPem = readFileSync(join(dataDir, "appliance", "pki", "root.crt"), "utf8")
  const identity = { agent, key: keyPem, cert: certificatePem + chainPem }
  return { id, agent: createScriptedAgent(agentsUrl, identity, rootPem) }
}

const setUp = async (client: Client, setupCode: string): Promise<void> => {
  const login = { email: "owner@chaos.example", password: "correct-horse-9-battery-staple" }
  const setup = { setupCode, organisation: "Chaos Net", name: "Owner", ...login }
  const isSetUp = async () =>
    (await client.send("POST", "/setup", setup)).status === 201 ? true : null
  await until("the set-up", isSetUp, 20_000)
}

/** Adds components to the network and reads their state. */
const createNetwork = (client: Client) => {
  const parsed = async <S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>> => {
    const answer = await client.send("GET", path)
    const found = schema.safeParse(answer.json)
    if (!found.success)
      throw new UserError(`${path} answers ${answer.status} ${answer.text.slice(0, 200)}`)
    return found.data
  }
  return {
    device: (name: string, agentId: string | null, siteId: string | null = null) =>
      create(client, "/devices", { name, address: "192.0.2.1", agentId, siteId }),
    assign: (device: string, agentId: string) =>
      client.send("PATCH", `/devices/${device}`, { agentId }),
    site: (name: string) => create(client, "/sites", { name }),
    link: (a: string, aPort: string, b: string, bPort: string) =>
      create(client, "/links", {
        a: { deviceId: a, interface: aPort },
        b: { deviceId: b, interface: bPort },
      }),
    incidents: async () =>
      (await parsed(Incidents, "/incidents?limit=200")).items.filter(({ check }) => check === null),
    linkStatus: async (id: string) =>
      (await parsed(Links, "/links")).items.find((link) => link.id === id)?.status.status ?? "none",
    deviceStatus: async (id: string) =>
      (await parsed(Devices, "/devices?limit=500")).items.find((device) => device.id === id)
        ?.status ?? null,
    problems: async () => (await parsed(Problems, "/health")).problems,
    eventMessages: async (device: string) =>
      (await parsed(Events, `/devices/${device}/events?limit=200`)).items.map((one) => one.message),
  }
}

export type Rig = Awaited<ReturnType<typeof openRig>>

export const openRig = async (options: RigOptions = {}) => {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "ispvm-chaos-"))
  chmodSync(dataDir, 0o755) // the database's own user must be able to enter
  const logs = mkdtempSync(join(tmpdir(), "ispvm-chaos-logs-"))
  const ports = { http: await freePort(), agents: await freePort(), push: await freePort() }
  const origin = `http://127.0.0.1:${ports.http}`
  const place: Place = { dataDir, logs, origin, agentsUrl: `https://127.0.0.1:${ports.agents}` }
  const setupCode = newSetupCode()
  const client = createClient(origin)
  const { isRunning, ...appliance } = createAppliance(place, {
    ISPVM_HTTP_PORT: String(ports.http),
    ISPVM_AGENT_API_PORT: String(ports.agents),
    ISPVM_PUSH_PORT: String(ports.push),
    ISPVM_SETUP_CODE: setupCode,
    ...options.env,
  })
  const close = async (): Promise<void> => {
    open.delete(close)
    // A database that outlived a kill is taken over by the next start, and stops with it.
    if (!isRunning()) await appliance.start().catch(() => undefined)
    await appliance.stop()
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    rmSync(logs, { recursive: true, force: true })
  }
  open.add(close)
  try {
    await appliance.start()
    await setUp(client, setupCode)
  } catch (error) {
    await close()
    throw error
  }
  return {
    dataDir,
    origin,
    ...appliance,
    close,
    enrol: (deviceId: string | null) => enrol(place, client, deviceId),
    ...createNetwork(client),
  }
}

/** The first result of `attempt` that is not null, within the time; otherwise null. */
export const within = async <T>(
  ms: number,
  attempt: () => Promise<T | null>,
): Promise<T | null> => {
  for (const last = performance.now() + ms; performance.now() < last; await wait(250)) {
    const found = await attempt()
    if (found !== null) return found
  }
  return null
}
