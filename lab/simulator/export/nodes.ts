/** The routers of a topology as virtual ones, whose ports are ether2 and up. Pure. */
import { personaNamed } from "../routers/personas.ts"
import { planRouting, type RoutedInterface, type RoutedRouter } from "../routing/routing-plan.ts"
import type { Topology } from "../topology.ts"

export type LabNode = {
  readonly name: string
  readonly router: RoutedRouter
  readonly version: string
  /** In the order of the file. `ether` instead of the board's own port: a CHR has no others. */
  readonly ports: readonly { readonly ether: string; readonly plan: RoutedInterface }[]
  readonly access: Topology["access"]
}
/** ether1 belongs to management in containerlab, and here in EVE-NG too. */
const FIRST_PORT = 2

export const isV6 = ({ version }: LabNode): boolean => version.startsWith("6.")

/** Without routers of customers, which take no part in routing. */
export const nodesOf = (topology: Topology): readonly LabNode[] => {
  const plans = new Map(topology.routers.map((router) => [router.name, router]))
  return planRouting(topology).map((router) => {
    const plan = plans.get(router.name)
    if (plan === undefined) throw new Error(`no router ${router.name}`)
    return {
      name: router.name,
      router,
      version: personaNamed(plan.persona).version,
      ports: router.interfaces.map((each, n) => ({ ether: `ether${n + FIRST_PORT}`, plan: each })),
      access: topology.access,
    }
  })
}

export type NodeLink = {
  readonly name: string
  readonly a: { readonly node: LabNode; readonly ether: string }
  readonly b: { readonly node: LabNode; readonly ether: string }
}

export const linksOf = (topology: Topology, nodes: readonly LabNode[]): readonly NodeLink[] => {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const endOf = (router: string, link: string): NodeLink["a"] | null => {
    const node = byName.get(router)
    const port = node?.ports.find(({ plan }) => plan.link === link)
    return node === undefined || port === undefined ? null : { node, ether: port.ether }
  }
  return topology.links.flatMap(({ name, a, b }): NodeLink[] => {
    const [one, other] = [endOf(a.router, name), endOf(b.router, name)]
    return one === null || other === null ? [] : [{ name, a: one, b: other }]
  })
}
