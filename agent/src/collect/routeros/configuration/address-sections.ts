/** Sections of addresses, DHCP and the firewall. */
import { type Section, section } from "./section.ts"

/** Routers with a full table have a few hundred thousand routes that are not configured. */
const MAX_ROUTES = 20_000

const MATCH = `
      chain action src-address dst-address src-address-list dst-address-list src-address-type
      dst-address-type protocol src-port dst-port port in-interface out-interface
      in-interface-list out-interface-list in-bridge-port out-bridge-port in-bridge-port-list
      out-bridge-port-list packet-mark connection-mark routing-mark routing-table connection-type
      connection-state connection-nat-state connection-bytes connection-limit connection-rate
      content dscp dst-limit fragment hotspot icmp-options ingress-priority priority ipsec-policy
      ipv4-options layer7-protocol limit nth packet-size per-connection-classifier psd random
      src-mac-address tcp-flags tcp-mss time tls-host ttl realm p2p hop-limit headers jump-target
      address-list address-list-timeout log log-prefix disabled comment
    `
const filter = (path: string): Section =>
  section(path, `${MATCH} reject-with hw-offload`, { isOrdered: true })
const nat = (path: string): Section =>
  section(
    path,
    `
        ${MATCH} to-addresses to-address to-ports same-not-by-dst randomise-ports socks5-server
        socks5-port socks5-user
      `,
    {
      isOrdered: true,
      secrets: "socks5-password",
    },
  )
const mangle = (path: string): Section =>
  section(
    path,
    `
        ${MATCH} new-packet-mark new-connection-mark new-routing-mark new-dscp new-mss
        new-priority new-ttl new-hop-limit passthrough route-dst sniff-id sniff-target
        sniff-target-port
      `,
    { isOrdered: true },
  )
const routes = (path: string): Section =>
  section(
    path,
    `
        dst-address gateway distance scope target-scope routing-mark routing-table vrf pref-src
        type blackhole check-gateway suppress-hw-offload vrf-interface route-tag bgp-communities
        bgp-local-pref bgp-med bgp-prepend disabled comment
      `,
    { atMost: MAX_ROUTES },
  )
const addresses = (path: string): Section =>
  section(
    path,
    `
        address network broadcast interface from-pool advertise eui-64 no-dad auto-link-local
        disabled comment
      `,
  )
const dhcpClient = (path: string): Section =>
  section(
    path,
    `
        interface add-default-route default-route-distance default-route-tables use-peer-dns
        use-peer-ntp request pool-name pool-prefix-length prefix-hint dhcp-options script
        allow-reconfigure rapid-commit disabled comment
      `,
  )

export const ADDRESS_SECTIONS: readonly Section[] = [
  addresses("/ip/address"),
  addresses("/ipv6/address"),
  routes("/ip/route"),
  routes("/ipv6/route"),
  section(
    "/ip/settings",
    `
        ip-forward send-redirects accept-redirects secure-redirects accept-source-route rp-filter
        tcp-syncookies icmp-rate-limit icmp-rate-mask arp-timeout max-neighbor-entries route-cache
        allow-fast-path ipv4-multipath-hash-policy
      `,
  ),
  section(
    "/ipv6/settings",
    `
        disable-ipv6 forward accept-redirects accept-router-advertisements max-neighbor-entries
        multipath-hash-policy disable-link-local-address
      `,
  ),
  section("/ip/arp", "address mac-address interface published disabled comment"),
  section("/ip/pool", "name ranges next-pool comment"),
  section("/ipv6/pool", "name prefix prefix-length comment"),
  section(
    "/ipv6/nd",
    `
        interface ra-interval ra-delay ra-lifetime mtu reachable-time retransmit-interval
        hop-limit advertise-mac-address advertise-dns managed-address-configuration
        other-configuration ra-preference dns pref64 disabled comment
      `,
  ),
  section("/ip/vrf", "name interfaces disabled comment"),
  section(
    "/ip/route/vrf",
    `
        routing-mark interfaces route-distinguisher import-route-targets export-route-targets
        disabled comment
      `,
  ),
  section(
    "/ip/dns",
    `
        servers use-doh-server verify-doh-cert doh-max-server-connections doh-timeout
        allow-remote-requests cache-size cache-max-ttl max-concurrent-queries max-udp-packet-size
        query-server-timeout query-total-timeout address-list-extra-time vrf mdns-repeat-ifaces
      `,
  ),
  section(
    "/ip/dns/static",
    `
        name regexp address type cname forward-to mx-exchange mx-preference ns srv-port
        srv-priority srv-target srv-weight text ttl match-subdomain address-list disabled comment
      `,
  ),
  section(
    "/ip/neighbor/discovery-settings",
    `
        discover-interface-list protocol mode lldp-med-net-policy-vlan lldp-mac-phy-config
        lldp-max-frame-size lldp-poe-power lldp-vlan-info discover-interval
      `,
  ),
  section(
    "/ip/proxy",
    `
        enabled port src-address anonymous cache-on-disk max-cache-size max-client-connections
        max-server-connections parent-proxy parent-proxy-port
      `,
  ),
  section(
    "/ip/socks",
    "enabled port version auth-method connection-idle-timeout max-connections vrf",
  ),
  section("/ip/upnp", "enabled allow-disable-external-interface show-dummy-rule"),
  section("/ip/smb", "enabled domain interfaces comment"),
  section(
    "/ip/traffic-flow",
    `
        enabled interfaces cache-entries active-flow-timeout inactive-flow-timeout packet-sampling
        sampling-interval sampling-space
      `,
  ),
  section(
    "/ip/traffic-flow/target",
    "dst-address port version src-address v9-template-refresh v9-template-timeout disabled",
  ),
]

