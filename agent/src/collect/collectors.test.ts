import assert from "node:assert/strict"
import { test } from "node:test"
import { COLLECTORS, DEFAULT_INTERVALS } from "@ispvm/wire"
import { collectorKey } from "./collector.ts"
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
