/**
 * An appliance and its agents as real processes on loopback, with clocks that can be set. Their
 * data is removed at the end.
 */
import dgram from "node:dgram"
import { chmodSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import type { Message } from "@ispvm/appliance/api/messages"
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

const root = join(import.meta.dirname, "../../..")
const READY_MS = 120_000

/** The clock of one process: its offset in seconds, which can be set while the process runs. */
export type HostClock = { readonly file: string; readonly setOffS: (seconds: number) => void }
export type AgentProgram = {
  readonly folder: string
  readonly syslogPort: number
  readonly child: Child
}
export type AgentStart = {
  readonly name: string
  /** Its data folder. */
  readonly folder: string
  readonly token?: string
  readonly clock?: HostClock
  /** Of the agent API; by default without anything between. */
  readonly url?: string
}
export const AgentRow = z.object({
  id: z.string(),
  enrolment: z.string(),
  status: z.string(),
  statusReason: z.string(),
  clockSkewMs: z.number().nullable(),
  lastSeenAtMs: z.number().nullable(),
  notes: z.array(z.custom<Message>().transform((note) => textOf(note))),
})
export type AgentRow = z.infer<typeof AgentRow>
const EventRow = z.object({ message: z.string(), atMs: z.number(), receivedAtMs: z.number() })
export type EventRow = z.infer<typeof EventRow>
const Page = <T extends z.ZodType>(row: T) => z.object({ items: z.array(row) })

export type ChaosTestbed = {
  readonly dataDir: string
  readonly admin: Client
  /** The port of the agent API. */
  readonly agentsPort: number
  readonly clock: (name: string, offS: number) => HostClock
  readonly newAgent: (name: string) => Promise<{ readonly id: string; readonly token: string }>
  readonly startAgent: (start: AgentStart) => Promise<AgentProgram>
  readonly agent: (id: string) => Promise<AgentRow>
  /** Adds a device at 127.0.0.1; returns its id. */
  readonly newDevice: (name: string, agentId: string, methods: object) => Promise<string>
  readonly deviceStatus: (id: string) => Promise<string>
  /** All events of a device, newest first. */
  readonly events: (device: string) => Promise<readonly EventRow[]>
  readonly incidents: () => Promise<number>
}

const faketime = (): string => {
  const [found] = globSync("/usr/lib/*/faketime/libfaketime.so.1")
  if (found === undefined) throw new UserError("faketime is missing: apt-get install faketime")
  return found
}
/** The monotonic clock is unchanged, as on a host whose time is set. */
const fakeEnv = ({ file }: HostClock): NodeJS.ProcessEnv => ({
  LD_PRELOAD: faketime(),
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  DONT_FAKE_MONOTONIC: "1",
})
/** Testbeds that are open now: an interrupted run stops what it started. */
const testbeds = new Set<() => Promise<void>>()
export const closeAll = async (): Promise<void> => {
  await Promise.all([...testbeds].map((stop) => stop()))
}

/** Opens a testbed, and closes it whatever `use` does. */
export const withTestbed = async <T>(use: (testbed: ChaosTestbed) => Promise<T>): Promise<T> => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-chaos-"))
  chmodSync(dataDir, 0o755) // the database's own user must be able to enter
  const children: Child[] = []
  const launch = (name: string, script: string, env: NodeJS.ProcessEnv): Child => {
    const command = [process.execPath, join(root, script)]
    const logFile = join(dataDir, "logs", `${name}-${children.length}.log`)
    const child = new Child({
      name,
      command,
      env: { ...productEnvironment(), NODE_NO_WARNINGS: "1", ...env },
      logFile,
    })
    children.push(child)
    return child
  }
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  testbeds.add(stop)
  try {
    return await use(await open(dataDir, launch))
  } finally {
    testbeds.delete(stop)
    await stop()
  }
}

type Launch = (name: string, script: string, env: NodeJS.ProcessEnv) => Child
const open = async (dataDir: string, launch: Launch): Promise<ChaosTestbed> => {
  const [http, agents, routers] = [await freePort(), await freePort(), await freePort()]
  const setupCode = newSetupCode()
  const appliance = launch("appliance", "appliance/src/main.ts", {
    ISPVM_DATA_DIR: join(dataDir, "appliance"),
    ISPVM_BIND: "127.0.0.1",
    ISPVM_HTTP_PORT: String(http),
    ISPVM_AGENT_API_PORT: String(agents),
    ISPVM_PUSH_PORT: String(routers),
    ISPVM_SETUP_CODE: setupCode,
    ISPVM_LOCAL_AGENT: "off",
    ISPVM_ALLOW_LOOPBACK: "1",
  })
  const origin = `http://127.0.0.1:${http}`
  const isReady = async (): Promise<true | null> => {
    if (!appliance.isRunning)
      throw new UserError(`the appliance ended:\n${appliance.lastLines(10).join("\n")}`)
    return (await request(`${origin}/readyz`)).status === 200 ? true : null
  }
  await until("the appliance is ready", isReady, READY_MS)
  const admin = createClient(origin)
  const login = { email: "owner@chaos.example", password: "correct-horse-9-battery-staple" }
  const setup = { setupCode, organisation: "Chaos Net", name: "Owner", ...login }
  await until(
    "the claim",
    async () => ((await admin.send("POST", "/setup", setup)).status === 201 ? true : null),
    20_000,
  )
  return {
    dataDir,
    admin,
    agentsPort: agents,
    ...forAgents(dataDir, launch, `https://127.0.0.1:${agents}`, admin),
    ...forDevices(admin),
  }
}

