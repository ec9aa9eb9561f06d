/** Sections of interfaces, bridges, VLANs, tunnels and radios. */
import { type Section, section } from "./section.ts"

const COMMON = "name disabled comment"
/** Of a radio: what is set at an interface itself, and what it inherits from. */
const WIFI = `
      configuration configuration.mode configuration.ssid configuration.country
      configuration.hide-ssid configuration.manager configuration.tx-power channel channel.band
      channel.frequency channel.width channel.skip-dfs-channels security
      security.authentication-types security.encryption security.wps security.ft datapath
      datapath.bridge datapath.vlan-id datapath.client-isolation master-interface radio-mac
      steering interworking aaa
    `
const WIFI_SECRETS = "security.passphrase security.eap-password"
const CAPSMAN_CONFIGURATION = `
      name mode ssid hide-ssid country installation load-balancing-group max-sta-count
      multicast-helper tx-chains rx-chains channel channel.band channel.frequency
      channel.control-channel-width channel.extension-channel channel.tx-power datapath
      datapath.bridge datapath.local-forwarding datapath.client-to-client-forwarding
      datapath.vlan-id datapath.vlan-mode rates security security.authentication-types
      security.encryption security.group-encryption comment
    `

export const INTERFACE_SECTIONS: readonly Section[] = [
  section("/interface", `${COMMON} type mtu`),
  section(
    "/interface/ethernet",
    `
        ${COMMON} default-name mtu l2mtu mac-address arp arp-timeout auto-negotiation advertise
        speed full-duplex tx-flow-control rx-flow-control bandwidth combo-mode cable-settings
        fec-mode loop-protect loop-protect-disable-time loop-protect-send-interval master-port
        poe-out poe-priority poe-voltage power-cycle-interval power-cycle-ping-enabled
        power-cycle-ping-address sfp-rate-select sfp-shutdown-temperature sfp-ignore-rx-los switch
      `,
  ),
  section(
    "/interface/ethernet/switch",
    `
        name type mirror-source mirror-target mirror-egress-target switch-all-ports
        cpu-flow-control l3-hw-offloading qos-hw-offloading rspan
      `,
  ),
  section(
    "/interface/ethernet/switch/port",
    `
        name vlan-mode vlan-header default-vlan-id l3-hw-offloading storm-rate ingress-rate
        egress-rate mirror-ingress mirror-egress limit-broadcasts limit-unknown-multicasts
        limit-unknown-unicasts
      `,
  ),
  section(
    "/interface/ethernet/switch/rule",
    `
        switch ports mac-protocol vlan-id vlan-priority src-mac-address dst-mac-address
        src-address dst-address src-address6 dst-address6 protocol src-port dst-port dscp
        copy-to-cpu redirect-to-cpu mirror new-dst-ports new-vlan-id new-vlan-priority rate
        disabled comment
      `,
    { isOrdered: true },
  ),
  section(
    "/interface/bonding",
    `
        ${COMMON} mode slaves primary arp link-monitoring arp-interval arp-ip-targets down-delay
        up-delay mii-interval lacp-mode lacp-rate lacp-user-key min-links transmit-hash-policy mtu
        forced-mac-address mlag-id
      `,
  ),
  section(
    "/interface/bridge",
    `
        ${COMMON} protocol-mode priority vlan-filtering pvid frame-types ingress-filtering
        ether-type admin-mac auto-mac ageing-time arp arp-timeout fast-forward forward-delay
        max-hops max-learned-entries max-message-age mtu region-name region-revision
        transmit-hold-count igmp-snooping igmp-version mld-version multicast-querier
        multicast-router querier-interval dhcp-snooping add-dhcp-option82 port-cost-mode mvrp
      `,
  ),
  section(
    "/interface/bridge/port",
    `
        bridge interface pvid frame-types ingress-filtering horizon priority path-cost
        internal-path-cost edge point-to-point learn auto-isolate restricted-role restricted-tcn
        bpdu-guard broadcast-flood unknown-multicast-flood unknown-unicast-flood multicast-router
        fast-leave trusted hw tag-stacking mvrp-applicant-state mvrp-registrar-state disabled
        comment
      `,
  ),
  section(
    "/interface/bridge/vlan",
    "bridge vlan-ids tagged untagged mvrp-forbidden disabled comment",
  ),
  section(
    "/interface/bridge/filter",
    `
        chain action in-interface out-interface in-bridge out-bridge in-interface-list
        out-interface-list in-bridge-list out-bridge-list src-mac-address dst-mac-address
        mac-protocol src-address dst-address src-address6 dst-address6 ip-protocol src-port
        dst-port vlan-id vlan-priority vlan-encap packet-type packet-mark ingress-priority limit
        arp-opcode arp-src-address arp-dst-address stp-type log log-prefix jump-target
        new-packet-mark new-priority passthrough disabled comment
      `,
    { isOrdered: true },
  ),
  section(
    "/interface/bridge/nat",
    `
        chain action in-interface out-interface in-bridge out-bridge in-interface-list
        out-interface-list src-mac-address dst-mac-address mac-protocol src-address dst-address
        ip-protocol src-port dst-port vlan-id to-src-mac-address to-dst-mac-address
        to-arp-reply-mac-address arp-opcode packet-mark log log-prefix jump-target new-packet-mark
        disabled comment
      `,
    { isOrdered: true },
  ),
  section(
    "/interface/bridge/settings",
    "use-ip-firewall use-ip-firewall-for-vlan use-ip-firewall-for-pppoe allow-fast-path",
  ),
  section(
    "/interface/vlan",
    `${COMMON} vlan-id interface mtu arp use-service-tag loop-protect mvrp`,
  ),
  section(
    "/interface/vxlan",
    `
        ${COMMON} vni port group interface mtu local-address mac-address vrf arp dont-fragment ttl
        vteps-ip-version bridge
      `,
  ),
  section("/interface/vxlan/vteps", "interface remote-ip port disabled comment"),
  section("/interface/macvlan", `${COMMON} interface mode mac-address mtu arp`),
  section(
    "/interface/vrrp",
    `
        ${COMMON} interface vrid priority interval preemption-mode authentication version
        v3-protocol sync-connection-tracking group-authority on-master on-backup on-fail mtu arp
        remote-address
      `,
    { secrets: "password" },
  ),
  ...(["eoip", "gre", "ipip", "6to4", "gre6", "eoipv6", "ipipv6"] as const).map((kind) =>
    section(
      `/interface/${kind}`,
      `
          ${COMMON} local-address remote-address tunnel-id mtu keepalive dscp clamp-tcp-mss
          dont-fragment allow-fast-path arp mac-address
        `,
      { secrets: "ipsec-secret" },
    ),
  ),
  section("/interface/wireguard", `${COMMON} listen-port mtu public-key`, {
    secrets: "private-key",
  }),
  section(
    "/interface/wireguard/peers",
    `
        interface name public-key allowed-address endpoint-address endpoint-port
        persistent-keepalive responder client-address client-dns client-endpoint client-keepalive
        client-listen-port disabled comment
      `,
    { secrets: "preshared-key private-key" },
  ),
  ...(
    [
      "pppoe-client",
      "pptp-client",
      "sstp-client",
      "l2tp-client",
      "ovpn-client",
      "ppp-client",
    ] as const
  ).map((kind) =>
    section(
      `/interface/${kind}`,
      `
          ${COMMON} interface connect-to port user profile service-name ac-name allow
          add-default-route default-route-distance use-peer-dns dial-on-demand keepalive-timeout
          max-mtu max-mru mrru auth cipher certificate verify-server-certificate
          verify-server-address-from-certificate use-ipsec apn phone src-address tls-version mode
          protocol route-nopull
        `,
      { secrets: "password ipsec-secret" },
    ),
  ),
  ...(["pppoe-server", "pptp-server", "sstp-server", "l2tp-server", "ovpn-server"] as const).map(
    (kind) =>
      section(
        `/interface/${kind}/server`,
        `
            name service-name interface enabled disabled default-profile authentication
            keepalive-timeout max-mtu max-mru mrru max-sessions one-session-per-host pado-delay
            accept-empty-service pppoe-over-vlan-range port certificate verify-client-certificate
            tls-version use-ipsec caller-id-type allow-fast-path require-client-certificate cipher
            auth netmask mode protocol mac-address push-routes comment
          `,
        { secrets: "ipsec-secret" },
      ),
  ),
  section("/interface/list", "name include exclude comment"),
  section("/interface/list/member", "list interface disabled comment"),
  section(
    "/interface/wireless",
    `
        ${COMMON} mode ssid band channel-width frequency scan-list country installation
        frequency-mode antenna-gain tx-power tx-power-mode security-profile wireless-protocol
        wps-mode bridge-mode hide-ssid default-authentication default-forwarding
        default-ap-tx-limit default-client-tx-limit master-interface vlan-id vlan-mode radio-name
        distance adaptive-noise-immunity hw-protection-mode multicast-helper max-station-count
        rate-set rate-selection wds-mode wds-default-bridge wmm-support disconnect-timeout
        nv2-preshared-key-enabled nv2-security tx-chains rx-chains
      `,
    { secrets: "nv2-preshared-key" },
  ),
  section(
    "/interface/wireless/security-profiles",
    `
        name mode authentication-types unicast-ciphers group-ciphers group-key-update eap-methods
        tls-mode tls-certificate supplicant-identity mschapv2-username radius-mac-authentication
        radius-mac-accounting radius-eap-accounting management-protection disable-pmkid comment
      `,
    {
      secrets: `
            wpa-pre-shared-key wpa2-pre-shared-key static-key-0 static-key-1 static-key-2
            static-key-3 static-sta-private-key mschapv2-password management-protection-key
          `,
    },
  ),
  section(
    "/interface/wireless/access-list",
    `
        interface mac-address authentication forwarding ap-tx-limit client-tx-limit signal-range
        time vlan-id vlan-mode disabled comment
      `,
    { secrets: "private-key private-pre-shared-key", isOrdered: true },
  ),
  section(
    "/interface/wireless/cap",
    `
        enabled interfaces discovery-interfaces caps-man-addresses caps-man-names bridge
        certificate lock-to-caps-man static-virtual
      `,
  ),
  ...(["wifi", "wifiwave2"] as const).flatMap((kind) => [
    section(`/interface/${kind}`, `${COMMON} mac-address ${WIFI}`, { secrets: WIFI_SECRETS }),
    section(
      `/interface/${kind}/configuration`,
      `
          ${COMMON} mode ssid country hide-ssid manager antenna-gain beacon-interval chains
          distance installation multicast-enhance qos-classifier tx-power tx-chains ${WIFI}
        `,
      {
        secrets: WIFI_SECRETS,
      },
    ),
    section(
      `/interface/${kind}/channel`,
      `
          ${COMMON} band frequency secondary-frequency width skip-dfs-channels reselect-interval
          deprioritize-unii-3-4
        `,
    ),
    section(
      `/interface/${kind}/security`,
      `
          ${COMMON} authentication-types encryption group-encryption group-key-update
          management-protection management-encryption connect-group connect-priority disable-pmkid
          eap-methods eap-username eap-anonymous-identity eap-certificate-mode eap-tls-certificate
          ft ft-over-ds ft-mobility-domain ft-preserve-vlanid owe-transition-interface sae-pwe wps
        `,
      { secrets: "passphrase eap-password multi-passphrase-group" },
    ),
    section(
      `/interface/${kind}/datapath`,
      `
          ${COMMON} bridge bridge-cost bridge-horizon client-isolation interface-list vlan-id
          traffic-processing
        `,
    ),
    section(
      `/interface/${kind}/access-list`,
      `
          interface action mac-address mac-address-mask ssid-regexp signal-range time vlan-id
          radius-accounting client-isolation disabled comment
        `,
      { secrets: "passphrase", isOrdered: true },
    ),
    section(
      `/interface/${kind}/provisioning`,
      `
          action address-ranges common-name-regexp identity-regexp master-configuration
          slave-configurations name-format radio-mac supported-bands disabled comment
        `,
      { isOrdered: true },
    ),
    section(
      `/interface/${kind}/capsman`,
      `
          enabled interfaces ca-certificate certificate require-peer-certificate package-path
          upgrade-policy
        `,
    ),
    section(
      `/interface/${kind}/cap`,
      `
          enabled discovery-interfaces caps-man-addresses caps-man-names certificate
          lock-to-caps-man slaves-static slaves-datapath
        `,
    ),
  ]),
  section(
    "/caps-man/manager",
    "enabled ca-certificate certificate require-peer-certificate package-path upgrade-policy",
  ),
  section("/caps-man/configuration", CAPSMAN_CONFIGURATION, { secrets: "security.passphrase" }),
  section(
    "/caps-man/channel",
    `
        name band frequency secondary-frequency control-channel-width extension-channel tx-power
        reselect-interval save-selected skip-dfs-channels comment
      `,
  ),
  section(
    "/caps-man/datapath",
    `
        name bridge bridge-cost bridge-horizon client-to-client-forwarding local-forwarding
        interface-list vlan-id vlan-mode mtu arp comment
      `,
  ),
  section(
    "/caps-man/security",
    `
        name authentication-types encryption group-encryption group-key-update eap-methods
        eap-radius-accounting tls-certificate tls-mode disable-pmkid comment
      `,
    { secrets: "passphrase" },
  ),
  section(
    "/caps-man/provisioning",
    `
        action common-name-regexp hw-supported-modes identity-regexp ip-address-ranges
        master-configuration slave-configurations name-format name-prefix radio-mac disabled
        comment
      `,
    { isOrdered: true },
  ),
  section(
    "/caps-man/access-list",
    `
        interface action mac-address mac-address-mask ssid-regexp signal-range time vlan-id
        vlan-mode ap-tx-limit client-tx-limit client-to-client-forwarding radius-accounting
        disabled comment
      `,
    { secrets: "private-passphrase", isOrdered: true },
  ),
  section(
    "/interface/lte/apn",
    `
        name apn add-default-route authentication default-route-distance ip-type ipv6-interface
        passthrough-interface passthrough-mac use-network-apn use-peer-dns user comment
      `,
    { secrets: "password" },
  ),
]
