/** The agent reads what the simulated routers show: modems, IS-IS, sessions as they change. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { NOTHING_BROKEN } from "../topology.ts"
import { withRouter } from "./agent-rig.ts"

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
