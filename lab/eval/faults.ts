/** The truth of a case: what has failed, drawn among core links and routers, each link three times as likely as each router. */
import { pick } from "./shape.ts"
import { uplinkOf, type World } from "./world.ts"

export type Draw = {
  readonly faults: number
  /** Of each fault, how likely it is a group that fails as one. */
  readonly groupRatio: number
  /** How likely the first fault is a vantage's own way out. */
  readonly uplinkRatio: number
}
export const LINK_WEIGHT = 3

const drawOne = (world: World, draw: Draw, random: () => number): string => {
  if (world.plan.groups.length > 0 && random() < draw.groupRatio)
    return pick(world.plan.groups, random).id
  const routers = world.plan.nodes.filter(({ id }) => !world.customerIds.has(id))
  const links = world.plan.links.filter(({ id }) => !world.customerIds.has(id))
  const total = LINK_WEIGHT * links.length + routers.length
  return random() * total < routers.length ? pick(routers, random).id : pick(links, random).id
}

/** Different ids, none a member of a group that is drawn as well. */
export const drawFaults = (world: World, draw: Draw, random: () => number): string[] => {
  const drawn = random() < draw.uplinkRatio ? [uplinkOf(pick(world.plan.vantages, random))] : []
  const overlaps = (one: string, other: string): boolean =>
    one === other || (world.members.get(one) ?? []).includes(other)
  for (let tries = 0; drawn.length < draw.faults && tries < 1_000; tries += 1) {
    const next = drawOne(world, draw, random)
    if (!drawn.some((one) => overlaps(one, next) || overlaps(next, one))) drawn.push(next)
  }
  return drawn
}
