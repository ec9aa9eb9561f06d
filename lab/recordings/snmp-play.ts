/** Plays a walk: a responder on loopback, and the agent's collectors and normalizer against it. */
import dgram from "node:dgram"
import { AssignedDevice, type Facts, type Sample } from "@ispvm/wire"
import { answer, type Mib } from "../simulator/routers/snmp-agent.ts"
import { createSnmpCollectors, Normalizer } from "./agent.ts"

const COMMUNITY = "public"
const DEADLINE_MS = 120_000
const ID = "00000000-0000-4000-8000-000000000001"

type RowValues = Readonly<Record<string, string | number | boolean>>
export type Played = {
  readonly samples: readonly Sample[]
  readonly facts: Facts | null
  /** Rows of tables, by the table's name. */
  readonly tables: Readonly<Record<string, readonly RowValues[]>>
  /** Collectors that failed, and why. */
  readonly failures: readonly string[]
}

export const serve = async (mib: Mib): Promise<{ port: number; close(): Promise<void> }> => {
  const socket = dgram.createSocket("udp4")
  socket.on("message", (packet, { port, address }) => {
    const reply = answer(packet, COMMUNITY, mib, Date.now())
    if (reply !== null) socket.send(reply, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

export const play = async (mib: Mib): Promise<Played> => {
  const { port, close } = await serve(mib)
  try {
    return await readBySnmp({ port, community: COMMUNITY })
  } finally {
    await close()
  }
}

/** `snmp` is the SNMP part of an access; the responder is on loopback. */
export const readBySnmp = async (snmp: object, address = "127.0.0.1"): Promise<Played> => {
  const device = AssignedDevice.parse({
    id: ID,
    name: "recorded",
    access: {
      address,
      routerosApi: null,
      snmp,
      icmp: true,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  const collectors = createSnmpCollectors({
    now: Date.now,
    resolve: async (address) => address,
  })
  const normalizer = new Normalizer()
  const samples: Sample[] = []
  const failures: string[] = []
  let facts: Facts | null = null
  const tables: Record<string, RowValues[]> = {}
  // Facts first: they clear what is known of missing objects.
  const all = [...collectors.all].sort(
    (a, b) => Number(b.reads === "facts") - Number(a.reads === "facts"),
  )
  try {
    for (const collector of all) {
      try {
        const readings = await collector.collect(device, AbortSignal.timeout(DEADLINE_MS))
        for (const item of normalizer.normalize(readings))
          if (item.kind === "facts") facts = item
          else if (item.kind === "rows")
            tables[item.table] = [
              ...(tables[item.table] ?? []),
              ...item.rows.map(({ values }) => values),
            ]
          else samples.push(item)
      } catch (error) {
        failures.push(
          `${collector.reads}: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  } finally {
    await collectors.close()
  }
  return { samples, facts, failures, tables }
}
