/**
 * The responders of `bench -- poll`, in a process of their own: a router with many ports by SNMP and
 * by the API, and a PPPoE server whose sessions change all the time. Counts what it sends.
 */
import dgram from "node:dgram"
import { once } from "node:events"
import { connect, createServer } from "node:net"
import { ANATOLIA } from "../simulator/lab.ts"
import { type ApiBackend, noSuchMenu, simulatedBackend } from "../simulator/routers/api-backend.ts"
import type { Row } from "../simulator/routers/api-query.ts"
import { ApiServer } from "../simulator/routers/api-server.ts"
import { SentenceReader } from "../simulator/routers/api-words.ts"
import { mibOf } from "../simulator/routers/mib.ts"
import { planRouters } from "../simulator/routers/plan.ts"
import { Router } from "../simulator/routers/router.ts"
import { answer } from "../simulator/routers/snmp-agent.ts"
import { readTopology } from "../simulator/topology-file.ts"
import { CHANGES_PER_S, type Counts, NO_COUNTS, PORTS, SESSIONS } from "./poll-figures.ts"

const STEP_MS = 20
/** How far the number of sessions moves from the usual one. */
const SWING = 40
let counts: Counts = NO_COUNTS
/** No session changes, so that both sides can be compared. */
let isPaused = false
const add = (more: Partial<Counts>): void => {
  counts = {
    ...counts,
    ...Object.fromEntries(
      Object.entries(more).map(([name, value]) => [name, counts[name as keyof Counts] + value]),
    ),
  }
}

