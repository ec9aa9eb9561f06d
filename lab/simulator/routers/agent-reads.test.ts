/** The agent reads what the simulated routers show: modems, IS-IS, sessions as they change. */
import assert from "node:assert/strict"
import { test } from "node:test"
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

type Collect = (reads: string, source?: "api" | "snmp") => Promise<readonly object[]>
type Given = {
  readonly router: Router
  readonly model: NetworkModel
  readonly collect: Collect
  readonly lines: readonly string[]
}

const withRouter = async (name: string, run: (given: Given) => Promise<void>): Promise<void> => {
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
      serviceConfig: fixedServiceConfig({
        ...{ ports, community, mib: mibOf(router) },
        identity: selfSign(name, "127.0.0.1", nowMs),
      }),
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
const valuesOf = (readings: readonly object[], family: string): readonly object[] =>
  readings.flatMap((each) =>
    "family" in each && each.family === family && "values" in each ? [each.values as object] : [],
  )

for (const name of ["sam-agg-1", "tra-agg-1"])
  test(`the modem of ${name} is registered with its signal, and without a network it is not`, () =>
    withRouter(name, async ({ router, collect }) => {
      const [registered] = valuesOf(await collect("lte"), "lte")
      assert.partialDeepStrictEqual(registered, { isRegistered: true })
      const { rsrpDbm } = registered as { readonly rsrpDbm: number }
      assert.ok(rsrpDbm <= -89 && rsrpDbm >= -106, String(rsrpDbm))
      await collect("facts", "snmp")
      const [bySnmp] = valuesOf(await collect("lte", "snmp"), "lte")
      assert.partialDeepStrictEqual(bySnmp, { isRegistered: true, rsrpDbm })
      router.setRunning("lte1", false, Date.now())
      const [lost] = valuesOf(await collect("lte"), "lte")
      assert.partialDeepStrictEqual(lost, { isRegistered: false, rsrpDbm: null })
    }))

test("IS-IS of a core router has a neighbour per core link, and a cut takes one down", () =>
  withRouter("ist-core-1", async ({ model, collect }) => {
    const states = async () => valuesOf(await collect("isis"), "isis")
    const all = await states()
    assert.ok(all.length >= 2, `${all.length} neighbours`)
    assert.ok(all.every((values) => "state" in values && values.state === "up"))
    model.apply({ ...NOTHING_BROKEN, cutLinks: new Set(["istanbul-bursa"]) }, Date.now())
    const after = (await states()).map((values) => "state" in values && values.state)
    assert.deepEqual(after.toSorted(), ["down", ...all.slice(1).map(() => "up")])
  }))

test("a neighbour of OSPF that the router does not list any more is down, until it is there again", () =>
  withRouter("ist-core-1", async ({ model, collect }) => {
    const states = async () =>
      valuesOf(await collect("ospf"), "ospf").map((values) => "state" in values && values.state)
    const all = await states()
    assert.ok(all.length >= 3 && all.every((state) => state === "full"), all.join())
    model.apply({ ...NOTHING_BROKEN, ospfDown: new Set(["istanbul-bursa"]) }, Date.now())
    for (const _ of [1, 2])
      assert.deepEqual((await states()).sort(), ["down", ...all.slice(1)], "at each poll")
    model.apply(NOTHING_BROKEN, Date.now())
    assert.deepEqual(await states(), all)
  }))

test("sessions, ports and log lines of a simulated server arrive as they change", () =>
  withRouter("ist-bng-1", async ({ router, model, collect, lines }) => {
    await collect("sessions")
    await collect("listen")
    await collect("interface")
    const until = async (line: string): Promise<void> => {
      const endMs = Date.now() + 20_000
      while (!lines.includes(line)) {
        assert.ok(Date.now() < endMs, `not arrived: ${line}; ${lines.join(", ")}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    await until("pppoe 40")
    router.setRunning("ether1", false, Date.now())
    await until("ether1 link down")
    assert.ok(lines.includes("interface"))
    model.apply({ ...NOTHING_BROKEN, withoutSessions: new Set(["ist-bng-1"]) }, Date.now())
    await until("pppoe 0")
    model.apply(NOTHING_BROKEN, Date.now())
    await until("pppoe 40")
  }))
