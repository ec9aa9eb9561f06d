/** Nagios and Alertmanager, started as by the bench: one router fails and recovers. */
import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { test } from "node:test"
import { visibilityOf } from "../world.ts"
import type { AlertingSystem } from "./alerting-system.ts"
import { startAlertmanager } from "./alertmanager.ts"
import { makeInventory } from "./inventory.ts"
import { startNagios } from "./nagios.ts"
import { findPrograms, programAccount } from "./programs.ts"
import { probeOnce, untilRecovered } from "./replay.ts"
import { type Timing, timingFor } from "./timing.ts"

const timing: Timing = { ...timingFor(2), attempts: 1, checkEvery: 1 }
/** v – a – b, a customer c at b. */
const inventory = makeInventory("n0", {
  nodes: ["v", "a", "b", "c"].map((id) => ({
    id,
    kind: id === "c" ? "customer" : "router",
    monitored: id !== "c",
  })),
  links: ["va", "ab", "bc"].map((id) => ({ id, a: id[0] ?? "", b: id[1] ?? "" })),
  groups: [],
  vantages: ["v"],
})
const programs = findPrograms()

test("Nagios and Alertmanager page a dead router alone, and its recovery", {
  skip: "missing" in programs && programs.missing,
}, async () => {
  assert.ok(!("missing" in programs))
  const systems: AlertingSystem[] = []
  try {
    systems.push(startNagios(programs.nagios, [inventory], programAccount(), timing))
    systems.push(
      await startAlertmanager(programs.alertmanager, [inventory], programAccount(), timing),
    )
    await Promise.all(systems.map((system) => system.untilReady()))
    const context = { systems, timing }
    await untilRecovered(context, [inventory])
    for (let n = 0; n < 9; n += 1)
      await probeOnce(context, new Map([[inventory, visibilityOf(inventory.world, ["b"])]]))
    await untilRecovered(context, [inventory])
    for (const system of systems)
      assert.deepEqual(
        system
          .drainPages()
          .map((page) => [
            system.name,
            page.names.map((name) => inventory.idOf.get(name)),
            page.recovered,
          ]),
        [[system.name, ["b"], true]],
      )
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
  }
  assert.deepEqual(
    systems.map(({ folder }) => existsSync(folder)),
    [false, false],
  )
})
