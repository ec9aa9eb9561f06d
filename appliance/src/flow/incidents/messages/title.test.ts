import assert from "node:assert/strict"
import { test } from "node:test"
import type { Component } from "../../../api/incidents.ts"
import { textOf } from "../../../messages/text.ts"
import { World } from "../test/world.ts"
import { type TitleFacts, titleOf } from "./title.ts"

/** A site of two, an upstream on one line and one on two. */
const LINKS = ["A-B", "B-C", "C-D", "D-A", "C-T", "B-U", "D-U"]
const { topology, device } = (() => {
  const world = new World({
    links: LINKS,
    at: "A",
    sites: { Hill: ["B", "C"] },
    upstreams: ["T", "U"],
  })
  return { topology: world.topology, device: (name: string): string => world.device(name) }
})()
const router = (name: string): Component => ({ kind: "device", id: device(name), name })
const line = (name: string): Component => {
  const id = [...topology.links.values()].find((link) => link.name === name)?.id ?? ""
  return { kind: "link", id, name }
}
const hill: Component = { kind: "site", id: [...topology.sites.keys()][0] ?? "", name: "Hill" }
const agent: Component = {
  kind: "agent",
  id: [...topology.agents.keys()][0] ?? "",
  name: "agent-1",
}

const plain = {
  alternatives: [],
  confidence: 0.99,
  hypotheses: [],
  downstream: 0,
  unreachable: 0,
  isSoFar: false,
  switchedOff: [],
  isOver: false,
}
const facts = (cause: Component, changes: Partial<TitleFacts> = {}): TitleFacts => ({
  ...plain,
  back: new Set(),
  cause,
  ...changes,
})
/** How probable it is, and what else it could be. */
const withRival = (
  cause: Component,
  confidence: number,
  rival: Component,
  probability: number,
): Partial<TitleFacts> => ({
  confidence,
  hypotheses: [
    { components: [cause], probability: confidence, equivalents: [[]] },
    { components: [rival], probability, equivalents: [[]] },
  ],
})
const [bc, cd] = [line("B–C"), line("C–D")]
const E = router("D")

const cases: readonly (readonly [why: string, facts: TitleFacts, stands: string, over: string])[] =
  [
    ["a line", facts(bc), "Link B–C is cut", "Link B–C was cut"],
    [
      "a router",
      facts(E, { downstream: 1 }),
      "Router D is not answering; 1 device downstream",
      "Router D was not answering; 1 device was downstream",
    ],
    [
      "a line or a router",
      facts(bc, { alternatives: [router("C")], downstream: 2 }),
      "Link B–C is cut, or router C is down; 2 devices downstream",
      "Link B–C was cut, or router C was down; 2 devices were downstream",
    ],
    [
      "one that answers again can only have been dead",
      facts(bc, { alternatives: [router("C")], back: new Set([device("C")]) }),
      "Link B–C is cut, or router C was down",
      "Link B–C was cut, or router C was down",
    ],
    [
      "by hand",
      facts(bc, { switchedOff: [{ id: device("B"), name: "B" }], confidence: 0.5 }),
      "Link B–C is disabled at B",
      "Link B–C was disabled at B",
    ],
    [
      "a site of which part has been seen",
      facts(hill, { unreachable: 1, isSoFar: true }),
      "Power at Hill is lost: 1 of 2 devices there down so far",
      "Power at Hill was lost: 1 of 2 devices there down",
    ],
    [
      "a site that is not sure",
      facts(hill, { unreachable: 2, ...withRival(hill, 0.55, E, 0.1) }),
      "Power at Hill is probably lost: all 2 devices there are down",
      "Power at Hill was probably lost: all 2 devices there were down",
    ],
    [
      "an agent",
      facts(agent, { alternatives: [router("A")] }),
      "Agent agent-1 has lost its path to the network, or router A is down: its 6 devices are unknown",
      "Agent agent-1 had lost its path to the network, or router A was down: its 6 devices were unknown",
    ],
    [
      "more likely than not",
      facts(bc, withRival(bc, 0.55, cd, 0.1)),
      "Link B–C is probably cut",
      "Link B–C was probably cut",
    ],
    [
      "less likely than not",
      facts(E, withRival(E, 0.45, cd, 0.1)),
      "Router D is possibly down",
      "Router D was possibly down",
    ],
    [
      "not sure, and alike",
      facts(bc, { alternatives: [E], confidence: 0.55 }),
      "Probably link B–C is cut, or router D is down",
      "Probably link B–C was cut, or router D was down",
    ],
    [
      "one of two",
      facts(bc, withRival(bc, 0.5, E, 0.4)),
      "Either link B–C is cut or router D is down",
      "Either link B–C was cut or router D was down",
    ],
    [
      "one of two, one of them indistinguishable from a third",
      facts(bc, { alternatives: [router("B"), router("C")], ...withRival(bc, 0.5, E, 0.4) }),
      "Either link B–C is cut, router B is down or router D is down (or one of 1 more)",
      "Either link B–C was cut, router B was down or router D was down (or one of 1 more)",
    ],
    [
      "sure, whatever else there is",
      facts(bc, withRival(bc, 0.7, E, 0.3)),
      "Link B–C is cut",
      "Link B–C was cut",
    ],
    [
      "an upstream or its line",
      facts(line("C–T"), { alternatives: [router("T")] }),
      "Upstream T is lost: link C–T is cut, or it is down",
      "Upstream T was lost: link C–T was cut, or it was down",
    ],
    [
      "whichever of the two comes first",
      facts(router("T"), { alternatives: [line("C–T")] }),
      "Upstream T is lost: it is down, or link C–T is cut",
      "Upstream T was lost: it was down, or link C–T was cut",
    ],
    [
      "an upstream's only line",
      facts(line("C–T")),
      "Upstream T is lost: link C–T is cut",
      "Upstream T was lost: link C–T was cut",
    ],
    [
      "an upstream with two lines",
      facts(router("U")),
      "Upstream U is lost: it does not answer",
      "Upstream U was lost: it did not answer",
    ],
    [
      "one line of two to an upstream",
      facts(line("B–U")),
      "Link B–U to upstream U is cut",
      "Link B–U to upstream U was cut",
    ],
  ]
for (const [why, each, present, over] of cases)
  test(`title: ${why}`, () => {
    assert.equal(textOf(titleOf(topology, each)), present)
    const back = new Set(each.alternatives.map(({ id }) => id))
    assert.equal(textOf(titleOf(topology, { ...each, isOver: true, isSoFar: false, back })), over)
  })
