/** Sections of routing protocols and MPLS. */
import { type Section, section } from "./section.ts"

export const ROUTING_SECTIONS: readonly Section[] = [
  section("/routing/table", "name fib disabled comment"),
  section(
    "/routing/rule",
    "action src-address dst-address interface routing-mark table min-prefix disabled comment",
    { isOrdered: true },
  ),
  section(
    "/ip/route/rule",
    "action src-address dst-address interface routing-mark table disabled comment",
    { isOrdered: true },
  ),
  section("/routing/id", "name id select-dynamic-id select-from-vrf disabled comment"),
  // Release 6.
  section(
    "/routing/bgp/instance",
    `
        name as router-id redistribute-connected redistribute-static redistribute-rip
        redistribute-ospf redistribute-other-bgp out-filter cluster-id client-to-client-reflection
        ignore-as-path-len confederation confederation-peers routing-table vrf disabled comment
      `,
  ),
  section(
    "/routing/bgp/peer",
    `
        name instance remote-address remote-port remote-as multihop route-reflect hold-time
        keepalive-time ttl max-prefix-limit max-prefix-restart-time in-filter out-filter
        address-families update-source nexthop-choice allow-as-in as-override default-originate
        remove-private-as cisco-vpls-nlri-len-fmt passive use-bfd disabled comment
      `,
    { secrets: "tcp-md5-key" },
  ),
  section("/routing/bgp/network", "network synchronize disabled comment"),
  section(
    "/routing/bgp/aggregate",
    `
        prefix instance summary-only inherit-attributes attribute-filter suppress-filter
        advertise-filter include-igp disabled
      `,
  ),
  // Release 7.
  section(
    "/routing/bgp/connection",
    `
        name instance template as remote.address remote.as remote.port remote.allowed-as
        remote.ttl local.address local.role local.port local.ttl connect listen multihop hold-time
        keepalive-time address-families afi routing-table vrf router-id cluster-id save-to
        cisco-vpls-nlri-len-fmt nexthop-choice add-path-out as-override default-originate
        remove-private-as use-bfd input.filter input.accept-communities
        input.accept-large-communities input.accept-ext-communities input.accept-nlri
        input.accept-unknown input.affinity input.allow-as input.ignore-as-path-len
        input.limit-process-routes-ipv4 input.limit-process-routes-ipv6 output.filter-chain
        output.filter-select output.network output.redistribute output.default-originate
        output.default-prepend output.affinity output.keep-sent-attributes
        output.no-client-to-client-reflection output.no-early-cut output.as-override
        output.remove-private-as disabled comment
      `,
    { secrets: "tcp-md5-key" },
  ),
  section(
    "/routing/bgp/template",
    `
        name as hold-time keepalive-time multihop address-families afi routing-table vrf router-id
        cluster-id nexthop-choice use-bfd input.filter input.affinity input.allow-as
        input.accept-nlri output.filter-chain output.network output.redistribute
        output.default-originate output.affinity disabled comment
      `,
    { secrets: "tcp-md5-key" },
  ),
  section(
    "/routing/bgp/vpn",
    `
        name instance vrf label-allocation-policy route-distinguisher import.route-targets
        import.filter-chain export.route-targets export.filter-chain export.redistribute disabled
        comment
      `,
  ),
  section(
    "/routing/ospf/instance",
    `
        name version router-id vrf routing-table redistribute originate-default domain-id
        domain-tag in-filter-chain out-filter-chain out-filter-select in-filter out-filter
        distribute-default redistribute-connected redistribute-static redistribute-rip
        redistribute-bgp redistribute-other-ospf metric-default metric-connected metric-static
        metric-rip metric-bgp metric-other-ospf mpls-te-area mpls-te-address use-dn disabled
        comment
      `,
  ),
  section(
    "/routing/ospf/area",
    `
        name instance area-id type default-cost no-summaries inject-summary-lsas nssa-translator
        translator-role disabled comment
      `,
  ),
  section("/routing/ospf/area/range", "area prefix range advertise cost disabled comment"),
  section("/routing/ospf/network", "network area disabled comment"),
  section(
    "/routing/ospf/interface-template",
    `
        area interfaces networks network type cost priority passive prefix-list hello-interval
        dead-interval retransmit-interval transmit-delay instance-id vlink-neighbor-id
        vlink-transit-area auth auth-id use-bfd disabled comment
      `,
    { secrets: "auth-key" },
  ),
  section(
    "/routing/ospf/interface",
    `
        interface cost priority network-type passive authentication authentication-key-id
        hello-interval dead-interval retransmit-interval transmit-delay instance-id use-bfd
        disabled comment
      `,
    { secrets: "authentication-key" },
  ),
  section(
    "/routing/ospf/nbma-neighbor",
    "address instance priority poll-interval disabled comment",
  ),
  section(
    "/routing/ospf/static-neighbor",
    "address area instance-id poll-interval disabled comment",
  ),
  section("/routing/filter/rule", "chain rule disabled comment", { isOrdered: true }),
  section("/routing/filter/select-rule", "chain do where do-where disabled comment", {
    isOrdered: true,
  }),
  section("/routing/filter/community-list", "list communities regexp disabled comment", {
    isOrdered: true,
  }),
  section("/routing/filter/num-list", "list range disabled comment", { isOrdered: true }),
  section(
    "/routing/filter",
    `
        chain action prefix prefix-length protocol match-chain invert-match address-family
        bgp-as-path bgp-as-path-length bgp-atomic-aggregate bgp-communities bgp-local-pref bgp-med
        bgp-origin bgp-weight distance scope target-scope pref-src route-comment route-tag
        route-targets routing-mark ospf-type jump-target set-bgp-communities set-bgp-local-pref
        set-bgp-med set-bgp-prepend set-bgp-prepend-path set-bgp-weight set-check-gateway
        set-disabled set-distance set-in-nexthop set-in-nexthop-direct set-out-nexthop
        set-pref-src set-route-comment set-route-tag set-routing-mark set-scope set-target-scope
        set-type append-bgp-communities disabled comment
      `,
    { isOrdered: true },
  ),
  section(
    "/routing/bfd/configuration",
    `
        interfaces addresses address-list vrf min-rx min-tx min-echo-rx multiplier forbid-bfd
        disabled comment
      `,
    { isOrdered: true },
  ),
  section("/routing/bfd/interface", "interface interval min-rx multiplier disabled comment"),
  section(
    "/routing/rip/instance",
    `
        name afi vrf originate-default redistribute in-filter-chain out-filter-chain route-timeout
        update-interval disabled comment
      `,
  ),
  section(
    "/routing/rip/interface-template",
    `
        instance interfaces mode cost split-horizon poison-reverse source-addresses disabled
        comment
      `,
    { secrets: "password" },
  ),
  section("/routing/isis/instance", "name afi areas system-id vrf areas-max disabled comment"),
  section(
    "/routing/isis/interface-template",
    "instance interfaces levels ptp l1.metric l2.metric disabled comment",
  ),
  section(
    "/mpls/ldp",
    `
        enabled lsr-id transport-address afi vrf distribute-for-default-route hop-limit
        loop-detect path-vector-limit use-explicit-null disabled comment
      `,
  ),
  section(
    "/mpls/ldp/interface",
    `
        interface afi transport-address hello-interval hold-time accept-dynamic-neighbors disabled
        comment
      `,
  ),
  section("/mpls/ldp/accept-filter", "prefix accept neighbor vrf disabled comment", {
    isOrdered: true,
  }),
  section("/mpls/ldp/advertise-filter", "prefix advertise neighbor vrf disabled comment", {
    isOrdered: true,
  }),
  section("/mpls/interface", "interface mpls-mtu input disabled comment", { isOrdered: true }),
  section(
    "/interface/vpls",
    `
        name remote-peer peer vpls-id pw-type pw-mtu pw-l2mtu pw-control-word use-control-word
        cisco-style cisco-style-id cisco-static-id bridge bridge-horizon mtu mac-address disabled
        comment
      `,
  ),
]
