/** Answers do not depend on the order of observations, on ids, or on how they were added. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { createSolver, type Network, type Observation, solve } from "./rca.ts"
import { byContent, RUNS } from "./test/answers.ts"
import { documents } from "./test/arbitrary-documents.ts"
import { uplinkOf } from "./test/reference-model.ts"

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.array(fc.nat(), { minLength: items.length, maxLength: items.length }).map((keys) =>
    items
      .map((item, index) => ({ item, key: keys[index] ?? 0 }))
      .sort((one, other) => one.key - other.key)
      .map(({ item }) => item),
  )

test("rca: the order of the observations does not matter", () => {
  const both = documents().chain((document) =>
    fc.tuple(fc.constant(document), shuffled(document.observations)),
  )
  fc.assert(
    fc.property(both, ([document, observations]) => {
      assert.deepEqual(
        byContent(solve({ ...document, observations }), observations),
        byContent(solve(document), document.observations),
      )
    }),
    RUNS,
  )
})

/** The same document with other ids, which sort differently; some are JavaScript built-ins. */
const renamed = (
  document: Network,
  salt: number,
): { readonly document: Network; readonly name: (id: string) => string } => {
  const things = [...document.nodes, ...document.links, ...document.groups]
  const words = ["__proto__", "constructor", "toString", "", "0"]
  const names = new Map(
    things.map(({ id }, index) => {
      const turned = (index * 7919 + salt * 104_729) % 100_003
      return [id, `${index < words.length ? words[index] : ""}${turned}-${index}`]
    }),
  )
  for (const vantage of document.vantages)
    names.set(uplinkOf(vantage), uplinkOf(names.get(vantage) ?? ""))
  const name = (id: string): string => names.get(id) ?? id
  return {
    name,
    document: {
      nodes: document.nodes.map((node) => ({ ...node, id: name(node.id) })),
      links: document.links.map(({ id, a, b }) => ({ id: name(id), a: name(a), b: name(b) })),
      groups: document.groups.map(({ id, members }) => ({
        id: name(id),
        members: members.map(name),
      })),
      vantages: document.vantages.map(name),
      observations: document.observations.map((observation) => ({
        ...observation,
        entity: name(observation.entity),
        ...(observation.from === undefined ? {} : { from: name(observation.from) }),
        ...(observation.end === undefined ? {} : { end: name(observation.end) }),
      })),
    },
  }
}

test("rca: names do not matter", () => {
  fc.assert(
    fc.property(documents(), fc.nat({ max: 1_000 }), (document, salt) => {
      const other = renamed(document, salt)
      assert.deepEqual(
        byContent(solve(other.document), other.document.observations),
        byContent(solve(document), document.observations, other.name),
      )
    }),
    RUNS,
  )
})

test("rca: adding and forgetting observations one by one gives the same as all at once", () => {
  /** For each observation: `back`: forgets an earlier one; `queries` 0: asks for an answer. */
  const steps = fc.array(
    fc.record({ back: fc.option(fc.nat(), { freq: 2 }), queries: fc.integer({ min: 0, max: 5 }) }),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  fc.assert(
    fc.property(documents(), steps, (document, plan) => {
      const solver = createSolver(document)
      const current: Observation[] = []
      document.observations.forEach((observation, index) => {
        const step = plan[index % plan.length]
        solver.observe({ ...observation })
        current.push(observation)
        if (step?.back !== undefined && step.back !== null) {
          const gone = current[step.back % current.length]
          // Equal observations are interchangeable.
          const at = current.findIndex((one) => JSON.stringify(one) === JSON.stringify(gone))
          if (gone !== undefined) solver.forget({ ...gone })
          current.splice(at, 1)
        }
        if (step?.queries === 0) {
          const expected = solve({ ...document, observations: current })
          assert.deepEqual(byContent(solver.answer(), current), byContent(expected, current))
        }
      })
      for (const observation of document.observations)
        if (!current.includes(observation)) solver.observe(observation)
      for (const observation of document.observations) solver.forget(observation)
      for (const observation of document.observations) solver.observe(observation)
      assert.deepEqual(
        byContent(solver.answer(), document.observations),
        byContent(solve(document), document.observations),
      )
    }),
    { ...RUNS, numRuns: 40 },
  )
})

test("rca: an observation that was never made cannot be forgotten", () => {
  fc.assert(
    fc.property(documents(), (document) => {
      const solver = createSolver(document)
      for (const observation of document.observations) solver.forget(observation)
      for (const observation of document.observations) solver.observe(observation)
      for (const observation of document.observations) {
        const other: Observation = {
          ...observation,
          value: observation.value === "up" ? "down" : "up",
        }
        const isPresent = document.observations.some(
          (one) => JSON.stringify(one) === JSON.stringify(other),
        )
        if (!isPresent) solver.forget(other)
      }
      assert.deepEqual(
        byContent(solver.answer(), document.observations),
        byContent(solve(document), document.observations),
      )
    }),
    RUNS,
  )
})
