/** A small ISP in memory for tests: what it consists of. */
import { AgentId, DeviceId, LinkId } from "../../../platform/ids.ts"
import type { RuleSet } from "../../alerts/rules/compile.ts"
import { buildTopology, type Topology } from "../../alerts/topology.ts"

const hex = (n: number): string => n.toString(16).padStart(12, "0")
export const uuid = (space: number, n: number): string =>
  `00000000-0000-4000-8${space.toString(16).padStart(3, "0")}-${hex(n)}`

export type WorldOptions = {
  /** `A-B`: a link between routers A and B. */
  readonly links: readonly string[]
  /** The configured device of the agent; null: not configured. */
  readonly at: string | null
  /** The real device of the agent, whatever is configured. */
  readonly actualAt?: string
  readonly seed?: number
  /** Routers without a link in the inventory, which the agent reaches directly. */
  readonly unlinked?: readonly string[]
  /** Routers whose interfaces and syslog are not read. */
  readonly mute?: readonly string[]
  readonly pingMs?: number
  /** From the recovery of a component to that of paths through it: ports, adjacencies, routes. */
  readonly convergeMs?: number
  /** Probes at random times instead of evenly spread ones. */
  readonly isRagged?: boolean
  /** Devices by site: `{ Hill: ["B", "C"] }`. */
  readonly sites?: Readonly<Record<string, readonly string[]>>
  /** Routers of carriers. */
  readonly upstreams?: readonly string[]
  /** What a busy agent adds to each confirmation burst of this router, ms. */
  readonly burstDelayMs?: (name: string) => number
  /** What a busy network or agent adds to each syslog line of this router, ms. */
  readonly syslogDelayMs?: (name: string) => number
  /** Rules that are evaluated; routers then report the loss of neighbours as well. */
  readonly rules?: RuleSet
}

export type WorldLink = { readonly name: string; readonly a: string; readonly b: string }
export const linksOf = ({ links }: WorldOptions): readonly WorldLink[] =>
  links.map((name) => {
    const [a = "", b = ""] = name.split("-")
    return { name, a, b }
  })
export const routersOf = (options: WorldOptions): readonly string[] => [
  ...new Set([...linksOf(options).flatMap(({ a, b }) => [a, b]), ...(options.unlinked ?? [])]),
]
export const AGENT_ID = AgentId.parse(uuid(1, 1))

/** The inventory of a world, as alerts and incidents see it. `paused`: routers without an agent. */
export const topologyOf = (options: WorldOptions, paused: readonly string[] = []): Topology => {
  const names = routersOf(options)
  const deviceId = (name: string) => DeviceId.parse(uuid(2, names.indexOf(name) + 1))
  const sites = Object.entries(options.sites ?? {})
  const siteOf = (name: string): string | null => {
    const at = sites.findIndex(([, there]) => there.includes(name))
    return at === -1 ? null : uuid(7, at + 1)
  }
  return buildTopology(
    names.map((name) => {
      const roles = options.upstreams?.includes(name) === true ? ["upstream"] : []
      return {
        id: deviceId(name),
        name,
        roles,
        agentId: paused.includes(name) ? null : AGENT_ID,
        siteId: siteOf(name),
        reportsEveryS: null,
      }
    }),
    linksOf(options).map((link, index) => ({
      id: LinkId.parse(uuid(3, index + 1)),
      name: `${link.a}–${link.b}`,
      a: { deviceId: deviceId(link.a), interface: `to-${link.b}` },
      b: { deviceId: deviceId(link.b), interface: `to-${link.a}` },
    })),
    [
      {
        id: AGENT_ID,
        name: "agent-1",
        deviceId: options.at === null ? null : deviceId(options.at),
        siteId: null,
      },
    ],
    sites.map(([name], at) => ({ id: uuid(7, at + 1), name })),
  )
}
