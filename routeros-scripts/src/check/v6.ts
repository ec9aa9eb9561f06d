/**
 * No command tree of RouterOS 6 was recorded; this is from its manual and from captures. It
 * contains the part that our scripts may use, and every result based on it is unproven.
 */
import type { Release } from "./check.ts"
import { menusOf } from "./menus.ts"

/** One menu per line: its commands, and after the colon the arguments of `add` and `set`. */
const LISTS = `
/certificate: common-name country days-valid key-size key-usage locality name organization state subject-alt-name trusted unit
/interface/bridge: admin-mac ageing-time arp auto-mac comment disabled fast-forward mtu name priority protocol-mode vlan-filtering
/interface/list: comment exclude include name
/interface/list/member: comment disabled interface list
/interface/vlan: arp comment disabled interface mtu name use-service-tag vlan-id
/interface/bonding: arp arp-interval arp-ip-targets comment disabled down-delay forced-mac-address lacp-rate link-monitoring mii-interval min-links mode mtu name primary slaves transmit-hash-policy up-delay
/interface/bridge/port: auto-isolate bpdu-guard bridge broadcast-flood comment disabled edge fast-leave frame-types horizon hw ingress-filtering interface internal-path-cost learn multicast-router path-cost point-to-point priority pvid restricted-role restricted-tcn tag-stacking trusted unknown-multicast-flood unknown-unicast-flood
/interface/bridge/vlan: bridge comment disabled tagged untagged vlan-ids
/interface/pppoe-client: ac-name add-default-route allow comment default-route-distance dial-on-demand disabled host-uniq interface keepalive-timeout max-mru max-mtu mrru name password profile service-name use-peer-dns user
/interface/vrrp: arp authentication comment disabled interface interval mtu name on-backup on-master password preemption-mode priority sync-connection-tracking v3-protocol version vrid
/ip/address: address broadcast comment disabled interface netmask network
/ip/firewall/address-list: address comment disabled list timeout
/ip/firewall/filter: action address-list address-list-timeout chain comment connection-state disabled dst-address dst-address-list dst-port in-interface in-interface-list jump-target limit log log-prefix out-interface out-interface-list place-before protocol reject-with src-address src-address-list src-port
/ip/dhcp-client: add-default-route comment default-route-distance dhcp-options disabled interface script use-peer-dns use-peer-ntp
/ip/dhcp-server: add-arp address-pool allow-dual-stack-queue always-broadcast authoritative bootp-lease-time bootp-support client-mac-limit comment conflict-detection delay-threshold dhcp-option-set disabled insert-queue-before interface lease-script lease-time name relay src-address use-framed-as-classless use-radius
/ip/dhcp-server/network: address boot-file-name caps-manager comment dhcp-option dhcp-option-set dns-none dns-server domain gateway netmask next-server ntp-server wins-server
/ip/dns/static: address cname comment disabled forward-to mx-exchange mx-preference name ns regexp srv-port srv-priority srv-target srv-weight text ttl type
/ip/firewall/mangle: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-nat-state connection-rate connection-state connection-type content disabled dscp dst-address dst-address-list dst-address-type dst-limit dst-port fragment hotspot icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list ingress-priority ipsec-policy ipv4-options jump-target layer7-protocol limit log log-prefix new-connection-mark new-dscp new-mss new-packet-mark new-priority new-routing-mark new-ttl nth out-bridge-port out-bridge-port-list out-interface out-interface-list packet-mark packet-size passthrough per-connection-classifier place-before port priority protocol psd random route-dst routing-mark routing-table sniff-id sniff-target sniff-target-port src-address src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time tls-host ttl
/ip/firewall/nat: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-rate connection-type content disabled dscp dst-address dst-address-list dst-address-type dst-limit dst-port fragment hotspot icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list ingress-priority ipsec-policy ipv4-options jump-target layer7-protocol limit log log-prefix nth out-bridge-port out-bridge-port-list out-interface out-interface-list packet-mark packet-size per-connection-classifier place-before port priority protocol psd random routing-mark routing-table same-not-by-dst src-address src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time tls-host to-addresses to-ports ttl
/ip/pool: comment name next-pool ranges
/ip/route/rule: action comment disabled dst-address interface routing-mark src-address table
/ip/route/vrf: comment disabled export-route-targets import-route-targets interfaces route-distinguisher routing-mark
/ip/route: check-gateway comment disabled distance dst-address gateway pref-src routing-mark scope target-scope
/ipv6/address: address advertise comment disabled eui-64 from-pool interface no-dad
/ipv6/firewall/address-list: address comment disabled list timeout
/ipv6/firewall/filter: action address-list address-list-timeout chain comment connection-state disabled dst-address dst-address-list dst-port in-interface in-interface-list jump-target limit log log-prefix out-interface out-interface-list place-before protocol reject-with src-address src-address-list src-port
/ppp/secret: caller-id comment disabled local-address name password profile remote-address routes service
/queue/simple: burst-limit burst-threshold burst-time comment disabled dst limit-at max-limit name packet-marks parent place-before priority queue target time total-limit-at total-max-limit total-queue
/radius: accounting-backup accounting-port address authentication-port called-id comment disabled domain realm secret service src-address timeout
/routing/bgp/instance: as client-to-client-reflection cluster-id comment disabled name redistribute-connected redistribute-ospf redistribute-static router-id routing-table
/routing/bgp/network: comment disabled network synchronize
/routing/bgp/peer: address-families as-override comment default-originate disabled hold-time in-filter instance keepalive-time max-prefix-limit multihop name nexthop-choice out-filter passive remote-address remote-as remote-port remove-private-as route-reflect tcp-md5-key ttl update-source use-bfd
/routing/ospf/area: area-id comment disabled instance name type
/routing/ospf/instance: comment disabled distribute-default name redistribute-bgp redistribute-connected redistribute-static router-id
/routing/ospf/interface: authentication authentication-key comment cost dead-interval disabled hello-interval interface network-type passive priority use-bfd
/routing/ospf/network: area comment disabled network
/snmp/community: addresses authentication-password authentication-protocol comment disabled encryption-password encryption-protocol name read-access security write-access
/system/logging: action disabled prefix topics
/system/logging/action: bsd-syslog disk-file-count disk-file-name disk-lines-per-file disk-stop-on-full email-start-tls email-to memory-lines memory-stop-on-full name remember remote remote-port src-address syslog-facility syslog-severity syslog-time-format target
/system/scheduler: comment disabled interval name on-event policy start-date start-time
/system/script: comment dont-require-permissions name owner policy source
/tool/netwatch: comment disabled down-script host interval timeout up-script
/user: address comment disabled group name password
/user/group: comment name policy skin
`
const SETTINGS = `
/ip/dns: allow-remote-requests cache-max-ttl cache-size max-udp-packet-size query-server-timeout query-total-timeout servers use-doh-server verify-doh-cert
/ip/neighbor:
/ip/neighbor/discovery-settings: discover-interface-list protocol
/ip/service: address certificate disabled name numbers port tls-version
/ip/ssh: allow-none-crypto always-allow-password-login forwarding-enabled host-key-size strong-crypto
/interface: comment disabled l2mtu mtu name numbers
/interface/ethernet: advertise arp auto-negotiation comment disabled full-duplex l2mtu mac-address mtu name numbers speed
/snmp: contact enabled engine-id location src-address trap-community trap-generators trap-interfaces trap-target trap-version
/system/clock: date time time-zone-autodetect time-zone-name
/system/identity: name
/system/note: note show-at-login
/system/ntp/client: enabled primary-ntp secondary-ntp server-dns-names
/system/health:
/system/history:
/system/license:
/system/package:
/system/package/update: channel
/system/resource:
/system/routerboard:
/system/routerboard/settings: auto-upgrade
/system/script/environment: numbers value
/system/script/job:
/system/watchdog: automatic-supout no-ping-delay watch-address watchdog-timer
/tool/e-mail: address from password port start-tls user
/tool/bandwidth-server: allocate-udp-ports-from authenticate enabled max-sessions
/tool/mac-server: allowed-interface-list
/tool/mac-server/mac-winbox: allowed-interface-list
/tool/mac-server/ping: enabled
/tool/romon: enabled id secrets
/ppp/active:
/routing/ospf/neighbor:
/user/aaa: accounting default-group exclude-groups interim-update use-radius
/user/active:
/user/ssh-keys:
/file: contents numbers
/log:
`
/** Menus of these lists have rows, and `get` takes one of them. */
const ROWED =
  /^\/(ip\/(service|neighbor$)|interface|log|ppp|file|user\/(active|ssh)|routing|system\/(package$|history|script))/
