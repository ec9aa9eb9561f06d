/**
 * Three routers among legitimate ones: one answers without end, one has 10,000 ports, one 5,000
 * PPPoE sessions.
 */
import { readFileSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { StatusMessage } from "@ispvm/appliance/api/messages"
import { textOf } from "@ispvm/appliance/messages/text"
import { z } from "zod"
import { encodeSentence, SentenceReader } from "../../simulator/routers/api-words.ts"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import { textIn } from "./client.ts"
import { type Testbed, until } from "./testbed.ts"

const ENDLESS = "127.66.2.1"
const PORTS = "127.66.2.2"
const SESSIONS = "127.66.2.3"
const OTHER_ROUTERS = Array.from({ length: 20 }, (_, n) => `127.66.3.${n + 1}`)
const MAX_AGENT_MB = 400
const LASTS_MS = 45_000

const portRow = (name: string, n: number, isDynamic: boolean): string[] => [
  `=name=${name}`,
  "=type=ether",
  "=running=true",
  `=dynamic=${isDynamic}`,
  "=disabled=false",
  `=comment=customer ${n}, a street of a usual length 17`,
  ...["rx-byte", "tx-byte", "rx-packet", "tx-packet"].map(
    (each) => `=${each}=${1_000_000_000 + n}`,
  ),
  ...["rx-error", "tx-error", "rx-drop", "tx-drop", "tx-queue-drop"].map((each) => `=${each}=0`),
]
const RESOURCE = [
  "=uptime=1d2h3m4s",
  "=version=7.20.4 (stable)",
  "=cpu-load=5",
  "=free-memory=1000000",
  "=total-memory=2000000",
]

/** Answers like a router; `rows` is the answer to `/interface/print`, null is rows without end. */
const openRouter = async (
  address: string,
  rows: readonly string[][] | null,
): Promise<{ port: number; close: () => Promise<void> }> => {
  const sockets = new Set<Socket>()
  const answer = (socket: Socket, words: readonly string[]): void => {
    const tag = words.filter((word) => word.startsWith(".tag="))
    const send = (list: readonly (readonly string[])[]): boolean =>
      socket.write(Buffer.concat(list.map((each) => encodeSentence([...each, ...tag]))))
    if (words[0] !== "/interface/print") return void send([["!re", ...RESOURCE], ["!done"]])
    if (rows !== null) return void send([...rows.map((row) => ["!re", ...row]), ["!done"]])
    const some = Array.from({ length: 200 }, (_, n) => ["!re", ...portRow(`ether${n}`, n, false)])
    const goOn = (): void => {
      while (!socket.destroyed && send(some));
    }
    socket.on("drain", goOn)
    goOn()
  }
  const server: Server = createServer((socket) => {
    const reader = new SentenceReader()
    sockets.add(socket)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => sockets.delete(socket))
    socket.on("data", (bytes: Buffer) => {
      for (const words of reader.push(bytes)) answer(socket, words)
    })
  })
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(0, address, resolve),
  )
  const at = server.address()
  return {
    port: typeof at === "object" && at !== null ? at.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Resident memory of a process, in MB. */
const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024

const Pings = z.object({
  bucketMs: z.number(),
  atMs: z.array(z.number()),
  items: z.array(z.object({ columns: z.record(z.string(), z.array(z.number().nullable())) })),
})
const Devices = z.object({
  devices: z.array(z.object({ name: z.string(), status: z.object({ message: StatusMessage }) })),
})
const buffered = async ({ admin, agentId }: Testbed): Promise<number> =>
  z
    .object({ bufferBatches: z.number() })
    .parse((await admin.send("GET", `/agents/${agentId}`)).json).bufferBatches
/** The longest time without an answered probe, in seconds, of one device between two moments. */
const longestGapS = async (
  { admin }: Testbed,
  device: string,
  fromMs: number,
  toMs: number,
): Promise<number> => {
  const { json } = await admin.send(
    "GET",
    `/devices/${device}/series?family=ping&metrics=ping.rtt_ms&from=${fromMs}&to=${toMs}&points=600`,
  )
  const { atMs, items, bucketMs } = Pings.parse(json)
  const seen = atMs.filter((_, n) => items[0]?.columns["ping.rtt_ms"]?.[n] != null)
  const ends = [fromMs, ...seen, toMs]
  return Math.max(...ends.slice(1).map((end, n) => end - (ends[n] ?? end) - bucketMs)) / 1_000
}

type OpenRouter = Awaited<ReturnType<typeof openRouter>> & {
  readonly name: string
  readonly address: string
}

const openRouters = async (): Promise<readonly OpenRouter[]> => {
  const ports = Array.from({ length: 10_000 }, (_, n) => portRow(`ether${n}`, n, false))
  const sessions = Array.from({ length: 5_000 }, (_, n) => portRow(`<pppoe-customer${n}>`, n, true))
  return [
    { name: "endless", address: ENDLESS, ...(await openRouter(ENDLESS, null)) },
    { name: "ports", address: PORTS, ...(await openRouter(PORTS, ports)) },
    { name: "sessions", address: SESSIONS, ...(await openRouter(SESSIONS, sessions)) },
  ]
}

/** Adds the legitimate devices; returns their ids. */
const addOtherDevices = ({ admin, agentId }: Testbed): Promise<readonly string[]> =>
  Promise.all(
    OTHER_ROUTERS.map(async (address, n) => {
      const device = { name: `legitimate-${n}`, address, agentId, methods: { icmp: true } }
      return textIn(await admin.send("POST", "/devices", device), "id")
    }),
  )

const addRouters = async (
  { admin, agentId }: Testbed,
  routers: readonly OpenRouter[],
): Promise<void> => {
  const credential = { name: "large", username: "watch", password: "a-word-for-large-answers" }
  const credentialId = textIn(await admin.send("POST", "/credentials", credential), "id")
  for (const { name, address, port } of routers) {
    const methods = {
      routerosApi: { port, tls: false, fingerprint: null },
      snmp: null,
      icmp: true,
      tcpPort: null,
    }
    const device = { name, address, agentId, credentialId, methods }
    const made = await admin.send("POST", "/devices", device)
    if (made.status !== 201)
      throw new Error(`${name} could not be added: ${made.status} ${made.text}`)
  }
}

/** The most resident memory of the agent during the attack, in MB, and when the attack was. */
const measure = async ({ agent }: Testbed) => {
  const fromMs = Date.now()
  let maxMb = 0
  while (Date.now() - fromMs < LASTS_MS) {
    maxMb = Math.max(maxMb, residentMb(agent.process.pid ?? 0))
    await wait(200)
  }
  return { maxMb, fromMs, toMs: Date.now() }
}

const run = async (testbed: Testbed): Promise<readonly Finding[]> => {
  const { admin, agentId } = testbed
  await admin.send("PATCH", `/agents/${agentId}`, { allowedNetworks: ["127.0.0.0/8"] })
  const routers = await openRouters()
  try {
    const otherDevices = await addOtherDevices(testbed)
    await addRouters(testbed, routers)
    await wait(3_000)
    const { maxMb, fromMs, toMs } = await measure(testbed)
    // Measurements count however late the agent delivers them.
    const deliveredMs = await until("the agent has delivered", async () =>
      (await buffered(testbed)) === 0 ? Date.now() - toMs : null,
    )
    const gaps = await Promise.all(
      otherDevices.map((device) => longestGapS(testbed, device, fromMs, toMs)),
    )
    const endless = Devices.parse((await admin.send("GET", "/topology")).json).devices.find(
      ({ name }) => name === "endless",
    )
    const message = endless === undefined ? "" : textOf(endless.status.message)
    return [
      expectThat(
        `the agent stays below ${MAX_AGENT_MB} MB`,
        maxMb < MAX_AGENT_MB,
        `${maxMb.toFixed(0)} MB at most`,
      ),
      expectThat(
        "legitimate devices are probed on time",
        Math.max(...gaps) <= 3,
        `longest gap ${Math.max(...gaps).toFixed(1)} s, all delivered after ${(deliveredMs / 1_000).toFixed(1)} s`,
      ),
      // The speed of the machine decides which limit is reached first: memory or time.
      expectThat(
        "the endless router is degraded, with the reason",
        /given up|no whole answer/.test(message),
        message,
      ),
    ]
  } finally {
    await Promise.all(routers.map(({ close }) => close()))
  }
}

export const largeAnswers: Attack = {
  name: "large-answers",
  about:
    "routers answer without end, with 10,000 ports and with 5,000 sessions; the agent's memory is bounded, legitimate devices are probed on time",
  run,
}
