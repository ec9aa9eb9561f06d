/** Made by make.ts; shape.ts describes the format. */
export const ROWS = `
/interface/wifi
comment[7.13.5-] disable[7.13.5-] edit[7.13.5-] enable[7.13.5-] export[7.13.5-] monitor[7.13.5-] remove[7.13.5-] unset[7.13.5-]
add[7.13.5-]: aaa aaa.called-format aaa.calling-format aaa.interim-update aaa.mac-caching aaa.nas-identifier aaa.password-format
  aaa.username-format arp arp-timeout channel channel.afc[7.24] channel.band channel.deprioritize-unii-3-4[7.20.8-]
  channel.frequency channel.preamble-puncturing[7.22.1-] channel.reselect-interval[7.16.2-] channel.reselect-time[7.20.8-]
  channel.secondary-frequency channel.skip-dfs-channels channel.width comment configuration configuration.antenna-gain
  configuration.beacon-interval configuration.chains configuration.country configuration.distance[7.14.3-]
  configuration.dtim-period configuration.hide-ssid configuration.hw-protection-mode[7.22.1-] configuration.installation[7.17.1-]
  configuration.manager configuration.max-clients[7.18.2-] configuration.mode configuration.multicast-enhance
  configuration.qos-classifier configuration.ssid configuration.station-roaming[7.17.1-] configuration.tx-chains
  configuration.tx-power copy-from datapath datapath.bridge datapath.bridge-cost datapath.bridge-horizon datapath.client-isolation
  datapath.interface-list datapath.openflow-switch[7.20.8-] datapath.traffic-processing[7.20.8-] datapath.vlan-id
  disable-running-check disabled interworking interworking.3gpp-info interworking.3gpp-info-raw[7.22.1-]
  interworking.authentication-types interworking.connection-capabilities interworking.domain-names interworking.esr
  interworking.hessid interworking.hotspot20 interworking.hotspot20-dgaf interworking.internet interworking.ipv4-availability
  interworking.ipv6-availability interworking.network-type interworking.operational-classes interworking.operator-names
  interworking.realms interworking.realms-raw[7.22.1-] interworking.roaming-ois interworking.uesa interworking.venue
  interworking.venue-names interworking.wan-at-capacity interworking.wan-downlink interworking.wan-downlink-load
  interworking.wan-measurement-duration interworking.wan-status interworking.wan-symmetric interworking.wan-uplink
  interworking.wan-uplink-load l2mtu mac-address master-interface mld-interface[7.22.1-] mld-name[7.22.1-] mtu name radio-mac
  security security.authentication-types security.beacon-protection[7.22.1-] security.connect-group security.connect-priority
  security.dh-groups security.disable-pmkid security.eap-accounting security.eap-anonymous-identity security.eap-certificate-mode
  security.eap-methods security.eap-password security.eap-tls-certificate security.eap-username security.encryption security.ft
  security.ft-mobility-domain security.ft-nas-identifier security.ft-over-ds security.ft-preserve-vlanid
  security.ft-r0-key-lifetime security.ft-reassociation-deadline security.group-encryption security.group-key-update
  security.management-encryption security.management-protection security.multi-passphrase-group[7.17.1-]
  security.owe-transition-interface security.passphrase security.sae-anti-clogging-threshold security.sae-max-failure-rate
  security.sae-pwe security.wps steering steering.2g-probe-delay[7.18.2-] steering.neighbor-group steering.rrm
  steering.transition-request-count[7.22.1-] steering.transition-request-period[7.22.1-] steering.transition-threshold[7.22.1-]
  steering.transition-threshold-time[7.22.1-] steering.transition-time[7.22.1-] steering.wnm
devel[7.13.5-]: as-value duration freeze-frame-interval mode number without-paging
find[7.13.5-]~ values[7.16.2-]
flat-snoop[7.13.5-]: as-value duration filter-type freeze-frame-interval number proplist[7.16.2-] without-paging
frequency-scan[7.13.5-]: as-value duration freeze-frame-interval frequency number proplist[7.16.2-] rounds save-file
  without-paging
get[7.13.5-]~ values[7.16.2-]
liberate[7.22.1-]: numbers
print[7.13.5-]~ config[7.16.2-] oid[7.17.1-] show-sensitive[7.22.1-] -value-list
reset[7.13.5-]^
reset-mac-address[7.17.1-]: numbers
roam[7.17.1-]: addr as-value number
scan[7.13.5-]: as-value duration freeze-frame-interval frequency number proplist[7.16.2-] rounds save-file without-paging
set[7.13.5-]^
sniffer[7.13.5-]: as-value duration filter freeze-frame-interval number pcap-file pcap-size-limit proplist[7.16.2-] show-frame
  stream-address:d[7.13.5-7.20.8] stream-address[7.22.1-] stream-rate without-paging
spectral-history[7.16.2-]: data duration freeze-frame-interval[7.22.1-] interval number proplist[7.22.1-] range resolution
  show-interference
spectral-scan[7.16.2-]: as-value data duration freeze-frame-interval number peak-hold-duration peak-mode proplist range resolution
  show-interference without-paging
wps-client[7.13.5-]: as-value create-profile dpp-uri[7.22.1-] duration file freeze-frame-interval[7.22.1-] interval mac-address
  number proplist[7.20.8-] ssid without-paging
wps-push-button[7.13.5-]: numbers
any[7.13.5-7.20.8] master-interface radio-mac | failure: must specify exactly one of radio-mac, master-interface and mld-name
any[7.22.1-] master-interface mld-name radio-mac | failure: must specify exactly one of radio-mac, master-interface or mld-name
outside aaa[7.13.5-] access-list[7.13.5-] actual-configuration[7.13.5-7.14.3] cap[7.13.5-] capsman[7.13.5-] channel[7.13.5-]
  configuration[7.13.5-] datapath[7.13.5-] interworking[7.13.5-] network[7.22.1-] provisioning[7.13.5-] radio[7.13.5-]
  registration-table[7.13.5-] security[7.13.5-] steering[7.13.5-]

/interface/wifiwave2
comment[-7.12.2] disable[-7.12.2] edit[-7.12.2] enable[-7.12.2] export[-7.12.2] find[-7.12.2] get[-7.12.2] monitor[-7.12.2]
  remove[-7.12.2] unset[-7.12.2]
add[-7.12.2]: aaa aaa.called-format aaa.calling-format aaa.interim-update aaa.mac-caching aaa.nas-identifier aaa.password-format
  aaa.username-format arp arp-timeout channel channel.band channel.frequency channel.secondary-frequency channel.skip-dfs-channels
  channel.width comment configuration configuration.antenna-gain configuration.beacon-interval configuration.chains
  configuration.country configuration.dtim-period configuration.hide-ssid configuration.manager configuration.mode
  configuration.multicast-enhance[7.12.2] configuration.qos-classifier[7.12.2] configuration.rrm[-7.10.2] configuration.ssid
  configuration.tx-chains configuration.tx-power copy-from datapath datapath.bridge datapath.bridge-cost datapath.bridge-horizon
  datapath.client-isolation datapath.interface-list datapath.openflow-switch datapath.vlan-id disable-running-check disabled
  interworking interworking.3gpp-info interworking.authentication-types interworking.connection-capabilities
  interworking.domain-names interworking.esr interworking.hessid interworking.hotspot20 interworking.hotspot20-dgaf
  interworking.internet interworking.ipv4-availability interworking.ipv6-availability interworking.network-type
  interworking.operational-classes interworking.operator-names interworking.realms interworking.roaming-ois interworking.uesa
  interworking.venue interworking.venue-names interworking.wan-at-capacity interworking.wan-downlink
  interworking.wan-downlink-load interworking.wan-measurement-duration interworking.wan-status interworking.wan-symmetric
  interworking.wan-uplink interworking.wan-uplink-load l2mtu mac-address master-interface mtu name radio-mac[7.12.2] security
  security.authentication-types security.connect-group[7.12.2] security.connect-priority[7.12.2] security.dh-groups
  security.disable-pmkid security.eap-accounting security.eap-anonymous-identity security.eap-certificate-mode
  security.eap-methods security.eap-password security.eap-tls-certificate security.eap-username security.encryption security.ft
  security.ft-mobility-domain security.ft-nas-identifier security.ft-over-ds security.ft-preserve-vlanid
  security.ft-r0-key-lifetime security.ft-reassociation-deadline security.group-encryption security.group-key-update
  security.management-encryption security.management-protection security.owe-transition-interface security.passphrase
  security.sae-anti-clogging-threshold security.sae-max-failure-rate security.sae-pwe security.wps steering[7.12.2]
  steering.neighbor-group[7.12.2] steering.rrm[7.12.2] steering.wnm[7.12.2]
devel[-7.12.2]: as-value duration freeze-frame-interval mode number without-paging
frequency-scan[-7.12.2]: as-value duration freeze-frame-interval frequency number rounds save-file without-paging
print[-7.12.2]~ -value-list
reset[-7.12.2]^
scan[-7.12.2]: as-value duration freeze-frame-interval frequency number rounds save-file without-paging
set[-7.12.2]^
sniffer[-7.12.2]: as-value duration filter[7.12.2] freeze-frame-interval number pcap-file pcap-size-limit show-frame[7.12.2]
  stream-address:d stream-rate without-paging
wps-client[-7.12.2]: as-value create-profile duration file interval mac-address number ssid without-paging
wps-push-button[-7.12.2]: numbers
outside aaa[-7.12.2] access-list[-7.12.2] actual-configuration[-7.12.2] cap[-7.12.2] capsman[-7.12.2] channel[-7.12.2]
  configuration[-7.12.2] datapath[-7.12.2] interworking[-7.12.2] provisioning[-7.12.2] radio[-7.12.2] registration-table[-7.12.2]
  security[-7.12.2] steering[7.12.2]

/interface/wireguard
comment disable edit enable export find get remove
add: comment copy-from disabled listen-port mtu name private-key vrf[7.22.1-]
print~ -brief show-sensitive[7.22.1-]
reset^
set^
wg-export[7.12.2-]: as-value file number
wg-import[7.12.2-]: as-value config-file[7.20.8-] config-string[7.20.8-] file[7.12.2-7.18.2]

/interface/wireguard/peers
comment disable edit enable export find get move remove
add: allowed-address:d[-7.20.8] allowed-address[7.22.1-] client-address:d[7.12.2-7.20.8] client-address[7.22.1-]
  client-allowed-address[7.22.1-] client-dns:d[7.12.2-7.20.8] client-dns[7.22.1-] client-endpoint:d[7.12.2-7.20.8]
  client-endpoint[7.22.1-] client-keepalive[7.12.2-] client-listen-port[7.12.2-] comment copy-from disabled
  endpoint-address:d[-7.20.8] endpoint-address[7.22.1-] endpoint-port interface is-responder[7.16.2] name[7.16.2-]
  persistent-keepalive place-before preshared-key private-key[7.12.2-] public-key responder[7.17.1-]
print~ show-sensitive[7.22.1-]
reset^ -place-before
set^ -place-before
show-client-config[7.12.2-]: as-value file number show-sensitive[7.22.1-]
need interface allowed-address

/ip
export
recursive-print[7.20.8-]:
outside arp dhcp-relay hotspot ipsec kid-control media[7.16.2-] nat-pmp[7.13.5-] packing proxy reverse-proxy[7.22.1-] settings smb
  socks socksify[7.20.8-] tftp traffic-flow upnp

/ip/address
comment disable edit enable export find get print remove
add: address broadcast comment copy-from disabled interface netmask network
reset^
set^
need address interface

/ip/cloud
export
edit~ -number
force-update:
get~ -number
print: as-value comments[7.22.1-] file interval show-sensitive[7.22.1-] without-paging
reset[7.22.1-]: ddns-enabled ddns-update-interval update-time
set: ddns-enabled ddns-update-interval update-time
outside advanced

/ip/dhcp-client
edit export find get
add: add-default-route allow-reconfigure[7.20.8-] check-gateway[7.20.8-] comment copy-from default-route-distance
  default-route-tables[7.18.2-] dhcp-options disabled dscp[7.20.8-] interface name[7.22.1-] script use-broadcast[7.20.8-]
  use-peer-dns use-peer-ntp vlan-priority[7.20.8-]
comment: comment numbers:d
disable: numbers:d
enable: numbers:d
print~ -from from:d
release: numbers:d
remove: numbers:d
renew: numbers:d
reset^ -numbers numbers:d
set^ -numbers numbers:d
unset~ -numbers numbers:d
need interface
outside option

/ip/dhcp-server
comment disable edit enable export find get print remove
add: add-arp add-dns[7.23rc1] add-dns-entries[7.24] add-dns-entries-suffix[7.24] add-dns-suffix[7.23rc1] address-lists[7.17.1-]
  address-pool allow-dual-stack-queue always-broadcast authoritative bootp-lease-time bootp-support client-mac-limit comment
  conflict-detection copy-from delay-threshold dhcp-option-set disabled dynamic-lease-identifiers[7.22.1-] insert-queue-before
  interface lease-script lease-time name parent-queue relay server-address support-broadband-tr101[7.22.1-]
  use-framed-as-classless use-radius use-reconfigure[7.20.8-]
reset^
set^
setup:
need interface
outside alert config matcher option

/ip/dhcp-server/lease
comment disable edit enable export find get remove unset
add: address address-lists agent-circuit-id[7.22.1-] agent-remote-id[7.22.1-] allow-dual-stack-queue always-broadcast block-access
  client-id comment copy-from dhcp-option dhcp-option-set disabled insert-queue-before lease-time mac-address parent-queue
  queue-type rate-limit routes server use-src-mac
check-status: numbers
make-static: numbers
print~ active
reset^
send-reconfigure[7.20.8-]: numbers
set^
any[-7.20.8] client-id mac-address | failure: mac-address or client-id must be present
any[7.22.1-] agent-circuit-id agent-remote-id client-id mac-address | failure: mac-address or client-id or agent-remote-id or
  agent-circuit-id must be present

/ip/dhcp-server/network
comment edit export find get print remove unset
add: address boot-file-name caps-manager comment copy-from dhcp-option dhcp-option-set dns-none dns-server domain gateway netmask
  next-server ntp-none[7.20.8-] ntp-server wins-server
reset^
set^

/ip/dns
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: address-list-extra-time allow-remote-requests cache-max-ttl cache-size doh-max-concurrent-queries
  doh-max-server-connections doh-timeout max-concurrent-queries max-concurrent-tcp-sessions max-udp-packet-size mdns-repeat-ifaces
  query-server-timeout query-total-timeout servers use-doh-server verify-doh-cert vrf
set: address-list-extra-time[7.10.2-] allow-remote-requests cache-max-ttl cache-size doh-max-concurrent-queries
  doh-max-server-connections doh-timeout max-concurrent-queries max-concurrent-tcp-sessions max-udp-packet-size
  mdns-repeat-ifaces[7.16.2-] query-server-timeout query-total-timeout servers use-doh-server verify-doh-cert vrf[7.16.2-]
outside adlist[7.16.2-] cache forwarders[7.17.1-]

/ip/dns/static
comment disable edit enable export find get move print remove
add: address address-list cname comment copy-from disabled forward-to match-subdomain mx-exchange mx-preference name ns
  place-before regexp srv-port srv-priority srv-target srv-weight text ttl type
reset^ -place-before
set^ -place-before
any name regexp | failure: name or regexp required

/ip/firewall
export
outside calea layer7-protocol service-port

/ip/firewall/address-list
comment disable edit enable export find get print remove
add: address comment copy-from disabled dynamic list timeout
reset^
set^
need list

/ip/firewall/connection
export find get remove
print~ -follow follow[-7.20.8] -follow-only follow-only[-7.20.8]
outside tracking

/ip/firewall/filter
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-nat-state
  connection-rate connection-state connection-type content copy-from disabled dscp dst-address dst-address-list dst-address-type
  dst-limit dst-port fragment hotspot hw-offload[-7.20.8] icmp-options in-bridge-port in-bridge-port-list in-interface
  in-interface-list ingress-priority ipsec-policy ipv4-options jump-target layer7-protocol limit log log-prefix nth
  out-bridge-port out-bridge-port-list out-interface out-interface-list p2p packet-mark packet-size per-connection-classifier
  place-before port priority protocol psd random realm reject-with routing-mark src-address src-address-list src-address-type
  src-mac-address src-port tcp-flags tcp-mss time tls-host tos[7.22.1-] ttl
print~ all -brief chain dynamic static stats
reset^ -place-before
set^ -place-before
need chain

/ip/firewall/mangle
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-nat-state
  connection-rate connection-state connection-type content copy-from disabled dscp dst-address dst-address-list dst-address-type
  dst-limit dst-port fragment hotspot icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list
  ingress-priority ipsec-policy ipv4-options jump-target layer7-protocol limit log log-prefix new-connection-mark new-dscp new-mss
  new-packet-mark new-priority new-routing-mark new-ttl nth out-bridge-port out-bridge-port-list out-interface out-interface-list
  p2p packet-mark packet-size passthrough per-connection-classifier place-before port priority protocol psd random realm route-dst
  routing-mark sniff-id sniff-target sniff-target-port src-address src-address-list src-address-type src-mac-address src-port
  tcp-flags tcp-mss time tls-host tos[7.22.1-] ttl
print~ all -brief chain dynamic static stats
reset^ -place-before
set^ -place-before
need chain

/ip/firewall/nat
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: action address-list address-list-timeout chain comment connection-bytes connection-limit connection-mark connection-rate
  connection-type content copy-from disabled dscp dst-address dst-address-list dst-address-type dst-limit dst-port fragment
  hotspot icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list ingress-priority ipsec-policy
  ipv4-options jump-target layer7-protocol limit log log-prefix nth out-bridge-port out-bridge-port-list out-interface
  out-interface-list packet-mark packet-size per-connection-classifier place-before port priority protocol psd random
  randomise-ports[7.10.2-] realm routing-mark same-not-by-dst socks5-port[7.20.8-] socks5-server[7.20.8-]
  socksify-service[7.20.8-] src-address src-address-list src-address-type src-mac-address src-port tcp-mss time tls-host[-7.14.3]
  to-addresses to-ports tos[7.22.1-] ttl
print~ all -brief chain dynamic static stats
reset^ -place-before
set^ -place-before
need chain

/ip/firewall/raw
comment disable edit enable export find get move remove reset-counters reset-counters-all unset
add: action address-list address-list-timeout chain comment content copy-from disabled dscp dst-address dst-address-list
  dst-address-type dst-limit dst-port fragment hotspot icmp-options in-bridge-port in-bridge-port-list in-interface
  in-interface-list ingress-priority ipsec-policy ipv4-options jump-target limit log log-prefix nth out-bridge-port
  out-bridge-port-list out-interface out-interface-list packet-mark packet-size per-connection-classifier place-before port
  priority protocol psd random src-address src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time
  tls-host tos[7.22.1-] ttl
print~ all -brief chain dynamic static stats
reset^ -place-before
set^ -place-before
need chain

/ip/neighbor
export find get unset[7.20.8-]
print~ oid
outside lldp[7.23rc1-]
`
