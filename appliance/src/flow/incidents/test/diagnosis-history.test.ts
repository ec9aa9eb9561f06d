/**
 * Confidence and evidence of an incident, changes of its diagnosis, and re-checks before it opens.
 */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Incident, IncidentDetail } from "../../../api/incidents.ts"
import { textOf } from "../../../messages/text.ts"
import { HOLD_DOWN_MS } from "../engine/hold-down.ts"
import { RECHECK_BELOW, SAME_DEVICE_MS } from "../engine/rechecks.ts"
import { showIncident } from "../model.ts"
import { World } from "./world.ts"

const RING = ["A-B", "B-C", "C-D", "D-A"]
const names = (components: readonly { readonly name: string }[]): string[] =>
  components.map(({ name }) => name)

test("a cut link is shown with its confidence, its alternatives and its reasons, in the shape of the API", () => {
  const world = new World({ links: [...RING, "C-E"], at: "A" }).run(12_000)
  world.cutLink("B-C")
  world.run(3_000)
  const [incident] = world.open()
  assert.ok(incident !== undefined)
  assert.ok((incident.confidence ?? 0) >= 0.99, `${incident.confidence}`)
  assert.equal(incident.hypotheses[0]?.probability, incident.confidence)
  assert.deepEqual(names(incident.hypotheses[0]?.components ?? []), ["B–C"])
  assert.deepEqual(
    incident.evidence.map(({ stance, message }) => `${stance}: ${textOf(message)}`),
    [
      "for: B reports no link on its port to-C towards C",
      "for: C reports no link on its port to-B towards B",
      "for: B and C at its two ends both answer, so neither is down",
    ],
  )
  Incident.parse(showIncident(incident))
  const { hypotheses, evidence, rechecks } = incident
  IncidentDetail.pick({ hypotheses: true, evidence: true, rechecks: true }).parse({
    hypotheses,
    evidence,
    rechecks,
  })
})

test("indistinguishable causes are one hypothesis with an equivalent, and their confidence is that of both", () => {
  const world = new World({ links: [...RING, "C-E"], at: "A" }).run(12_000)
  world.kill("E")
  world.run(4_000)
  const [incident] = world.open()
  assert.ok((incident?.confidence ?? 0) >= 0.99, `${incident?.confidence}`)
  assert.deepEqual(names(incident?.hypotheses[0]?.equivalents.flat() ?? []), ["E"])
})

test("a site whose routers are all dead has lost power: one incident, its devices down and none downstream", () => {
  const links = ["A-B", "B-C", "C-D", "D-A", "B-D", "C-E"]
  const world = new World({ links, at: "A", sites: { Hill: ["B", "C"], Dale: ["A", "D"] } }).run(
    12_000,
  )
  world.kill("B")
  world.kill("C")
  world.run(4_000)
  assert.deepEqual(world.titles(), [
    "Power at Hill is lost: all 2 devices there are down; 1 device downstream",
  ])
  const [incident] = world.open()
  assert.deepEqual(
    incident?.causes.map(({ kind, name }) => [kind, name]),
    [["site", "Hill"]],
  )
  const shown = incident === undefined ? null : Incident.parse(showIncident(incident))
  assert.deepEqual([shown?.devicesDown, shown?.devicesUnreachable], [2, 1])
  assert.equal(
    incident?.evidence.map(({ message }) => textOf(message))[0],
    "All 2 devices at Hill (B and C) answer neither ping nor TCP",
  )
  world.revive("B")
  world.revive("C")
  world.run(25_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.incidents.size, 1)
  const [over] = world.incidents.values()
  assert.equal(
    over && textOf(over.title),
    "Power at Hill was lost: all 2 devices there were down; 1 device was downstream",
  )
  assert.deepEqual(
    over?.because.map((one) => textOf(one)),
    [
      "B and C did not answer a confirmation burst of ping and TCP probes.",
      "Ports to-B on A, to-C on D and to-B on D had no link.",
      "It was the only path to E: 1 device was downstream.",
    ],
  )
  assert.deepEqual(over?.evidence.map(({ message }) => textOf(message)).slice(0, 3), [
    "All 2 devices at Hill (B and C) answered neither ping nor TCP",
    "1 device downstream did not answer: E",
    "A reported no link on its port to-B towards B",
  ])
})

test("one dead router of a site is not a power failure while another one answers", () => {
  const world = new World({ links: RING, at: "A", sites: { Hill: ["B", "C"] } }).run(12_000)
  world.kill("C")
  world.run(4_000)
  assert.deepEqual(world.titles(), ["Router C is not answering"])
})