const forAgents = (dataDir: string, launch: Launch, url: string, admin: Client) => ({
  clock: (name: string, offS: number): HostClock => {
    const file = join(dataDir, `${name}.clock`)
    const setOffS = (seconds: number): void =>
      writeFileSync(file, `${seconds < 0 ? "" : "+"}${seconds}\n`)
    setOffS(offS)
    return { file, setOffS }
  },
  newAgent: async (name: string) => {
    const id = textIn(await admin.send("POST", "/agents", { name }), "id")
    return { id, token: textIn(await admin.send("POST", `/agents/${id}/token`, {}), "token") }
  },
  startAgent: async ({
    name,
    folder,
    token,
    clock,
    url: through,
  }: AgentStart): Promise<AgentProgram> => {
    const syslogPort = await freePort()
    const child = launch(name, "agent/src/main.ts", {
      ISPVM_URL: through ?? url,
      ...(token === undefined ? {} : { ISPVM_TOKEN: token }),
      ISPVM_AGENT_DATA_DIR: folder,
      ISPVM_AGENT_HEALTH_PORT: "0",
      ISPVM_SYSLOG_PORT: String(syslogPort),
      ISPVM_SYSLOG_BIND: "127.0.0.1",
      ISPVM_ALLOW_LOOPBACK: "1",
      ...(clock === undefined ? {} : fakeEnv(clock)),
    })
    return { folder, syslogPort, child }
  },
  agent: async (id: string): Promise<AgentRow> => {
    const { items } = Page(AgentRow).parse((await admin.send("GET", "/agents")).json)
    const found = items.find((row) => row.id === id)
    if (found === undefined) throw new UserError(`no agent ${id} is listed`)
    return found
  },
})

const DeviceStatusBody = z.object({ status: z.object({ status: z.string() }) })
const forDevices = (admin: Client) => ({
  newDevice: async (name: string, agentId: string, methods: object): Promise<string> =>
    textIn(
      await admin.send("POST", "/devices", { name, address: "127.0.0.1", agentId, methods }),
      "id",
    ),
  deviceStatus: async (id: string): Promise<string> =>
    DeviceStatusBody.parse((await admin.send("GET", `/devices/${id}`)).json).status.status,
  events: async (device: string): Promise<readonly EventRow[]> =>
    Page(EventRow).parse((await admin.send("GET", `/devices/${device}/events?limit=500`)).json)
      .items,
  incidents: async (): Promise<number> =>
    Page(z.object({ check: z.string().nullable() }))
      .parse((await admin.send("GET", "/incidents")).json)
      .items.filter(({ check }) => check === null).length,
})

/** Sends numbered log lines to agents, and remembers them. */
export const createSyslogSender = () => {
  const socket = dgram.createSocket("udp4")
  const sent = new Map<string, number>()
  return {
    /** Line text by the time it was sent, epoch ms. */
    sent,
    send: async (prefix: string, port: number): Promise<void> => {
      const text = `${prefix}-${sent.size}`
      sent.set(text, Date.now())
      await new Promise<void>((done) =>
        socket.send(`system,info line ${text}.`, port, "127.0.0.1", () => done()),
      )
    },
    close: () => socket.close(),
  }
}

/** How often each sent line is stored, and how far its time is off. */
export const compare = (sent: ReadonlyMap<string, number>, events: readonly EventRow[]) => {
  const stored = new Map<string, number[]>()
  for (const { message, atMs } of events) {
    const text = /line (\S+)\./.exec(message)?.[1]
    if (text !== undefined) stored.set(text, [...(stored.get(text) ?? []), atMs])
  }
  const lost = [...sent.keys()].filter((text) => !stored.has(text))
  const doubled = [...stored].filter(([, times]) => times.length > 1).map(([text]) => text)
  const offMs = [...sent].flatMap(([text, atMs]) =>
    (stored.get(text) ?? []).map((time) => Math.abs(time - atMs)),
  )
  return { sent: sent.size, lost, doubled, maxOffMs: Math.round(Math.max(0, ...offMs)) }
}

/** Waits until all sent lines are stored, or no more arrive. */
export const untilStored = async (
  testbed: ChaosTestbed,
  device: string,
  sent: ReadonlyMap<string, number>,
) => {
  for (let n = 0; n < 20; n += 1) {
    const found = compare(sent, await testbed.events(device))
    if (found.lost.length === 0) return found
    await wait(500)
  }
  return compare(sent, await testbed.events(device))
}

/**
 * Waits until a started agent receives syslog of its devices; lines sent before are not received.
 */
export const untilWorking = ({ child }: AgentProgram): Promise<true> => {
  const hasAssignment = async (): Promise<true | null> =>
    child.lastLines(200).join("\n").includes("assignment taken over") ? true : null
  return until(`${child.plan.name} has its assignment`, hasAssignment, 60_000)
}

/** ICMP only. */
const PING = { routerosApi: null, snmp: null, icmp: true, tcpPort: null }

/** Waits for an enrolled agent whose device answers. */
export const openMonitored = async (testbed: ChaosTestbed, name: string, clock?: HostClock) => {
  const { id, token } = await testbed.newAgent(name)
  const folder = join(testbed.dataDir, name)
  const program = await testbed.startAgent({
    name,
    folder,
    token,
    ...(clock === undefined ? {} : { clock }),
  })
  const device = await testbed.newDevice(`${name}-device`, id, PING)
  await until(
    "the device answers",
    async () => ((await testbed.deviceStatus(device)) === "ok" ? true : null),
    30_000,
  )
  return { id, folder, program, device }
}
