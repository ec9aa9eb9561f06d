/**
 * The truth of a case: what has failed, drawn among core links and routers. A link is three times
 * as likely as a router.
 */
import { pick } from "./shape.ts"
import { uplinkOf, type World } from "./world.ts"

export type Draw = {
  readonly faults: number
  /** The probability that a fault is a group, which fails as a whole. */
  readonly groupRatio: number
  /** The probability that the first fault is the uplink of a vantage. */
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

/** Different ids, without members of groups that are drawn too. */
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
