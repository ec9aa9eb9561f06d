/**
 * Properties of every answer, whatever the search does. They are checked with the reference model
 * (`test/reference-model.ts`), which shares no code with the solver.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Network, type Observation, solve } from "./rca.ts"
import { firstOf, hasForm, RUNS } from "./test/answers.ts"
import { documents } from "./test/arbitrary-documents.ts"
import {
  createReferenceModel,
  failedBy,
  type ReferenceValue,
  uplinkOf,
} from "./test/reference-model.ts"

const freeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) freeze(inner)
    Object.freeze(value)
  }
  return value
}
const isOpposite = (observation: Observation, word: ReferenceValue): boolean =>
  observation.value === "up" ? word === "down" : word === "up"

test("rca: every document has an answer of the documented form, and is not modified", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const answer = solve(freeze(document))
      hasForm(document, answer)
      assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer)
      assert.deepEqual(solve(document), answer)
    }),
    RUNS,
  )
})

test("rca: components explain the down observations they cause and contradict others", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const { reading } = createReferenceModel(document)
      for (const { components, explained, contradicted } of solve(document).hypotheses) {
        const read = reading(components)
        document.observations.forEach((observation, index) => {
          const word = read(observation)
          if (word === "free" || word === "unreported") return
          const names = components.join(", ")
          const what = `${JSON.stringify(observation)} under [${names}], which makes it ${word}`
          assert.equal(
            explained.includes(index),
            observation.value === "down" && word === "down",
            `explained: ${what}`,
          )
          assert.equal(
            contradicted.includes(index),
            isOpposite(observation, word),
            `contradicted: ${what}`,
          )
        })
      }
    }),
    RUNS,
  )
})

test("rca: an equivalent of a component has exactly the same visible effects", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const { reading } = createReferenceModel(document)
      for (const { components, classes } of solve(document).hypotheses) {
        const shown = reading(components)
        for (const [place, others] of classes.entries()) {
          for (const other of others) {
            assert.ok(!components.includes(other), `${other} replaces itself`)
            const read = reading(components.with(place, other))
            for (const observation of document.observations) {
              const [mine, theirs] = [shown(observation), read(observation)]
              const isSame = mine === theirs || mine === "free" || theirs === "free"
              const what = `${other} for ${components[place]} of [${components}]`
              assert.ok(isSame, `${what}: ${JSON.stringify(observation)} is ${theirs}, not ${mine}`)
            }
          }
        }
      }
    }),
    RUNS,
  )
})

test("rca: every suppressed entity is really downstream of its cause", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const { visibleNodes } = createReferenceModel(document)
      const answer = solve(document)
      const { components } = firstOf(answer)
      const failed = failedBy(document, components)
      const seen = visibleNodes(components)
      for (const { entity, because } of answer.suppressed) {
        const what = `${entity} because of ${because} of [${components}]`
        assert.ok(
          document.nodes.some((node) => node.id === entity),
          `${what}: no node`,
        )
        assert.ok(components.includes(because), `${what}: not a component`)
        assert.ok(!failed.has(entity), `${what}: has failed itself`)
        assert.ok(!seen.has(entity), `${what}: is reachable`)
        const isEnough = !visibleNodes([because]).has(entity)
        const isNeeded = visibleNodes(components.filter((one) => one !== because)).has(entity)
        assert.ok(isEnough || isNeeded, `${what}: it is unreachable with or without`)
      }
    }),
    RUNS,
  )
})

test("rca: hypotheses differ in something observable", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const { reading, things } = createReferenceModel(document)
      const shown = solve(document).hypotheses.map(({ components }) => {
        const read = reading(components)
        const uplinks = components.filter((id) => id.startsWith(uplinkOf("")))
        return { components, visibility: JSON.stringify([uplinks, things.map(read)]) }
      })
      for (const [index, one] of shown.entries()) {
        const same = shown.slice(0, index).find((other) => other.visibility === one.visibility)
        assert.equal(same, undefined, `[${one.components}] shows what [${same?.components}] shows`)
      }
    }),
    RUNS,
  )
})

const router = (id: string) => ({ id, kind: "router", monitored: true })
const observation = (entity: string, value: "up" | "down", from = "A"): Observation => ({
  entity,
  signal: "reachable",
  value,
  from,
})
const A_B = {
  nodes: [router("A"), router("B")],
  links: [{ id: "L", a: "A", b: "B" }],
  groups: [],
  vantages: ["A"],
}

const edges: readonly (readonly [string, Network])[] = [
  ["nothing at all", { nodes: [], links: [], groups: [], vantages: [], observations: [] }],
  ["a network without observations", { ...A_B, observations: [] }],
  [
    "no vantage, only ports",
    {
      ...A_B,
      vantages: [],
      observations: [{ entity: "L", signal: "port", value: "down", end: "A" }],
    },
  ],
  [
    "a vantage that sees itself down",
    { ...A_B, observations: [observation("A", "down"), observation("B", "down")] },
  ],
  [
    "a vantage alone",
    {
      ...A_B,
      nodes: [router("A")],
      links: [],
      observations: [observation("A", "up"), observation("A", "up")],
    },
  ],
  [
    "as many observations for as against",
    { ...A_B, observations: [observation("B", "up"), observation("B", "down")] },
  ],
  [
    "an unreachable island that reads down",
    { ...A_B, links: [], observations: [observation("B", "down"), observation("B", "down")] },
  ],
  [
    "an unreachable island that reads up",
    { ...A_B, links: [], observations: [observation("B", "up"), observation("B", "up")] },
  ],
  [
    "a loop and parallel links",
    {
      ...A_B,
      links: ["1", "2"].map((id) => ({ id, a: "A", b: "B" })).concat({ id: "3", a: "B", b: "B" }),
      observations: [observation("B", "down")],
    },
  ],
  [
    "groups empty, of groups, and of themselves",
    {
      ...A_B,
      groups: [
        { id: "g", members: [] },
        { id: "h", members: ["g", "L"] },
        { id: "i", members: ["h", "i"] },
      ],
      observations: [observation("B", "down")],
    },
  ],
]
for (const [name, document] of edges) {
  test(`rca: ${name} has an answer of the documented form`, () =>
    hasForm(document, solve(document)))
}
