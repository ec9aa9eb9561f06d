import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { LabCommand, nameError } from "./commands.ts"
import { ANATOLIA } from "./lab.ts"
import { readTopology } from "./topology-file.ts"

const topology = readTopology(ANATOLIA)

for (const ratio of [5, -0.1, Number.NaN]) {
  test(`a loss of ${ratio} is rejected with the notation of a percentage`, () => {
    const parsed = LabCommand.safeParse({ do: "loss", ratio })
    assert.ok(!parsed.success)
    assert.match(z.prettifyError(parsed.error), /a share from 0 to 1: 5 % is 0\.05/)
  })
}
test("a loss of five percent is 0.05", () => {
  assert.deepEqual(LabCommand.parse({ do: "loss", ratio: 0.05 }), { do: "loss", ratio: 0.05 })
})

for (const [command, error] of [
  [{ do: "cut", link: "istanbul-ankar" }, "no link istanbul-ankar; did you mean istanbul-ankara?"],
  [{ do: "kill", router: "gaz-aggr-1" }, "no router gaz-aggr-1; did you mean gaz-agg-1?"],
  [{ do: "power-off", site: "ankra" }, "no site ankra; did you mean ankara?"],
  [{ do: "power-on", site: "Ankara" }, null],
  [
    { do: "lose-upstream", router: "ist-transit" },
    "no upstream ist-transit; did you mean ist-transit-1?",
  ],
  [
    { do: "lose-upstream", router: "gaz-agg-1" },
    "no upstream gaz-agg-1; there are ist-transit-1, ank-transit-1",
  ],
  [
    { do: "lose-lte", router: "ist-core-1" },
    "ist-core-1 has nothing for lose-lte; there are sam-agg-1, tra-agg-1",
  ],
  [{ do: "restore-lte", router: "sam-agg-1" }, null],
  [
    { do: "isis-down", link: "istanbul-transit" },
    "no IS-IS on istanbul-transit; it is on istanbul-core-pair, istanbul-bursa, bursa-izmir, izmir-antalya, antalya-adana, adana-kayseri, kayseri-ankara, istanbul-ankara",
  ],
  [
    {
      do: "together",
      faults: [
        { do: "cut", link: "bursa-izmir" },
        { do: "power-off", site: "ankra" },
      ],
    },
    "no site ankra; did you mean ankara?",
  ],
] as const) {
  test(`${JSON.stringify(command)}: ${error ?? "all its names are there"}`, () => {
    assert.equal(nameError(topology, LabCommand.parse(command)), error)
  })
}

test("commands that are not faults of the network cannot be combined", () => {
  assert.ok(
    !LabCommand.safeParse({
      do: "together",
      faults: [{ do: "cut", link: "a" }, { do: "stop-agent" }],
    }).success,
  )
  assert.ok(
    !LabCommand.safeParse({ do: "together", faults: [{ do: "cut", link: "a" }] }).success,
    "one fault is not two",
  )
})
