/**
 * A generated provider network: a ring of sites with two core routers each, one far site on one
 * trunk, regions connected to both routers of a site, access rings and trees, and customers. The
 * trunk to the far site is the one that is cut.
 */
import type { Group, Link, Node } from "@ispvm/rca"
import { pick } from "./shape.ts"
import type { Plan } from "./variant.ts"

export type IspSize = { readonly routers: number; readonly customers: number }
export type Isp = {
  readonly plan: Plan
  /** The only link to the far site. */
  readonly trunk: string
}

const RING_SITES = 8
const ROUTERS_A_REGION = 50
/** Every fifth region belongs to the far site. */
const REMOTE_EACH = 5
/** Share of the access routers that report ports; all core and aggregation routers do. */
const MONITORED_ACCESS_RATIO = 0.6

export const makeIsp = (size: IspSize, random: () => number): Isp => {
  const nodes: Node[] = []
  const links: Link[] = []
  const groups: Group[] = []
  const add = (id: string, kind = "router", monitored = true): string => {
    nodes.push({ id, kind, monitored })
    return id
  }
  const join = (a: string, b: string): string => {
    const id = `${a} – ${b}`
    links.push({ id, a, b })
    return id
  }

  const makeSite = (name: string): readonly [string, string] => {
    const pair = [add(`${name}-core1`), add(`${name}-core2`)] as const
    join(...pair)
    groups.push({ id: `power at ${name}`, members: [...pair] })
    return pair
  }
  const ring = Array.from({ length: RING_SITES }, (_, n) => makeSite(`site${n}`))
  const remoteSite = makeSite("far")
  const nextOf = (n: number): readonly [string, string] => ring[(n + 1) % RING_SITES] ?? remoteSite
  ring.forEach(([one, other], n) => {
    const both = [join(one, nextOf(n)[0]), join(other, nextOf(n)[1])]
    groups.push({ id: `duct ${n}`, members: both })
  })
  const trunk = join(ring[3]?.[0] ?? "", remoteSite[0])

  const access: string[] = []
  const addRegion = (region: number, count: number): void => {
    const site = region % REMOTE_EACH === REMOTE_EACH - 1 ? remoteSite : pick(ring, random)
    const name = `region${region}`
    const heads = [add(`${name}-agg1`), add(`${name}-agg2`)] as const
    join(...heads)
    join(site[0], heads[0])
    join(site[1], heads[1])
    groups.push({ id: `power at ${name}`, members: [...heads] })
    const mine: string[] = []
    while (mine.length < count - heads.length) {
      const left = count - heads.length - mine.length
      const isRing = random() < 0.5 || mine.length === 0
      let before = isRing ? heads[0] : pick(mine, random)
      for (let length = Math.min(left, 3 + Math.floor(random() * 5)); length > 0; length -= 1) {
        const router = add(`${name}-r${mine.length}`, "router", random() < MONITORED_ACCESS_RATIO)
        join(before, router)
        mine.push(router)
        // A ring continues from router to router; a tree branches off anywhere.
        before = isRing || random() < 0.5 ? router : pick(mine, random)
      }
      if (isRing) join(before, heads[1])
    }
    access.push(...mine)
  }
  const regions = Math.max(
    REMOTE_EACH,
    Math.round((size.routers - nodes.length) / ROUTERS_A_REGION),
  )
  for (let region = 0; region < regions; region += 1)
    addRegion(region, Math.round((size.routers - nodes.length) / (regions - region)))

  for (let n = 0; n < size.customers; n += 1)
    join(pick(access, random), add(`customer${n}`, "customer", false))
  return { plan: { nodes, links, groups, vantages: [ring[0]?.[0] ?? ""] }, trunk }
}
