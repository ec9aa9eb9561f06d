import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { makeDevice, makeIncident, makeLink, uuid } from "../../../test/make.ts"
import { NO_FLEET } from "../../state/fleet.ts"
import { NO_NAMES, namesIn, partsOf } from "./linked-text.ts"

const [one, ten] = [makeDevice(1, { name: "izm-agg-1" }), makeDevice(10, { name: "izm-agg-10" })]
const line = makeLink(1, one, ten, { name: "bursa-izmir (2)" })
const fleet = {
  ...NO_FLEET,
  devices: new Map([one, ten].map((each) => [each.id, each])),
  links: new Map([[line.id, line]]),
}
const incident: IncidentDetail = {
  ...makeIncident(1, { causes: [{ kind: "link", id: line.id, name: line.name }] }),
  symptomList: [],
  timeline: [],
  because: [],
  hypotheses: [
    {
      components: [
        { kind: "site", id: uuid(9_000), name: "Izmir" },
        { kind: "agent", id: uuid(8_000), name: "İzmir-pop" },
      ],
      probability: 0.1,
      equivalents: [],
    },
  ],
  evidence: [],
  rechecks: [],
  diagnosisHistory: [],
}
const names = namesIn(fleet, incident)
const linked = (text: string): string[] =>
  partsOf(text, names).flatMap((part) => (typeof part === "string" ? [] : [part.id]))

test("names: a cut link's name and those of its ends lead to them, the longest that fits first", () =>
  assert.deepEqual(
    linked("izm-agg-10 and izm-agg-1 at the two ends of bursa-izmir (2), both answer."),
    [ten.id, one.id, line.id],
  ))
test("names: what only begins or ends like a name is none", () =>
  assert.deepEqual(linked("izm-agg-100, my-izm-agg-1, izm-agg-1x and İzmir-population"), []))
test("names: a town is not taken for its site", () =>
  assert.deepEqual(linked("Ask Izmir, or İzmir-pop."), [uuid(8_000)]))
test("names: nothing of the sentence is lost", () => {
  const text = "izm-agg-1 answers; so does izm-agg-10"
  assert.equal(
    partsOf(text, names)
      .map((part) => (typeof part === "string" ? part : part.name))
      .join(""),
    text,
  )
  assert.deepEqual(partsOf(text, NO_NAMES), [text])
})
test("names: an interface leads to its page where the sentence says of which device it is", () => {
  const own = { ...incident, causes: [{ kind: "link" as const, id: line.id, name: line.name }] }
  const of = (text: string) =>
    partsOf(text, namesIn(fleet, own)).flatMap((part) =>
      typeof part === "string" || part.kind !== "interface" ? [] : [part.id],
    )
  assert.deepEqual(of("Port sfp-sfpplus1 on izm-agg-1 is down"), [`${one.id}/sfp-sfpplus1`])
  assert.deepEqual(of("izm-agg-10 tells that its port sfp-sfpplus2 is up"), [
    `${ten.id}/sfp-sfpplus2`,
  ])
  assert.deepEqual(of("sfp-sfpplus1 on izm-agg-1, sfp-sfpplus2 on izm-agg-10."), [
    `${one.id}/sfp-sfpplus1`,
    `${ten.id}/sfp-sfpplus2`,
  ])
  assert.deepEqual(
    of("izm-agg-10 tells that its port sfp-sfpplus1 is up"),
    [],
    "it has no such interface",
  )
  assert.deepEqual(of("sfp-sfpplus1 is down"), [])
})
