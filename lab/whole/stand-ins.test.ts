import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { Lever } from "../commands.ts"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { SITUATIONS } from "./situations.ts"
import { isApart, situationOf, standIns } from "./stand-ins.ts"

const topology = readTopology(ANATOLIA)
const LeverList = z.array(Lever)
const namesOf = (levers: readonly Lever[]): string[][] =>
  standIns(topology, levers).map((causes) => causes.map(({ kind, name }) => `${kind} ${name}`))

test("what is wanted of each situation is what the topology says can be known of it", () => {
  const sighted = SITUATIONS.filter((situation) => !situation.isBlind)
  assert.ok(sighted.length >= 5)
  for (const { name, command, wanted, down, behind } of sighted) {
    const levers = LeverList.parse(command.do === "together" ? command.levers : [command])
    const made = situationOf(topology, name, levers)
    const sorted = (causes: typeof wanted) => causes.map((names) => names.map((one) => `${one.kind} ${one.name}`).sort())
    assert.deepEqual(sorted(made.wanted), sorted(wanted), name)
    assert.deepEqual([made.down.toSorted(), made.behind.toSorted()], [down.toSorted(), behind.toSorted()], name)
  }
})

test("a router that all of its site hangs on shows the same as the site without power", () => {
  assert.deepEqual(namesOf([{ do: "kill", router: "gaz-agg-1" }]), [["device gaz-agg-1", "site Gaziantep"]])
})

test("a router on one link shows the same as that link", () => {
  assert.deepEqual(namesOf([{ do: "cut", link: "bur-acc-1-uplink" }]), [["link bur-acc-1-uplink", "device bur-acc-1"]])
})

test("a fault behind another does not show", () => {
  assert.ok(
    !isApart(topology, [
      { do: "kill", router: "ank-core-1" },
      { do: "kill", router: "sam-acc-1" },
    ]),
  )
  assert.ok(
    isApart(topology, [
      { do: "kill", router: "ank-core-1" },
      { do: "kill", router: "gaz-acc-1" },
    ]),
  )
})
