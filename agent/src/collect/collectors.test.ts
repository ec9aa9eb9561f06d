import assert from "node:assert/strict"
import { test } from "node:test"
import { COLLECTORS, DEFAULT_INTERVALS } from "@ispvm/wire"
import { defineFamily } from "@ispvm/wire/families"
import { collectorKey, familyCollector } from "./collector.ts"
import { systemDial } from "./routeros/client/dial.ts"
import { createRouterOsCollectors } from "./routeros/collectors/collectors.ts"
import { createSnmpCollectors } from "./snmp/collectors/collectors.ts"

test("the contract lists every collector of the agent with its default interval", async () => {
  const sets = [
    createRouterOsCollectors({ clock: { now: Date.now }, dial: systemDial }),
    createSnmpCollectors({ now: Date.now, resolve: async () => null }),
  ]
  const own = sets
    .flatMap(({ all }) => all)
    .map((collector) => [collectorKey(collector), collector.everyMs(DEFAULT_INTERVALS)])
  assert.deepEqual(Object.fromEntries(own), COLLECTORS)
  for (const set of sets) await set.close()
})

test("a collector of a family takes name and interval from the row, by the family's name", () => {
  const outlets = defineFamily({
    name: "ups-outlet",
    title: "Outlets",
    description: "Load of each outlet",
    key: { by: "name", field: "outlet" },
    fields: {},
    charts: [],
    polledBy: { snmp: 30_000 },
  })
  const of = (source: "snmp" | "routeros-api") => {
    const { reads, everyMs } = familyCollector("ups-outlet" as "sensor", source, [outlets])
    return [reads, everyMs(DEFAULT_INTERVALS)]
  }
  assert.deepEqual(of("snmp"), ["ups-outlet", 30_000])
  assert.deepEqual(of("routeros-api"), ["ups-outlet", 0])
})
