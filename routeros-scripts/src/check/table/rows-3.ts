/** Made by make.ts; shape.ts describes the format. */
export const ROWS = `
/ip/neighbor/discovery-settings
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
set: add-dns-entries[7.23rc1-] add-dns-entries-suffix[7.23rc1-] discover-interface-list discover-interval[7.16.2-]
  dying-gasp[7.24] lldp-mac-phy-config[7.16.2-] lldp-max-frame-size[7.16.2-] lldp-med[7.23rc1-] lldp-med-net-policy-vlan
  lldp-vlan-info[7.16.2-] mode protocol

/ip/pool
comment edit export find get print remove
add: comment copy-from name next-pool ranges
reset^
set^
need ranges
outside used

/ip/route
comment disable edit enable export find get remove unset
add: blackhole check-gateway comment copy-from disabled distance dst-address:d[-7.20.8] dst-address[7.22.1-] gateway:d[-7.12.2]
  gateway[7.13.5-] pref-src:d[-7.20.8] pref-src[7.22.1-] routing-table scope suppress-hw-offload[-7.20.8] target-scope
  vrf-interface
check[7.18.2-]: append as-value do dst-ip duration file freeze-frame-interval[7.22.1-] interval once proplist[7.20.8-] src-ip
  without-paging
print~ stats
reset^
set^

/ip/route/rule

/ip/service
disable edit enable export find get print unset[-7.16.2]
reset: address available-from[7.24] certificate disabled max-sessions[7.16.2-] numbers port tls-version vrf
set: address available-from[7.24] certificate disabled max-sessions[7.16.2-] numbers port tls-version vrf
outside webserver[7.22.1-]

/ip/ssh
export
edit~ -number
export-host-key: key-file-prefix passphrase[7.16.2-]
get~ -number
import-host-key: passphrase[7.16.2-] private-key-file
print: as-value comments[7.22.1-] file interval without-paging
regenerate-host-key:
reset[7.22.1-]: ciphers forwarding-enabled host-key-size host-key-type password-authentication publickey-authentication-options
  strong-crypto
set: allow-none-crypto[-7.16.2] always-allow-password-login[-7.20.8] ciphers[7.17.1-] forwarding-enabled host-key-size
  host-key-type password-authentication[7.22.1-] publickey-authentication-options[7.22.1-] strong-crypto

/ip/vrf
comment disable edit enable export find get move remove
add: comment copy-from disabled interfaces name place-before
print~ -brief
reset^ -place-before
set^ -place-before
need name interfaces

/ipv6
export
recursive-print[7.20.8-]:
outside dhcp-client dhcp-relay dhcp-server nd neighbor pool settings

/ipv6/address
comment disable edit enable export find get print remove
add: address:d advertise auto-link-local[7.18.2-] comment copy-from disabled eui-64 from-pool from-pool-policy[7.23rc1-] interface
  no-dad
reset^
set^
need interface

/ipv6/firewall
export
outside connection mangle nat raw

/ipv6/firewall/address-list
comment disable edit enable export find get print remove
add: address comment copy-from disabled dynamic list timeout
reset^
set^
need list

/ipv6/firewall/filter
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-nat-state
  connection-rate connection-state connection-type content copy-from disabled dscp dst-address dst-address-list dst-address-type
  dst-limit dst-port headers hop-limit icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list
  ingress-priority ipsec-policy jump-target limit log log-prefix nth out-bridge-port out-bridge-port-list out-interface
  out-interface-list packet-mark packet-size per-connection-classifier place-before port priority protocol random reject-with
  routing-mark src-address src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time tls-host tos[7.22.1-]
print~ -brief chain[7.14.3-] stats
reset^ -place-before
set^ -place-before
need chain

/ipv6/route
comment disable edit enable export find get remove unset
add: blackhole check-gateway comment copy-from disabled distance dst-address:d[-7.20.8] dst-address[7.22.1-] gateway:d[-7.18.2]
  gateway[7.20.8-] pref-src:d[7.20.8] pref-src[7.22.1-] routing-table scope suppress-hw-offload[7.12.2-7.20.8] target-scope
  vrf-interface
print~ stats
reset^
set^

/log
find get
debug: message
error: message
info: message
print~ -from with-extra-info[7.20.8-]
warning: message

/ppp
export
outside aaa l2tp-secret

/ppp/active
find get print remove
reset: comment numbers

/ppp/profile
comment edit export find get print remove unset
add: address-list bridge bridge-horizon bridge-learning bridge-path-cost bridge-port-priority bridge-port-trusted[7.17.1-]
  bridge-port-vid[7.17.1-] change-tcp-mss comment copy-from dhcpv6-lease-time[7.20.8-] dhcpv6-pd-pool dhcpv6-use-radius[7.20.8-]
  dns-server idle-timeout incoming-filter insert-queue-before interface-list local-address name on-down on-up only-one
  outgoing-filter parent-queue queue-type rate-limit remote-address remote-ipv6-prefix-pool remote-ipv6-prefix-reuse[7.20.8-]
  session-timeout use-compression use-encryption use-ipv6 use-mpls use-upnp wins-server
reset^
set^
need name

/ppp/secret
comment disable edit enable export find get remove unset
add: caller-id comment copy-from disabled ipv6-routes limit-bytes-in limit-bytes-out local-address name password profile
  remote-address remote-ipv6-prefix routes service
print~ show-sensitive[7.22.1-]
reset^
set^
need name

/queue
export
monitor~ -numbers
outside interface tree type

/queue/simple
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: bucket-size burst-limit burst-threshold burst-time comment copy-from disabled dst limit-at max-limit name packet-marks parent
  place-before priority queue target time total-bucket-size total-burst-limit total-burst-threshold total-burst-time
  total-limit-at total-max-limit total-priority total-queue
print~ bytes oid packets rate stats
reset^ -place-before
set^ -place-before
need target

/radius
comment disable edit enable export find get monitor move remove
add: accounting-backup accounting-port address:d[-7.20.8] address[7.22.1-] authentication-port called-id certificate comment
  copy-from disabled domain place-before protocol radsec-timeout[7.20.8-] realm require-message-auth[7.16.2-] secret service
  src-address timeout
print~ show-sensitive[7.22.1-]
reset^ -place-before
reset-counters:
set^ -place-before
need address
outside incoming

/routing
export
discourse: as-value chain dsts:d[-7.20.8] dsts[7.22.1-] raw select
reinstall-fib[-7.18.2]:
outside bfd[7.10.2-] fantasy gmp id igmp-proxy isis[7.13.5-] nexthop pimsm rip route rpki settings[7.12.2-] stats

/routing/bgp
export
outside advertisements evpn[7.20.8-] template vpls vpn

/routing/bgp/connection
comment disable edit enable export find get remove unset
add: add-path-out[-7.20.8] address-families[-7.18.2] afi[7.20.8-] as as-override[7.9.2] cisco-vpls-nlri-len-fmt
  cluster-id[-7.18.2] comment connect copy-from disabled hold-time input.accept-communities input.accept-ext-communities
  input.accept-large-communities input.accept-nlri input.accept-unknown[-7.18.2] input.add-path[7.22.1-] input.affinity
  input.allow-as input.attr-error-handling[7.20.8-] input.filter input.filter-communities[7.20.8-]
  input.filter-ext-communities[7.20.8-] input.filter-large-communities[7.20.8-] input.filter-nlri[7.20.8-]
  input.filter-unknown[7.20.8-] input.ignore-as-path-len[-7.18.2] input.limit-process-routes-ipv4 input.limit-process-routes-ipv6
  instance[7.20.8-] keepalive-time listen local.address:d[-7.18.2] local.address[7.20.8-] local.port local.role local.ttl multihop
  name nexthop-choice output.add-path[7.22.1-] output.affinity output.as-override[7.10.2-] output.default-originate
  output.default-prepend output.filter-chain output.filter-select output.keep-sent-attributes output.network
  output.network-blackhole[7.20.8-] output.no-client-to-client-reflection output.no-early-cut output.redistribute
  output.remove-private-as[7.10.2-] remote.address:d[-7.18.2] remote.address[7.20.8-] remote.allowed-as remote.as remote.port
  remote.ttl remove-private-as[7.9.2] router-id[-7.18.2] routing-table save-to tcp-md5-key templates use-bfd vrf
print~ -brief show-sensitive[7.22.1-]
reset^
set^
need[7.20.8] name instance remote.address local.role
need[7.22.1-] name instance local.role

/routing/bgp/instance
comment[7.20.8-] disable[7.20.8-] edit[7.20.8-] enable[7.20.8-] export[7.20.8-] find[7.20.8-] get[7.20.8-] remove[7.20.8-]
  unset[7.20.8-]
add[7.20.8-]: as cluster-id comment copy-from disabled ignore-as-path-len multipath[7.22.1-] name router-id routing-table vrf
print[7.20.8-]~ -brief
reset[7.20.8-]^
set[7.20.8-]^

/routing/bgp/peer

/routing/bgp/session
find get unset
clear: flag numbers
dump-saved-advertisements: numbers save-to
print~ -brief
refresh: address-family[-7.18.2] afi[7.20.8-] numbers
resend: address-family[-7.18.2] afi[7.20.8-] numbers save-to[-7.23rc1]
stop: numbers

/routing/filter
export
filter-wizard[7.20.8-]: action afi as-value bgp-as-path bgp-as-path-length bgp-atomic-aggregate bgp-communities
  bgp-communities-list-name bgp-communities-match bgp-ext-communities bgp-ext-communities-list-name bgp-ext-communities-match
  bgp-large-communities bgp-large-communities-list-name bgp-large-communities-match bgp-local-origin bgp-local-pref bgp-med
  bgp-origin bgp-out-med bgp-weight blackhole chain distance dst dst-len gateway jump-target-chain match-chain ospf-metric
  ospf-type protocol routing-table rpki rpki-verify scope scope-target set-bgp-communities set-bgp-communities-list
  set-bgp-ext-communities set-bgp-large-communities set-bgp-local-pref set-bgp-med set-bgp-out-med set-bgp-weight set-blackhole
  set-comment set-distance set-gateway:d[7.20.8] set-gateway[7.22.1-] set-gw-check set-scope set-scope-target
  set-suppress-hw-offload[7.20.8] set-use-te-nexthop suppress-hw-offload[7.20.8] use-te-nexthop
sync[7.20.8-]: as-value
test-as-path-regexp: as-path as-value regexp
outside chain community-ext-list community-large-list community-list num-list select-rule

/routing/filter/rule
comment disable edit enable export find get move remove
add: chain comment copy-from disabled place-before rule
print~ -brief -on-event on-event[7.22.1-]
reset^ -place-before
set^ -place-before
need chain

/routing/ospf
export
outside lsa static-neighbor

/routing/ospf/area
comment disable edit enable export find get remove unset
add: area-id comment copy-from default-cost disabled instance name no-summaries nssa-translator type
print~ -brief
reset^
set^
need instance
outside range

/routing/ospf/instance
comment disable edit enable export find get remove unset
add: comment copy-from disabled domain-id:d[-7.20.8] domain-id[7.22.1-] domain-tag in-filter-chain mpls-te-address:d[-7.20.8]
  mpls-te-address[7.22.1-] mpls-te-area name originate-default out-filter-chain out-filter-select redistribute router-id
  routing-table use-dn version vrf
print~ -brief
reset^
set^

/routing/ospf/interface
comment[7.24] disable[7.23rc1-] edit[7.23rc1-] enable[7.23rc1-] export[7.23rc1-] find get remove[7.23rc1-] unset[7.23rc1-]
add[7.23rc1-]: address area auth[7.24] auth-id[7.24] auth-key[7.24] comment[7.24] copy-from cost dead-interval disabled
  hello-interval instance-id interface passive[7.24] priority retransmit-interval transmit-delay type use-bfd vlink-neighbor-id
  vlink-transit-area
print~ -brief show-sensitive[7.24]
reset[7.23rc1-]^
set[7.23rc1-]^
any[7.23rc1-] area | failure: area must be specified

/routing/ospf/interface-template
comment disable edit enable export find get move remove unset
add: area auth auth-id auth-key comment copy-from cost dead-interval disabled hello-interval instance-id interfaces
  networks:d[-7.20.8] networks[7.22.1-] passive place-before prefix-list priority retransmit-interval transmit-delay type
  use-bfd[7.10.2-] vlink-neighbor-id[-7.22.1] vlink-transit-area[-7.22.1]
print~ -brief show-sensitive[7.22.1-]
reset^ -place-before
set^ -place-before
need area

/routing/ospf/neighbor
comment edit find get
print~ -brief
reset: comment numbers
set: comment numbers

/routing/rule
comment disable edit enable export find get move remove unset
add: action chain[7.22.1-] comment copy-from disabled dst-address interface min-prefix place-before realm[7.22.1-] routing-mark
  src-address table vrf[7.22.1-]
print~ -on-event on-event[7.22.1-]
reset^ -place-before
set^ -place-before
`
