/** The agent's collectors and one simulated router, over real sockets; for tests. */
import assert from "node:assert/strict"
import { AssignedDevice } from "@ispvm/wire"
import { freePort } from "../../demo/ports.ts"
import { createRouterOsCollectors, createSnmpCollectors } from "../../recordings/agent.ts"
import { ANATOLIA } from "../lab.ts"
import { NOTHING_BROKEN } from "../topology.ts"
import { readTopology } from "../topology-file.ts"
import { type ApiBackend, simulatedBackend } from "./api-backend.ts"
import { selfSign } from "./certificate.ts"
import { fixedServiceConfig, RouterHost } from "./host.ts"
import { mibOf } from "./mib.ts"
import { NetworkModel } from "./network-model.ts"
import { viewOf } from "./os/views.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"
import { answer } from "./snmp-agent.ts"

type Collect = (reads: string, source?: "api" | "snmp") => Promise<readonly object[]>
type Given = {
  readonly router: Router
  readonly model: NetworkModel
  readonly collect: Collect
  readonly lines: readonly string[]
}

export const withRouter = async (
  name: string,
  run: (given: Given) => Promise<void>,
): Promise<void> => {
  const topology = readTopology(ANATOLIA)
  const nowMs = Date.now()
  const routers = planRouters(topology, nowMs, () => "127.0.0.1").map((spec) => new Router(spec))
  const router = routers.find(({ spec }) => spec.name === name)
  assert.ok(router !== undefined)
  const model = new NetworkModel(topology, routers, NOTHING_BROKEN)
  const simulated = simulatedBackend(router, Date.now)
  const backend: ApiBackend = {
    ...simulated,
    print: (menu, policies) =>
      viewOf(router, model.peersOf(name), menu, Date.now()) ?? simulated.print(menu, policies),
  }
  const ports = { api: await freePort(), apiSsl: await freePort(), snmp: await freePort() }
  const { username, password, community } = topology.access
  const host = new RouterHost(
    {
      address: "127.0.0.1",
      ports,
      backend,
      serviceConfig: {
        ...fixedServiceConfig({
          ...{ ports, community, mib: mibOf(router) },
          identity: selfSign(name, "127.0.0.1", nowMs),
        }),
        // Indexes are parts of OIDs, and may have changed.
        snmp: (packet, _, atMs) => answer(packet, community, mibOf(router), atMs),
      },
    },
    Date.now,
  )
  await host.open()
  const lines: string[] = []
  const api = createRouterOsCollectors({
    clock: { now: Date.now },
    sink: {
      onReadings: (readings) => {
        for (const each of readings)
          if (each.kind === "family") lines.push(`${each.name} ${each.values.count}`)
      },
      onEvent: () => undefined,
      onInterface: () => lines.push("interface"),
      onLogLine: (_, { message }) => lines.push(message),
    },
  })
  const snmp = createSnmpCollectors({ now: Date.now, resolve: async (address) => address })
  const device = AssignedDevice.parse({
    ...{ id: "00000000-0000-4000-8000-000000000001", name },
    access: {
      address: "127.0.0.1",
      routerosApi: { port: ports.api, tls: false, fingerprint: null, username, password },
      ...{ snmp: { port: ports.snmp, community }, icmp: false, tcpPort: null },
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  const collect: Collect = (reads, source = "api") => {
    const found = (source === "api" ? api : snmp).all.find((each) => each.reads === reads)
    assert.ok(found !== undefined, reads)
    return found.collect(device, AbortSignal.timeout(20_000))
  }
  try {
    await run({ router, model, collect, lines })
  } finally {
    await Promise.all([api.close(), snmp.close()])
    await host.close()
  }
}
