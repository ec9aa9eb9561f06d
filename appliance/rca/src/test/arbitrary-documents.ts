/**
 * Small documents of every kind, drawn so that fast-check shrinks a failing one to the fewest nodes
 * and observations that still fail.
 */
import fc from "fast-check"
import type { Group, Link, Network, Node, Observation } from "../rca.ts"
import { createReferenceModel, type Plan } from "./reference-model.ts"

const KINDS = ["router", "site", "upstream", "switch", "customer", "service", "teapot"] as const
const at = <T>(items: readonly T[], index: number): T | undefined =>
  items.length === 0 ? undefined : items[index % items.length]

/**
 * Routers linked at random (with loops, parallel links and islands), customers on them, groups of
 * anything, a few vantages.
 */
export const networks = (max = 12): fc.Arbitrary<Plan> =>
  fc
    .record({
      nodes: fc.array(
        fc.record({
          kind: fc.constantFrom("router", "router", "router", ...KINDS),
          monitored: fc.boolean(),
        }),
        {
          maxLength: max,
        },
      ),
      /** Links most nodes to an earlier one. */
      trunk: fc.array(fc.nat(), { minLength: max, maxLength: max }),
      chords: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: Math.ceil(max / 2) }),
      customers: fc.array(fc.nat(), { maxLength: max }),
      groups: fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 3 }),
      vantages: fc.array(fc.nat(), { maxLength: 3 }),
    })
    .map((drawn): Plan => {
      const nodes: Node[] = drawn.nodes.map((node, index) => ({ id: `n${index}`, ...node }))
      const pairs = [
        ...drawn.trunk.flatMap((far, index) =>
          index === 0 || index >= nodes.length || far % 12 === 11 ? [] : [[far % index, index]],
        ),
        ...(nodes.length === 0
          ? []
          : drawn.chords.map(([a, b]) => [a % nodes.length, b % nodes.length])),
      ]
      const links: Link[] = pairs.map(([a, b], index) => ({
        id: `l${index}`,
        a: `n${a}`,
        b: `n${b}`,
      }))
      const routers = nodes.length
      if (routers > 0)
        drawn.customers.forEach((router, index) => {
          nodes.push({ id: `c${index}`, kind: "customer", monitored: false })
          links.push({ id: `a${index}`, a: `n${router % routers}`, b: `c${index}` })
        })
      const ids = [...nodes, ...links].map((one) => one.id)
      const groups: Group[] = []
      for (const members of drawn.groups) {
        const known = [...ids, ...groups.map((group) => group.id)]
        groups.push({
          id: `g${groups.length}`,
          members: [...new Set(members.flatMap((index) => at(known, index) ?? []))],
        })
      }
      const vantages = [...new Set(drawn.vantages.flatMap((index) => at(nodes, index)?.id ?? []))]
      return { nodes, links, groups, vantages }
    })

/**
 * Observations of a network with faults: some missing, some made twice, some wrong; with `isRandom`
 * each reads up or down at random.
 */
export const documents = (max = 12): fc.Arbitrary<Network> =>
  fc
    .record({
      map: networks(max),
      faults: fc.array(fc.nat(), { maxLength: 3 }),
      draws: fc.array(
        fc.tuple(fc.nat(), fc.integer({ min: 0, max: 24 }), fc.integer({ min: 1, max: 2 })),
        {
          maxLength: 8 * max,
        },
      ),
      isRandom: fc.boolean(),
      isComplete: fc.boolean(),
    })
    .map(({ map, faults, draws, isRandom, isComplete }): Network => {
      const { things, reading } = createReferenceModel(map)
      const ids = [...map.nodes, ...map.links, ...map.groups].map((one) => one.id)
      const truth = reading(faults.flatMap((index) => at(ids, index) ?? []))
      const rounds = isComplete
        ? things.map((_, index): [number, number, number] => [index, at(draws, index)?.[1] ?? 1, 1])
        : draws
      const observations = rounds.flatMap(([index, chance, times]): Observation[] => {
        const thing = at(things, index)
        if (thing === undefined) return []
        const word = isRandom ? (chance % 2 === 0 ? "up" : "down") : truth(thing)
        if (word === "unreported" || word === "free") return []
        const isWrong = !isRandom && chance === 0
        const value = isWrong ? (word === "up" ? "down" : "up") : word
        return Array.from({ length: times }, () => ({ ...thing, value }))
      })
      return { ...map, observations }
    })
