/** The configuration of FRR's daemons for one router of a topology. Pure. */
import { OWN_NETWORK, type RoutedRouter } from "./routing-plan.ts"

/** Towards the router's own services. */
export const SERVICE_PORT = "mgmt"
/** Towards the agent, at the router to which it is connected. */
export const AGENT_PORT = "agent"
/** Networks behind the agent: the appliance. */
export const BEHIND_AGENT = "10.213.0.0/16"
export type Daemon = "zebra" | "ospfd" | "bfdd" | "bgpd"
export type FrrOptions = {
  readonly hasBfd: boolean
  /** The address of the agent; null: it is connected elsewhere. */
  readonly agentAddress: string | null
}

const log = (folder: string, daemon: Daemon): string =>
  `log file ${folder}/${daemon}.log informational`

/** Routes that the kernel has from the start; FRR takes them from there. */
export const kernelRoutes = (
  router: RoutedRouter,
  { agentAddress }: FrrOptions,
): readonly string[] => [
  `${router.address}/32 dev ${SERVICE_PORT}`,
  ...(agentAddress === null
    ? []
    : [
        `${agentAddress}/32 dev ${AGENT_PORT}`,
        `${BEHIND_AGENT} via ${agentAddress} dev ${AGENT_PORT} onlink`,
      ]),
  // What the upstream gets, and what nobody inside may use.
  ...(router.isBorder ? [`blackhole ${OWN_NETWORK} metric 250`] : []),
]

const HOSTS = [
  `ip prefix-list hosts seq 5 permit ${OWN_NETWORK} ge 32`,
  `ip prefix-list hosts seq 10 permit ${BEHIND_AGENT}`,
  "route-map hosts permit 10",
  " match ip address prefix-list hosts",
]

const ospf = (router: RoutedRouter, { hasBfd }: FrrOptions): readonly string[] => [
  ...HOSTS,
  ...router.interfaces
    .filter(({ hasOspf }) => hasOspf)
    .flatMap(({ port }) => [
      `interface ${port}`,
      " ip ospf network point-to-point",
      " ip ospf area 0",
      ...(hasBfd ? [" ip ospf bfd", " ip ospf bfd profile lab"] : []),
    ]),
  "interface lo",
  " ip ospf area 0",
  " ip ospf passive",
  "router ospf",
  ` ospf router-id ${router.routerId}`,
  " log-adjacency-changes detail",
  " timers throttle spf 50 200 2000",
  " redistribute kernel route-map hosts",
  ...(router.isBorder
    ? [" redistribute bgp route-map hosts", " default-information originate"]
    : []),
]

/** RouterOS's own defaults: 200 ms, five times. */
const BFD = [
  "bfd",
  " profile lab",
  "  detect-multiplier 5",
  "  receive-interval 200",
  "  transmit-interval 200",
]

const bgp = (router: RoutedRouter, { hasBfd }: FrrOptions): readonly string[] => [
  ...HOSTS,
  `router bgp ${router.as}`,
  ` bgp router-id ${router.routerId}`,
  " bgp log-neighbor-changes",
  " no bgp ebgp-requires-policy",
  " no bgp network import-check",
  ...router.sessions.flatMap(({ address, remoteAs, kind }) => [
    ` neighbor ${address} remote-as ${remoteAs}`,
    ...(kind === "external" ? [] : [` neighbor ${address} update-source ${router.routerId}`]),
    ...(kind === "external" && hasBfd
      ? [` neighbor ${address} bfd`, ` neighbor ${address} bfd profile lab`]
      : []),
    ` neighbor ${address} timers connect 5`,
  ]),
  " address-family ipv4 unicast",
  ...(router.isUpstream ? ["  redistribute kernel route-map hosts"] : []),
  ...(router.isBorder ? [`  network ${OWN_NETWORK}`] : []),
  ...router.sessions.flatMap(({ address, kind }) => [
    ...(router.isUpstream ? [`  neighbor ${address} default-originate`] : []),
    ...(kind === "client" ? [`  neighbor ${address} route-reflector-client`] : []),
    ...(router.isBorder && kind === "internal" ? [`  neighbor ${address} next-hop-self`] : []),
  ]),
  " exit-address-family",
]

/** Only the daemons that the router needs. `folder` is its own. */
export const frrConfig = (
  router: RoutedRouter,
  folder: string,
  options: FrrOptions,
): ReadonlyMap<Daemon, string> => {
  const parts: readonly (readonly [Daemon, readonly string[]])[] = [
    ["zebra", []],
    ...(options.hasBfd ? [["bfdd", BFD] as const] : []),
    ...(router.isUpstream ? [] : [["ospfd", ospf(router, options)] as const]),
    ...(router.sessions.length > 0 ? [["bgpd", bgp(router, options)] as const] : []),
  ]
  return new Map(
    parts.map(([daemon, lines]) => [
      daemon,
      [`hostname ${router.name}`, log(folder, daemon), ...lines, ""].join("\n"),
    ]),
  )
}