export const DHCP_SECTIONS: readonly Section[] = [
  section(
    "/ip/dhcp-server",
    `
        name interface relay server-address address-pool address-pool6 lease-time lease-script
        authoritative delay-threshold add-arp always-broadcast bootp-support bootp-lease-time
        client-mac-limit conflict-detection dhcp-option-set insert-queue-before parent-queue
        use-radius use-framed-as-classless allow-dual-stack-queue use-reconfigure disabled comment
      `,
  ),
  section(
    "/ip/dhcp-server/network",
    `
        address gateway netmask dns-server dns-none domain ntp-server ntp-none wins-server
        next-server boot-file-name caps-manager dhcp-option dhcp-option-set comment
      `,
  ),
  section(
    "/ip/dhcp-server/lease",
    `
        address mac-address client-id server lease-time rate-limit insert-queue-before
        address-lists always-broadcast use-src-mac block-access dhcp-option dhcp-option-set
        allow-dual-stack-queue disabled comment
      `,
  ),
  section("/ip/dhcp-server/option", "name code value force comment"),
  section(
    "/ip/dhcp-relay",
    `
        name interface dhcp-server local-address local-address-as-src-ip delay-threshold
        add-relay-info relay-info-remote-id dhcp-server-vrf disabled comment
      `,
  ),
  dhcpClient("/ip/dhcp-client"),
  dhcpClient("/ipv6/dhcp-client"),
  section(
    "/ipv6/dhcp-server",
    `
        name interface address-pool prefix-pool address-list lease-time preference rapid-commit
        route-distance use-radius binding-script dhcp-option disabled comment
      `,
  ),
]

export const FIREWALL_SECTIONS: readonly Section[] = [
  filter("/ip/firewall/filter"),
  nat("/ip/firewall/nat"),
  mangle("/ip/firewall/mangle"),
  filter("/ip/firewall/raw"),
  section("/ip/firewall/address-list", "list address timeout disabled comment"),
  section("/ip/firewall/layer7-protocol", "name regexp comment"),
  section("/ip/firewall/service-port", "name ports sip-direct-media sip-timeout disabled"),
  section(
    "/ip/firewall/connection/tracking",
    `
        enabled loose-tcp-tracking tcp-established-timeout tcp-syn-sent-timeout
        tcp-syn-received-timeout tcp-fin-wait-timeout tcp-close-wait-timeout tcp-last-ack-timeout
        tcp-time-wait-timeout tcp-close-timeout udp-timeout udp-stream-timeout icmp-timeout
        generic-timeout
      `,
  ),
  filter("/ipv6/firewall/filter"),
  nat("/ipv6/firewall/nat"),
  mangle("/ipv6/firewall/mangle"),
  filter("/ipv6/firewall/raw"),
  section("/ipv6/firewall/address-list", "list address timeout disabled comment"),
]
