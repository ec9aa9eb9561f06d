/** The simulated network on loopback addresses, and its routers as an agent is assigned them; for tests. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { freePort } from "../../demo/ports.ts"
import { startSyslog } from "../../recordings/agent.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { loopbackFabric } from "./fabric.ts"
import type { Ports } from "./host.ts"
import { Network } from "./network.ts"

export const TOPOLOGY = readTopology(ANATOLIA)
const addressOf = (address: string): string => address.replace(/^10\./, "127.")
/** Where routers send their log and their traps. */
export const AGENT_ADDRESS = addressOf(TOPOLOGY.agent.address)

export const freePorts = async (): Promise<Ports> => ({
  ...{ api: await freePort(), apiSsl: await freePort(), snmp: await freePort() },
})

/** By name; their ids end with their places in `names`, from 1. */
export const assigned = (
  names: readonly string[],
  { api, snmp }: Ports,
): ReadonlyMap<string, AssignedDevice> => {
  const { username, password, community } = TOPOLOGY.access
  return new Map(
    names.map((name, n) => {
      const address = TOPOLOGY.routers.find((router) => router.name === name)?.address ?? ""
      const device = AssignedDevice.parse({
        ...{ id: `00000000-0000-4000-8000-${String(n + 1).padStart(12, "0")}`, name },
        access: {
          ...{ address: addressOf(address), icmp: false, tcpPort: null },
          routerosApi: { port: api, tls: false, fingerprint: null, username, password },
          snmp: { port: snmp, community },
        },
        intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
      })
      return [name, device]
    }),
  )
}

export type RunningNetwork = { readonly network: Network; readonly stop: () => Promise<void> }
export type Receivers = { readonly syslogPort: number; readonly trapPort?: number | undefined }

/** Started; `receivers` are the agent's ports. */
export const startNetwork = async (
  ports: Ports,
  { syslogPort, trapPort }: Receivers,
  now: () => number = Date.now,
): Promise<RunningNetwork> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-network-"))
  const network = new Network(
    {
      ...{ topology: TOPOLOGY, mode: "loopback", certificatesDir: folder, ports, addressOf },
      ...{ replays: [], frr: null, trapPort },
      syslogTo: { address: AGENT_ADDRESS, port: syslogPort },
    },
    loopbackFabric(),
    now,
  )
  await network.start()
  return {
    network,
    stop: async () => {
      await network.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ids of events, one after another. */
const createIds = (): (() => string) => {
  let lastId = 0
  return () => {
    lastId += 1
    return `00000000-0000-4000-8000-${String(lastId).padStart(12, "0")}`
  }
}

/** What a listener of the agent needs besides its port. */
export const listening = (events: Event[], now: () => number = Date.now) => ({
  bind: AGENT_ADDRESS,
  now,
  resolve: async (address: string) => address,
  newId: createIds(),
  emit: (event: Event) => {
    events.push(event)
  },
  onLink: () => undefined,
})

/** The agent's syslog, which adds the events of `devices` to `events`. */
export const listenToLogs = async (
  devices: Iterable<AssignedDevice>,
  events: Event[],
  now: () => number = Date.now,
): ReturnType<typeof startSyslog> => {
  const syslog = await startSyslog({
    ...listening(events, now),
    ...{ port: 0, onUnknownSender: () => undefined },
  })
  syslog.apply([...devices])
  return syslog
}
