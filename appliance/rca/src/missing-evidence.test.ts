/** What was not observed, or was forgotten, is no evidence. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Answer, type Network, type Observation, solve } from "./rca.ts"
import { firstOf, RUNS } from "./test/answers.ts"
import { documents } from "./test/arbitrary-documents.ts"
import { createReferenceModel } from "./test/reference-model.ts"

test("rca: without other evidence, anything on the path to a down node may be the cause", () => {
  const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(trees, fc.nat(), fc.integer({ min: 2, max: 4 }), (parents, pick, times) => {
      const nodes = [-1, ...parents].map((_, n) => ({
        id: `n${n}`,
        kind: "router",
        monitored: false,
      }))
      const above = parents.map((parent, n) => parent % (n + 1))
      const links = above.map((parent, n) => ({ id: `l${n + 1}`, a: `n${parent}`, b: `n${n + 1}` }))
      const path: string[] = []
      const unreachable = (pick % parents.length) + 1
      for (let at = unreachable; at > 0; at = above[at - 1] ?? 0) path.push(`n${at}`, `l${at}`)
      if (path.length > 6) return
      const observation: Observation = {
        entity: `n${unreachable}`,
        signal: "reachable",
        value: "down",
        from: "n0",
      }
      const observations = Array.from({ length: times }, () => observation)
      const { hypotheses } = solve({ nodes, links, groups: [], vantages: ["n0"], observations })
      const named = new Set(
        hypotheses.flatMap(({ components, classes }) => [...components, ...classes.flat()]),
      )
      for (const id of path)
        assert.ok(
          named.has(id),
          `${id} is on the path to n${unreachable} and not among ${[...named]}`,
        )
    }),
    RUNS,
  )
})

/** With given error rates and as a partial document: what is not listed then weighs nothing. */
const asPartial = (document: Network): Network => ({
  ...document,
  isPartial: true,
  rates: {
    reachFalse: 0.005,
    reachLost: 0.025,
    portFalse: 0.005,
    portLost: 0.025,
    missing: 0.03,
    mute: 0.001,
  },
})
/** The probability of all hypotheses under which the observations read the same. */
const probabilityOf = (
  document: Network,
  answer: Answer,
  components: readonly string[],
): number => {
  const { reading } = createReferenceModel(document)
  const read = reading(components)
  const areAlike = (others: readonly string[]): boolean => {
    const readOther = reading(others)
    return document.observations.every((observation) => {
      const words = new Set([read(observation), readOther(observation)])
      return words.size === 1 || words.has("free")
    })
  }
  const alike = answer.hypotheses.filter((other) => areAlike(other.components))
  return alike.reduce((sum, other) => sum + other.probability, 0)
}

test("rca: customers without observations are no evidence for what they are downstream of", () => {
  fc.assert(
    fc.property(documents(), fc.array(fc.nat(), { minLength: 1, maxLength: 10 }), (drawn, hung) => {
      const document = asPartial(drawn)
      const routers = document.nodes.filter((node) => node.kind !== "customer")
      if (routers.length === 0) return
      const before = firstOf(solve(document))
      if (before.probability < 0.6) return
      const nodes = [
        ...document.nodes,
        ...hung.map((_, n) => ({ id: `new${n}`, kind: "customer", monitored: false })),
      ]
      const links = [
        ...document.links,
        ...hung.map((index, n) => ({
          id: `line${n}`,
          a: routers[index % routers.length]?.id ?? "",
          b: `new${n}`,
        })),
      ]
      const after = probabilityOf(document, solve({ ...document, nodes, links }), before.components)
      assert.ok(
        after > before.probability - 0.1,
        `[${before.components}]: ${before.probability}, then ${after}`,
      )
    }),
    RUNS,
  )
})

test("rca: a forgotten up observation is no evidence against what it contradicted", () => {
  fc.assert(
    fc.property(documents(), fc.nat(), (drawn, pick) => {
      const document = asPartial(drawn)
      const ups = document.observations.flatMap((observation, index) =>
        observation.value === "up" ? [index] : [],
      )
      const gone = ups[pick % ups.length]
      if (gone === undefined) return
      const after = solve({ ...document, observations: document.observations.toSpliced(gone, 1) })
      for (const { components, contradicted, probability } of solve(document).hypotheses) {
        if (!contradicted.includes(gone) || probability < 0.1) continue
        const left = probabilityOf(document, after, components)
        assert.ok(left > probability - 0.05, `[${components}]: ${probability}, then ${left}`)
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

test("rca: with every observation up nothing has failed, however many ports are missing", () => {
  const homes = Array.from({ length: 30 }, (_, n) => `c${n}`)
  const nodes = ["A", "B", "C", "D", "E", "F"].map(router)
  const links = nodes.slice(1).map(({ id }, n) => ({ id: `L${n}`, a: nodes[n]?.id ?? "", b: id }))
  const customers = homes.map((id) => ({ id, kind: "customer", monitored: false }))
  const access = homes.map((id, n) => ({
    id: `line of ${id}`,
    a: nodes[n % nodes.length]?.id ?? "",
    b: id,
  }))
  const ports = links.flatMap(({ id, a, b }) =>
    [a, b].map((end): Observation => ({ entity: id, signal: "port", value: "up", end })),
  )
  const observations = [...nodes.map(({ id }) => observation(id, "up")), ...ports]
  const document = {
    nodes: [...nodes, ...customers],
    links: [...links, ...access],
    groups: [],
    vantages: ["A"],
    observations,
  }
  assert.deepEqual(firstOf(solve(document)).components, [])
})
