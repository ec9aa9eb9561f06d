/** Random networks from a seed, for properties that hold in every network. */
import assert from "node:assert/strict"
import type { Network, Observation } from "../model.ts"

export const pick = <T>(random: () => number, from: readonly T[]): T => {
  const one = from[Math.floor(random() * from.length)]
  assert.ok(one !== undefined)
  return one
}
/**
 * With parallel links, islands, customers, groups, one to three vantages, and observations that
 * contradict each other.
 */
export const anyNetwork = (random: () => number): Network => {
  const size = 2 + Math.floor(random() * 14)
  const nodes = Array.from({ length: size }, (_, at) => ({
    id: `n${at}`,
    kind: random() < 0.15 ? "customer" : "router",
    monitored: random() < 0.7,
  }))
  const ids = nodes.map((node) => node.id)
  const links = Array.from({ length: Math.floor(random() * 2.2 * size) }, (_, at) => ({
    id: `l${at}`,
    a: pick(random, ids),
    b: pick(random, ids),
  }))
  const members = () => [pick(random, ids), ...links.slice(0, 2).map((link) => link.id)]
  const groups = random() < 0.4 ? [{ id: "g0", members: members() }] : []
  const vantages = ids.slice(0, 1 + Math.floor(random() * 3))
  const value = (): "up" | "down" => (random() < 0.5 ? "up" : "down")
  const observations = [
    ...vantages.flatMap((from) =>
      ids.map((entity): Observation => ({ entity, signal: "reachable", value: value(), from })),
    ),
    ...links.flatMap((link) =>
      [link.a, link.b].map(
        (end): Observation => ({
          entity: link.id,
          signal: pick(random, ["port", "adjacency"]),
          value: value(),
          end,
        }),
      ),
    ),
  ].filter(() => random() < 0.8)
  return { nodes, links, groups, vantages, observations }
}