const COMMANDS = `
/certificate/import: file-name passphrase
/certificate/sign: ca ca-crl-host name number
/interface/ethernet/monitor: as-value do duration file interval numbers once
/interface/monitor-traffic: aggregate as-value do duration file interface interval once
/ip/firewall/filter/move: destination numbers
/ip/firewall/filter/reset-counters: numbers
/file/remove: numbers
/ppp/active/remove: numbers
/system/reboot:
/tool/e-mail/send: body cc file from password port server start-tls subject tls to user
/system/shutdown:
/system/script/environment/remove: numbers
/system/script/job/remove: numbers
/system/script/run: number
/system/package/update/check-for-updates: as-value duration once
/tool/fetch: address as-value ascii check-certificate dst-path duration host http-data http-header-field http-method keep-result mode output password port src-address src-path upload url user
/user/ssh-keys/import: public-key-file user
/user/ssh-keys/remove: numbers
/ping: address arp-ping count do-not-fragment dscp interface interval routing-table size src-address ttl
/log/debug: message
/log/error: message
/log/info: message
/log/warning: message
/terminal/inkey: timeout
/beep: frequency length
/delay: delay-time
/do: command if on-error while
/environment/print:
/error: message
/execute: file script
/export: compact file hide-sensitive terse verbose
/find: from in key
/for: counter do from step to
/foreach: counter do in
/global: do name value
/if: condition do else
/import: file-name verbose
/len: value
/local: do name value
/nothing:
/parse: value
/pick: begin counter end
/put: message
/quit:
/redo:
/resolve: domain-name server server-port
/return: value
/set: do name value
/time: command
/toarray: value
/tobool: value
/toid: value
/toip: value
/toip6: value
/tonum: value
/tostr: value
/totime: value
/typeof: value
/undo:
/while: condition do
`
/** Exists on a router of v6, without further details here. */
const OUTSIDE = `
/caps-man /console /disk /driver /partitions /port /special-login /store /interface/bridge/filter
/interface/bridge/nat /interface/eoip /interface/gre /interface/ipip /interface/l2tp-client /interface/l2tp-server
/interface/ovpn-client /interface/ovpn-server /interface/ppp-client /interface/pppoe-server /interface/pptp-client
/interface/pptp-server /interface/sstp-client /interface/sstp-server /interface/vpls /interface/wireless /interface/lte
/interface/6to4 /interface/traffic-eng /interface/virtual-ethernet /interface/mesh /ip/accounting /ip/arp /ip/cloud
/ip/dhcp-relay /ip/dns/cache /ip/firewall/calea /ip/firewall/connection /ip/firewall/layer7-protocol
/ip/firewall/raw /ip/firewall/service-port /ip/hotspot /ip/ipsec /ip/kid-control /ip/packing
/ip/proxy /ip/settings /ip/smb /ip/socks /ip/ssh/export-host-key /ip/tftp /ip/traffic-flow /ip/upnp
/ipv6/dhcp-client /ipv6/dhcp-server /ipv6/firewall/mangle /ipv6/firewall/raw /ipv6/nd /ipv6/neighbor /ipv6/pool /ipv6/route /ipv6/settings
/mpls /ppp/aaa /ppp/profile /queue/interface /queue/tree /queue/type /radius/incoming /routing/bfd /routing/bgp/advertisements
/routing/bgp/aggregate /routing/bgp/vpnv4-route /routing/filter /routing/mme /routing/ospf-v3 /routing/pim /routing/igmp-proxy /routing/rip
/routing/prefix-lists /routing/ospf/lsa /routing/ospf/route /routing/ospf/nbma-neighbor /routing/ospf/virtual-link /system/backup
/system/console /system/default-configuration /system/gps /system/hardware /system/leds /system/ntp/server /system/ports
/system/reset-configuration /system/resource/cpu /system/resource/irq /system/resource/pci /system/resource/usb /system/routerboard/upgrade
/system/sup-output /system/upgrade /system/ups /certificate/scep-server /certificate/settings /certificate/export-certificate
/tool/bandwidth-test /tool/dns-update /tool/flood-ping /tool/graphing /tool/ip-scan /tool/mac-scan /tool/mac-telnet
/tool/netwatch/reset /tool/ping-speed /tool/profile /tool/sms /tool/sniffer /tool/speed-test /tool/torch /tool/traceroute
/tool/traffic-generator /tool/traffic-monitor /tool/wol /tr069-client /user-manager
`
/** The arguments an `add` requires. */
const NEEDED = `
/interface/list: name
/interface/list/member: interface list
/interface/vlan: interface vlan-id
/ip/address: address interface
/ip/firewall/address-list: list
/ip/firewall/filter: chain
/ip/firewall/mangle: chain
/ip/firewall/nat: chain
/ipv6/firewall/address-list: list
/ipv6/firewall/filter: chain
/ppp/secret: name
/system/logging/action: name target
/tool/netwatch: host
/user: name group
/user/group: name
`
const PRINT =
  "as-value brief count-only detail file follow from interval terse value-list where without-paging"