/** A relay that counts bytes, rows and values of an API server. */
const counted = async (backend: ApiBackend): Promise<number> => {
  const api = new ApiServer(backend, null)
  await api.open("127.0.0.1", 0)
  const relay = createServer((client) => {
    const server = connect(api.port, "127.0.0.1")
    const reader = new SentenceReader()
    client.on("data", (bytes: Buffer) => {
      add({ bytesAsked: bytes.length })
      server.write(bytes)
    })
    server.on("data", (bytes: Buffer) => {
      for (const words of reader.push(bytes)) {
        if (words[0] !== "!re") continue
        const values = words.filter((word) => word.startsWith("=")).length
        const isSession = words.some((word) => word.startsWith("=name=<pppoe-"))
        add({ rows: 1, values, sessionInterfaces: isSession ? 1 : 0 })
      }
      add({ bytesSent: bytes.length })
      client.write(bytes)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy())
      one.on("close", () => other.destroy())
    }
  })
  relay.listen(0, "127.0.0.1")
  await once(relay, "listening")
  const address = relay.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** A router with as many ports as the bench asks for. */
const manyPorts = (): Router => {
  const topology = readTopology(ANATOLIA)
  const routers = topology.routers.map((router) =>
    router.name === "ist-bng-1" ? { ...router, sessions: PORTS } : router,
  )
  const spec = planRouters({ ...topology, routers }, Date.now(), () => "127.0.0.1").find(
    ({ name }) => name === "ist-bng-1",
  )
  if (spec === undefined) throw new Error("no router ist-bng-1")
  // Its sessions are ordinary ports here: both sides read all of them.
  const ports = spec.ports.map((port) => ({ ...port, dynamic: false }))
  return new Router({ ...spec, ports })
}

const snmp = async (router: Router): Promise<number> => {
  const mib = mibOf(router).map((object) => ({
    oid: object.oid,
    read: (atMs: number) => {
      add({ values: 1 })
      return object.read(atMs)
    },
  }))
  const socket = dgram.createSocket("udp4")
  socket.on("message", (packet, peer) => {
    const reply = answer(packet, router.spec.community, mib, Date.now())
    add({ bytesAsked: packet.length, bytesSent: reply?.length ?? 0 })
    if (reply !== null) socket.send(reply, peer.port, peer.address)
  })
  socket.bind(0, "127.0.0.1")
  await once(socket, "listening")
  return socket.address().port
}

/** Sessions come and go, some more than others, so that their number changes too. */
const changingSessions = (
  onChange: (row: Row, current: number) => void,
): ReadonlyMap<number, Row> => {
  const sessions = new Map<number, Row>()
  let last = 0
  const open = (): void => {
    last += 1
    const mac = [16, 8, 0].map((bits) => ((last >> bits) & 255).toString(16).padStart(2, "0"))
    const row: Row = {
      ".id": `*${last.toString(16).toUpperCase()}`,
      name: `customer-${last}`,
      service: "pppoe",
      "caller-id": `02:00:00:${mac.join(":")}`,
      address: `100.64.${(last >> 8) & 255}.${last & 255}`,
      uptime: "1h2m3s",
      "session-id": `0x${last.toString(16)}`,
      radius: "true",
    }
    sessions.set(last, row)
    onChange(row, sessions.size)
  }
  const change = (): void => {
    const [oldest, row] = sessions.entries().next().value ?? []
    const isClosing = last % 3 !== 0 && sessions.size > SESSIONS - SWING
    if (oldest === undefined || row === undefined) open()
    else if (isClosing || sessions.size > SESSIONS + SWING) {
      sessions.delete(oldest)
      onChange({ ".id": row[".id"] ?? "", ".dead": "true" }, sessions.size)
    } else open()
    add({ changes: 1 })
  }
  for (let n = 0; n < SESSIONS; n += 1) open()
  let atMs = performance.now()
  let pending = 0
  setInterval(() => {
    const nowMs = performance.now()
    pending += ((nowMs - atMs) / 1_000) * CHANGES_PER_S
    atMs = nowMs
    if (isPaused) pending = 0
    for (; pending >= 1; pending -= 1) change()
  }, STEP_MS)
  return sessions
}

const pppoe = (): ApiBackend => {
  const listeners = new Set<(row: Row) => void>()
  const sessions = changingSessions((row, current) => {
    counts = { ...counts, current }
    for (const listener of listeners) listener(row)
  })
  const physical: readonly Row[] = Array.from({ length: 12 }, (_, n) => ({
    ".id": `*${n + 1}`,
    name: `ether${n + 1}`,
    type: "ether",
    running: "true",
    disabled: "false",
    "rx-byte": "1",
    "tx-byte": "1",
  }))
  const menus: Readonly<Record<string, () => readonly Row[]>> = {
    "/system/resource": () => [{ uptime: "1d", version: "7.18.2 (stable)", "cpu-load": "1" }],
    "/system/identity": () => [{ name: "bng" }],
    "/interface": () => [
      ...physical,
      ...[...sessions].map(([n, { name }]) => ({
        ".id": `*F${n.toString(16).toUpperCase()}`,
        name: `<pppoe-${name}>`,
        type: "pppoe-in",
        dynamic: "true",
        running: "true",
      })),
    ],
    "/ppp/active": () => {
      counts = { ...counts, sessions: sessions.size }
      return [...sessions.values()]
    },
  }
  return {
    login: "plain",
    sendsEmpty: true,
    users: [{ name: "monitor", password: "anatolia-lab", policies: ["api", "read"] }],
    print: (menu) => {
      const rows = menus[menu]
      if (rows === undefined) throw noSuchMenu()
      return rows()
    },
    command: () => [],
    listen: (menu, row) => {
      if (menus[menu] === undefined && menu !== "/log") throw noSuchMenu()
      if (menu !== "/ppp/active") return () => undefined
      listeners.add(row)
      return () => listeners.delete(row)
    },
    loggedIn: () => undefined,
    loggedOut: () => undefined,
    loginFailed: () => undefined,
  }
}

const router = manyPorts()
const ready = {
  snmp: await snmp(router),
  api: await counted(simulatedBackend(router, Date.now)),
  pppoe: await counted(pppoe()),
}
process.on("message", (message: { readonly isPaused?: boolean }) => {
  isPaused = message.isPaused === true
  process.send?.({ counts })
  counts = NO_COUNTS
})
process.on("disconnect", () => process.exit(0))
process.send?.({ ready })
