import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { Fault } from "../simulator/commands.ts"
import { ANATOLIA } from "../simulator/lab.ts"
import { readTopology } from "../simulator/topology-file.ts"
import { equivalents, isDistinguishable, scenarioOf } from "./equivalents.ts"
import { SCENARIOS } from "./scenarios.ts"

const topology = readTopology(ANATOLIA)
const FaultList = z.array(Fault)
const namesOf = (faults: readonly Fault[]): string[][] =>
  equivalents(topology, faults).map((causes) => causes.map(({ kind, name }) => `${kind} ${name}`))

test("the expected causes of each situation are those computed from the topology", () => {
  const statusKnown = SCENARIOS.filter((scenario) => !scenario.isAllUnknown)
  assert.ok(statusKnown.length >= 5)
  for (const { name, command, expected, down, unreachable } of statusKnown) {
    const faults = FaultList.parse(command.do === "together" ? command.faults : [command])
    const made = scenarioOf(topology, name, faults)
    const sorted = (causes: typeof expected) =>
      causes.map((names) => names.map((one) => `${one.kind} ${one.name}`).sort())
    assert.deepEqual(sorted(made.expected), sorted(expected), name)
    assert.deepEqual(
      [made.down.toSorted(), made.unreachable.toSorted()],
      [down.toSorted(), unreachable.toSorted()],
      name,
    )
  }
})

test("a router that connects its whole site is indistinguishable from the site without power", () => {
  assert.deepEqual(namesOf([{ do: "kill", router: "gaz-agg-1" }]), [
    ["device gaz-agg-1", "site Gaziantep"],
  ])
})

test("a router with one link is indistinguishable from that link", () => {
  assert.deepEqual(namesOf([{ do: "cut", link: "bur-acc-1-uplink" }]), [
    ["link bur-acc-1-uplink", "device bur-acc-1"],
  ])
})

test("a fault behind another one is not visible", () => {
  assert.ok(
    !isDistinguishable(topology, [
      { do: "kill", router: "ank-core-1" },
      { do: "kill", router: "sam-acc-1" },
    ]),
  )
  assert.ok(
    isDistinguishable(topology, [
      { do: "kill", router: "ank-core-1" },
      { do: "kill", router: "gaz-acc-1" },
    ]),
  )
})