const lines = (table: string): readonly (readonly [path: string, names: string])[] =>
  table
    .trim()
    .split("\n")
    .map((line) => {
      const [path = "", names = ""] = line.split(":")
      return [path, names.trim()] as const
    })

const named = (names: string): ReadonlyMap<string, string> =>
  new Map(
    names
      .split(" ")
      .flatMap((name) =>
        name === "" ? [] : [[name, /^(on-event|.*-script)$/.test(name) ? "script" : ""] as const],
      ),
  )

type Row = readonly [path: string, args: ReadonlyMap<string, string>]
const rowsOf = (): readonly Row[] => {
  const list = ([path, names]: readonly [string, string]): readonly Row[] => [
    [`${path}/add`, named(`${names} copy-from`)],
    [`${path}/set`, named(`${names} numbers`)],
    ...["remove", "enable", "disable"].map((verb): Row => [`${path}/${verb}`, named("numbers")]),
    [`${path}/comment`, named("comment numbers")],
    [`${path}/unset`, named("numbers value-name")],
    [`${path}/edit`, named("number value-name")],
    ...reading(path, "number value-name"),
  ]
  const reading = (path: string, get: string): readonly Row[] => [
    [`${path}/get`, named(get)],
    [`${path}/find`, named("where")],
    [`${path}/print`, named(PRINT)],
    [`${path}/export`, named("compact file hide-sensitive terse verbose")],
  ]
  const setting = ([path, names]: readonly [string, string]): readonly Row[] => [
    ...(names === "" ? [] : [[`${path}/set`, named(names)] as const]),
    ...(names.includes("numbers")
      ? ["enable", "disable"].map((verb): Row => [`${path}/${verb}`, named("numbers")])
      : []),
    ...reading(path, ROWED.test(path) ? "number value-name" : "value-name"),
  ]
  return [
    ...lines(LISTS).flatMap(list),
    ...lines(SETTINGS).flatMap(setting),
    ...lines(COMMANDS).map(([path, names]): Row => [path, named(names)]),
  ]
}

export const isOfV6 = (release: string): boolean => release.startsWith("6.")

export const v6 = (name: string): Release => ({
  name,
  menus: menusOf(rowsOf(), OUTSIDE.trim().split(/\s+/)),
  required: new Map(
    lines(NEEDED).map(([path, names]) => [
      `${path}/add`,
      { names: names.split(" "), isAnyEnough: false, message: "" },
    ]),
  ),
  isProven: false,
})
