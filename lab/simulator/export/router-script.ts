/**
 * A RouterOS script for one router of a topology: addresses, OSPF, BFD, BGP, and the account by
 * which it is monitored. For an empty CHR of its release; one form per generation. Pure.
 */

import { OWN_NETWORK } from "../routing/routing-plan.ts"
import { isV6, type LabNode } from "./nodes.ts"

const LOOPBACK = "loopback"
const NETWORKS = "bgp-networks"
/** From 7.20 on, BGP has instances. */
const hasInstances = ({ version }: LabNode): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major > 7 || (major === 7 && minor >= 20)
}
const text = (value: string): string => `"${value.replaceAll(/["\\$]/g, (one) => `\\${one}`)}"`

/** The network of a /30 that has this host. */
const networkOf = (address: string): string => {
  const [a, b, c, d = 0] = address.split(".").map(Number)
  return `${a}.${b}.${c}.${d - (d % 4)}/30`
}

const base = ({ name, router, ports, access }: LabNode): readonly string[] => [
  "/interface bridge",
  `add name=${LOOPBACK}`,
  "/ip address",
  `add address=${router.routerId}/32 interface=${LOOPBACK}`,
  `add address=${router.address}/32 interface=${LOOPBACK}`,
  ...ports.map(
    ({ ether, plan }) =>
      `add address=${plan.address}/30 interface=${ether} comment=${text(`${plan.link}: to ${plan.peer}, ${plan.port}`)}`,
  ),
  "/system identity",
  `set name=${name}`,
  "/user group",
  "add name=monitoring policy=read,api",
  "/user",
  `add name=${access.username} group=monitoring password=${text(access.password)}`,
  "/snmp community",
  `set [ find default=yes ] name=${text(access.community)}`,
  "/snmp",
  "set enabled=yes",
]

const blackhole = ({ router, version }: LabNode): readonly string[] =>
  router.isBorder
    ? [
        "/ip route",
        `add dst-address=${OWN_NETWORK} distance=250 ${version.startsWith("6.") ? "type=blackhole" : "blackhole"}`,
      ]
    : []

/** What a router announces by BGP: an upstream itself, a border the whole network. */
const announced = ({ router }: LabNode): readonly string[] => [
  ...(router.isUpstream ? [`${router.address}/32`] : []),
  ...(router.isBorder ? [OWN_NETWORK] : []),
]

// ── RouterOS 7 ──

const ospf7 = ({ router, ports }: LabNode): readonly string[] => [
  "/routing ospf instance",
  `add name=default-v2 version=2 router-id=${router.routerId}${router.isBorder ? " redistribute=bgp originate-default=if-installed" : ""}`,
  "/routing ospf area",
  "add name=backbone-v2 instance=default-v2 area-id=0.0.0.0",
  "/routing ospf interface-template",
  `add area=backbone-v2 interfaces=${LOOPBACK} passive`,
  ...ports
    .filter(({ plan }) => plan.hasOspf)
    .map(({ ether }) => `add area=backbone-v2 interfaces=${ether} type=ptp use-bfd=yes`),
]

const bgp7 = (node: LabNode): readonly string[] => {
  const { router } = node
  if (router.sessions.length === 0) return []
  const context = hasInstances(node) ? "instance=bgp1" : `templates=default as=${router.as}`
  const networks = announced(node)
  return [
    ...networks.flatMap((network) => [
      "/ip firewall address-list",
      `add list=${NETWORKS} address=${network}`,
    ]),
    ...(hasInstances(node)
      ? ["/routing bgp instance", `add name=bgp1 as=${router.as} router-id=${router.routerId}`]
      : ["/routing bgp template", `set default as=${router.as} router-id=${router.routerId}`]),
    "/routing bgp connection",
    ...router.sessions.map(({ peer, address, remoteAs, kind }) =>
      [
        `add name=${peer} ${context} remote.address=${address} remote.as=${remoteAs}`,
        kind === "external"
          ? "local.role=ebgp use-bfd=yes"
          : `local.role=${kind === "client" ? "ibgp-rr" : "ibgp"} local.address=${router.routerId}`,
        ...(router.isUpstream ? ["output.default-originate=always"] : []),
        ...(networks.length > 0 ? [`output.network=${NETWORKS}`] : []),
        ...(router.isBorder && kind === "internal" ? ["nexthop-choice=force-self"] : []),
      ].join(" "),
    ),
  ]
}

const bfd7 = ({ ports }: LabNode): readonly string[] => [
  "/routing bfd configuration",
  ...ports.map(({ ether }) => `add interfaces=${ether} min-rx=200ms min-tx=200ms multiplier=5`),
]

// ── RouterOS 6 ──

const ospf6 = ({ router, ports }: LabNode): readonly string[] => [
  "/routing ospf instance",
  `set [ find default=yes ] router-id=${router.routerId}${router.isBorder ? " redistribute-bgp=as-type-1 distribute-default=if-installed-as-type-1" : ""}`,
  "/routing ospf interface",
  `add interface=${LOOPBACK} passive=yes`,
  ...ports
    .filter(({ plan }) => plan.hasOspf)
    .map(({ ether }) => `add interface=${ether} network-type=point-to-point use-bfd=yes`),
  "/routing ospf network",
  `add network=${router.routerId}/32 area=backbone`,
  `add network=${router.address}/32 area=backbone`,
  ...ports
    .filter(({ plan }) => plan.hasOspf)
    .map(({ plan }) => `add network=${networkOf(plan.address)} area=backbone`),
]

const bgp6 = (node: LabNode): readonly string[] => {
  const { router } = node
  if (router.sessions.length === 0) return []
  return [
    "/routing bgp instance",
    `set default as=${router.as} router-id=${router.routerId}`,
    ...announced(node).flatMap((network) => [
      "/routing bgp network",
      `add network=${network} synchronize=no`,
    ]),
    "/routing bgp peer",
    ...router.sessions.map(({ peer, address, remoteAs, kind }) =>
      [
        `add name=${peer} remote-address=${address} remote-as=${remoteAs}`,
        kind === "external" ? "use-bfd=yes" : `update-source=${LOOPBACK}`,
        ...(kind === "client" ? ["route-reflect=yes"] : []),
        ...(router.isUpstream ? ["default-originate=always"] : []),
        ...(router.isBorder && kind === "internal" ? ["nexthop-choice=force-self"] : []),
      ].join(" "),
    ),
  ]
}

export const routerScript = (node: LabNode): string => {
  const routing = isV6(node)
    ? [...(node.router.isUpstream ? [] : ospf6(node)), ...bgp6(node)]
    : [...bfd7(node), ...(node.router.isUpstream ? [] : ospf7(node)), ...bgp7(node)]
  return [
    `# ${node.name}, RouterOS ${node.version}; ether1 is left to management`,
    ...base(node),
    ...blackhole(node),
    ...routing,
    "",
  ].join("\n")
}
