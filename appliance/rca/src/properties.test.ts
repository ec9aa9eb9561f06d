/**
 * Properties of every answer, whatever the search does. They are checked with the reference model
 * (`test/reference-model.ts`), which shares no code with the solver.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  type Answer,
  createSolver,
  type Hypothesis,
  type Network,
  type Observation,
  solve,
} from "./rca.ts"
import { documents } from "./test/arbitrary-documents.ts"
import {
  createReferenceModel,
  failedBy,
  type ReferenceValue,
  uplinkOf,
} from "./test/reference-model.ts"

const RUNS = { numRuns: 100, seed: 1 }
const CLOSE = 1e-6

const freeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) freeze(inner)
    Object.freeze(value)
  }
  return value
}
const isOpposite = (observation: Observation, word: ReferenceValue): boolean =>
  observation.value === "up" ? word === "down" : word === "up"
const first = (answer: Answer): Hypothesis => {
  const [hypothesis] = answer.hypotheses
  assert.ok(hypothesis !== undefined, "no hypothesis at all")
  return hypothesis
}

const hasForm = (document: Network, { hypotheses, recheck, suppressed }: Answer): void => {
  const components = new Set(
    [...document.nodes, ...document.links, ...document.groups].map((one) => one.id),
  )
  for (const vantage of document.vantages) components.add(uplinkOf(vantage))
  assert.ok(hypotheses.length >= 1 && hypotheses.length <= 10, `${hypotheses.length} hypotheses`)
  assert.ok(recheck.length <= 8, `${recheck.length} re-checks`)
  let [sum, last] = [0, 1]
  for (const one of hypotheses) {
    assert.ok(
      one.probability >= 0 && one.probability <= last + CLOSE,
      `${one.probability} after ${last}`,
    )
    sum += one.probability
    last = one.probability
    assert.equal(one.classes.length, one.components.length)
    assert.equal(new Set(one.components).size, one.components.length)
    for (const id of [...one.components, ...one.classes.flat()])
      assert.ok(components.has(id), `${id} is not in the document`)
    assert.equal(new Set(one.explained).intersection(new Set(one.contradicted)).size, 0)
  }
  assert.ok(sum <= 1 + CLOSE, `probabilities come to ${sum}`)
  const sets = hypotheses.map((one) => JSON.stringify([...one.components].sort()))
  assert.equal(new Set(sets).size, sets.length, "the same components twice")
  const links = new Map(document.links.map((link) => [link.id, link]))
  const nodes = new Set(document.nodes.map((node) => node.id))
  for (const observation of recheck) {
    const link = links.get(observation.entity)
    if (observation.signal === "reachable")
      assert.ok(nodes.has(observation.entity) && document.vantages.includes(observation.from ?? ""))
    else
      assert.ok(
        observation.end !== undefined &&
          (observation.end === link?.a || observation.end === link?.b),
        JSON.stringify(observation),
      )
  }
  assert.equal(
    new Set(recheck.map((observation) => JSON.stringify(observation))).size,
    recheck.length,
    "the same re-check twice",
  )
  assert.equal(
    new Set(suppressed.map((one) => one.entity)).size,
    suppressed.length,
    "suppressed twice",
  )
}

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
      const { components } = first(answer)
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

/** By content instead of index, to compare answers to differently ordered observations. */
const byContent = (
  answer: Answer,
  observations: readonly Observation[],
  name = (id: string): string => id,
) => {
  const keyOf = (
    one: Pick<Observation, "entity" | "signal" | "from" | "end">,
    value = "",
  ): string =>
    JSON.stringify([name(one.entity), one.signal, name(one.from ?? ""), name(one.end ?? ""), value])
  const keysOf = (indexes: readonly number[]): string[] =>
    indexes
      .map((index) =>
        keyOf(observations[index] ?? { entity: "?", signal: "port" }, observations[index]?.value),
      )
      .sort()
  return {
    hypotheses: answer.hypotheses.map((one) => ({
      components: one.components.map(name),
      probability: one.probability.toFixed(7),
      classes: one.classes.map((ids) => ids.map(name)),
      explained: keysOf(one.explained),
      contradicted: keysOf(one.contradicted),
    })),
    recheck: answer.recheck.map((one) => keyOf(one)),
    suppressed: answer.suppressed
      .map((one) => `${name(one.entity)} because of ${name(one.because)}`)
      .sort(),
  }
}
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
      const before = first(solve(document))
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
  assert.deepEqual(first(solve(document)).components, [])
})