test("an end that reports its port up is evidence against a cut and lowers its confidence", () => {
  const world = new World({ links: RING, at: "A", mute: ["B", "C"] }).run(12_000)
  const one = (): void => {
    const remote = world.portSample("C", "to-B", true)
    world.deliver({
      pings: [],
      interfaces: [world.portSample("B", "to-C", false), remote],
      events: [],
    })
  }
  one()
  world.run(500)
  one()
  world.run(500)
  const [incident] = world.open()
  assert.match(incident === undefined ? "" : textOf(incident.title), /^Link B–C is cut/)
  assert.ok((incident?.confidence ?? 1) < 0.99, `${incident?.confidence}`)
  for (let round = 0; round < 10; round += 1) {
    one()
    world.run(500)
  }
  assert.match(
    world.history.map(({ message }) => textOf(message)).at(-1) ?? "",
    /^Confidence rose to .* from \d+ %\. A re-check confirmed it\.$/,
  )
  const against = incident?.evidence
    .filter(({ stance }) => stance === "against")
    .map(({ message }) => textOf(message))
  assert.deepEqual(against, ["C reports that its end of the link is up (port to-B)"])
})

test("the diagnosis history holds the first diagnosis and each change with its reason, and nothing else", () => {
  const world = new World({ links: [...RING, "C-E", "E-F"], at: "A" }).run(12_000)
  world.cutLink("C-E")
  world.run(4_000)
  assert.deepEqual(
    world.history.map(({ causes, message }) => [names(causes).join(), textOf(message)]),
    [["C–E", "Link C–E is cut, or router E is down; 1 device downstream. Confidence 99 %."]],
  )
  world.repairLink("C-E")
  world.run(30_000)
  assert.equal(world.history.length, 2)
  assert.match(
    world.history.map(({ message }) => textOf(message))[1] ?? "",
    /^Link C–E was cut; 1 device was downstream\. Confidence over 99 %\.$/,
  )
  assert.ok((world.history[1]?.atMs ?? 0) > (world.history[0]?.atMs ?? 0))
  assert.equal(world.linesOf("cause-changed").length, 1)
})

test("over ten minutes of one lasting fault nothing is entered after the first diagnosis, and no re-check is requested", () => {
  const world = new World({ links: [...RING, "C-E"], at: "A" }).run(12_000)
  world.kill("C")
  world.run(60_000)
  const [entered, requested] = [world.history.length, world.confirmed.length]
  assert.ok(entered <= 2, `${entered} entries`)
  world.run(600_000)
  assert.deepEqual([world.history.length, world.confirmed.length], [entered, requested])
})

test("the diagnosis history continues after a restart, and nothing is entered twice", () => {
  const world = new World({ links: RING, at: "A" }).run(12_000)
  world.cutLink("B-C")
  world.run(3_000)
  assert.equal(world.history.length, 1)
  world.restart()
  world.run(15_000)
  assert.equal(world.history.length, 1)
  assert.equal(world.open()[0]?.evidence.length, 3)
})

test("an uncertain incident waits for the re-checks it requested, never longer than the hold-down time", () => {
  let unsure = 0
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = new World({
      links: [...RING, "B-D", "C-E", "E-F", "F-D"],
      at: "A",
      seed,
      mute: ["C", "E"],
      isRagged: true,
    })
    world.run(12_000 + seed * 37)
    const cutAtMs = world.nowMs
    world.kill(seed % 2 === 0 ? "C" : "E")
    if (seed % 3 === 0) world.cutLink("B-D")
    world.run(8_000)
    const [first] = world.openedAs
    const down = world.transitions
      .filter((step) => step.now === "down" && step.atMs >= cutAtMs)
      .map((step) => step.atMs)
    assert.ok(first !== undefined, `seed ${seed}`)
    assert.ok(
      first.openedAtMs - Math.min(...down) <= HOLD_DOWN_MS + 600,
      `seed ${seed}: ${first.openedAtMs - Math.min(...down)}`,
    )
    if ((first.confidence ?? 1) < RECHECK_BELOW) unsure += 1
    for (const incident of world.incidents.values()) {
      for (const { requestedAtMs, answeredAtMs, result } of incident.rechecks) {
        assert.notEqual(result, null, "a re-check is answered or gives up")
        if (answeredAtMs !== null)
          assert.ok(
            answeredAtMs >= requestedAtMs && answeredAtMs - requestedAtMs < SAME_DEVICE_MS * 2,
          )
      }
    }
  }
  assert.ok(unsure < 30, `${unsure} of 60 opened unsure`)
})
