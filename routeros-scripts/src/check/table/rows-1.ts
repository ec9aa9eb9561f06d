/** Made by make.ts; shape.ts describes the format. */
export const ROWS = `
* export compact file hide-sensitive path[7.23rc1-] show-sensitive terse verbose where[7.13.5-]
* find where
* edit number value-name
* get as-string[7.12.2-] as-string-value[7.12.2-] number value-name
* print append as-value brief comments[7.22.1-] count-only detail file follow follow-only follow-strict[-7.14.3] from
  group-by[7.17.1-] interval on-event:s[7.22.1-] order-by[7.24] proplist show-ids terse timestamp[7.22.1-] value-list where
  without-paging
* remove numbers
* unset numbers value-name
* comment comment numbers
* disable numbers
* enable numbers
* reset-counters numbers
* monitor append as-value do duration file freeze-frame-interval[7.22.1-] interval numbers once proplist[7.20.8-] without-paging
* move destination numbers
* reset-counters-all

/
export
beep: as-value frequency length
break[7.22.1-]:
continue[7.22.1-]:
convert[7.12.2-]: from from-scheme:d to to-scheme:d transform transform-scheme:d value:d
delay: delay-time
deserialize[7.13.5-]: delimiter[7.16.2-] from options[7.16.2-] value:d
do: command if on-error while
error: message:d
execute: as-string file script
exit[7.22.1-]:
find: from:d in:d key:d
for: counter do from:d on-error[7.20.8-] step:d to:d
foreach: counter do in:d on-error[7.20.8-]
global: do name value:d
grep[7.13.5-]: after as-array before filename pattern script
if: condition do else
import: dry-run[7.16.2-] file-name from-line verbose
jobname[7.12.2-]:
len: value:d
local: do name value:d
lock[7.16.2-]: delay
nothing:
onerror[7.13.5-]: do error in:s
parse: value:d
password: as-value confirm-new-password new-password old-password
pick: begin:d counter:d end:d
ping[-7.22.1]: address arp-ping as-value count do-not-fragment dscp interface interval proplist[7.16.2-7.22.1] size src-address
  ttl vrf without-paging
put: message:d
quit:
range[7.17.1-]: from:d to:d
recursive-print[7.20.8-]:
redo:
resolve: domain-name server:d[-7.20.8] server[7.22.1-] server-port type[7.16.2-]
retry: command delay max on-error
return: value:d
rndnum: from:d to:d
rndstr: from:d length:d
serialize[7.13.5-]: delimiter[7.16.2-] file-name[7.18.2-] options[7.16.2-] order:d[7.16.2-] to value:d
set: do name value:d
time: command
timestamp: use-tz[7.20.8-]
toarray: delimiter[7.22.1-] value:d
tobool: value:d
tocrlf[7.14.3-]: input
toid: value:d
toip: value:d
toip6: value:d
tolf[7.14.3-]: input
tonsec[7.12.2-]: value:d
tonum: value:d
tostr: value:d
totime: value:d
typeof: value:d
undo:
while: condition do
outside app[7.22.1-] caps-man[7.13.5-] console container disk dude iot lora[-7.22.1] mpls openflow[7.20.8-] port
  rsync-daemon[-7.14.3] safe-mode[7.18.2-] special-login task tr069-client user-manager

/certificate
edit export find get remove unset
acme-renew[7.24]: numbers
add: common-name copy-from country days-valid digest-algorithm key-size key-usage locality name organization state
  subject-alt-name trust-store[7.22.1-] trusted unit
add-acme[7.22.1-]: as-value directory-url domain-names eab-key-b64 eab-kid name
add-scep: as-value ca-identity challenge-password name on-smart-card refresh scep-url template
card-reinstall: as-value pin
card-verify: as-value pin
create-certificate-request: append as-value challenge-passphrase do duration file freeze-frame-interval[7.22.1-] interval
  key-passphrase once template unstructured-address[-7.16.2] without-paging
enable-ssl-certificate: append as-value directory-url[7.16.2-] dns-name do duration eab-hmac-key[7.16.2-] eab-kid[7.16.2-] file
  freeze-frame-interval[7.22.1-] interval once reset-private-key[7.16.2-] type[7.16.2-7.18.2] without-paging
export-certificate: export-passphrase file-name numbers type
import: as-value file-name name no-key-export[7.16.2-] passphrase trust-store[7.22.1-] trusted[7.16.2-]
issued-revoke: numbers
print~ active inactive show-sensitive[7.22.1-]
reset^
scep-renew: numbers
set^
sign: append as-value ca ca-crl-host ca-on-smart-card do duration file freeze-frame-interval[7.22.1-] interval name number once
  without-paging
sign-certificate-request: as-value ca days-valid digest-algorithm file-name
any name | failure: At least one field specifying certificate name must be set!
outside builtin[7.20.8-] crl scep-server

/certificate/settings
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: builtin-trust-store crl-download crl-store crl-use current-defaults
set: builtin-trust-anchors[7.20.8] builtin-trust-store[7.22.1-] crl-download crl-store crl-use current-defaults[7.22.1-]

/environment
print:

/file
edit export find get remove
add: contents copy-from[-7.17.1] name type[7.16.2-]
copy[7.23rc1-]: name number
head[7.23rc1-]: as-value n number numbered
print~ list[7.16.2-7.20.8] path[7.18.2-] recursive[7.18.2-] relative[7.18.2-] show-hidden[7.20.8-]
read[7.13.5-]: as-value chunk-size file offset
recursive-print[7.20.8-]:
reset^ -name name[7.13.5-]
set^ -name name[7.13.5-]
tail[7.23rc1-]: as-value n number numbered
need name
outside rsync-daemon[7.16.2-] sync

/interface
edit export find get
blink: numbers:d[-7.13.5] numbers[7.14.3-]
comment: comment numbers:d[-7.13.5] numbers[7.14.3-]
disable: numbers:d[-7.13.5] numbers[7.14.3-]
enable: numbers:d[-7.13.5] numbers[7.14.3-]
monitor-traffic: append as-value do duration file freeze-frame-interval[7.22.1-] interface interval once proplist[7.20.8-]
  without-paging
print~ -from from:d[-7.13.5] from[7.14.3-] oid stats stats-detail
recursive-print[7.20.8-]:
reset: comment disabled l2mtu mtu name numbers:d[-7.13.5] numbers[7.14.3-]
reset-counters: numbers:d[-7.13.5] numbers[7.14.3-]
set: comment disabled l2mtu mtu name numbers:d[-7.13.5] numbers[7.14.3-]
outside 6to4 amt[7.18.2] detect-internet dot1x eoip eoipv6 gre gre6 ipip ipipv6 l2tp-client l2tp-ether l2tp-server lte macsec
  macvlan[7.12.2-] mesh ovpn-client ovpn-server ppp-client ppp-server pppoe-server pptp-client pptp-server sstp-client sstp-server
  veth vpls vxlan wireless[7.13.5-]

/interface/bonding
comment disable edit enable export find get monitor print remove unset
add: arp arp-interval arp-ip-targets arp-timeout comment copy-from disabled down-delay forced-mac-address lacp-mode[7.20.8-]
  lacp-rate lacp-system-id[7.22.1-] lacp-system-priority[7.22.1-] lacp-user-key link-monitoring mii-interval min-links
  mlag-id[-7.16.2,7.22.1-] mode mtu name primary slaves transmit-hash-policy up-delay
monitor-slaves: as-value bond duration freeze-frame-interval once proplist[7.16.2-] without-paging
reset^
set^
any slaves | failure: need at least one slave interface

/interface/bridge
comment disable edit enable export find get monitor print remove unset[7.23rc1-]
add: add-dhcp-option82[-7.22.1] admin-mac ageing-time arp arp-timeout auto-mac comment copy-from dhcp-agent-circuit-id[7.23rc1-]
  dhcp-agent-remote-id[7.23rc1-] dhcp-snooping dhcpv6-agent-circuit-id[7.23rc1-] dhcpv6-agent-remote-id[7.23rc1-]
  dhcpv6-snooping[7.23rc1-] disabled ether-type fast-forward forward-delay forward-reserved-addresses[7.16.2-] frame-types
  igmp-snooping igmp-version ingress-filtering last-member-interval last-member-query-count max-hops max-learned-entries[7.16.2-]
  max-message-age membership-interval mlag-heartbeat[7.22.1-] mlag-peer-port[7.22.1-] mlag-priority[7.22.1-] mld-version mtu
  multicast-querier multicast-router mvrp[7.16.2-] name port-cost-mode[7.13.5-] priority protocol-mode pvid querier-interval
  querier-uses-bridge-address[7.24] query-interval query-response-interval ra-guard[7.22.1-] region-name region-revision
  startup-query-count startup-query-interval transmit-hold-count vlan-filtering
reset^
set^
outside calea filter host mdb msti nat port-controller[-7.17.1] port-extender[-7.17.1] settings

/interface/bridge/port
comment disable edit enable export find get monitor move remove unset[7.13.5-]
add: auto-isolate bpdu-guard bridge broadcast-flood comment copy-from disabled edge fast-leave frame-types horizon hw
  ingress-filtering interface internal-path-cost learn multicast-router mvrp-applicant-state[7.16.2-]
  mvrp-registrar-state[7.16.2-] path-cost place-before point-to-point priority pvid restricted-role restricted-tcn tag-stacking
  trusted trusted-dhcpv6[7.23rc1-] trusted-ra[7.22.1-] unknown-multicast-flood unknown-unicast-flood
print~ debug stats
reset^ -place-before
set^ -place-before
need interface bridge
outside mst-override

/interface/bridge/vlan
comment disable edit enable export find get remove
add: bridge comment copy-from disabled mvrp-forbidden[7.16.2-] tagged untagged vlan-ids
print~ debug[7.14.3]
reset^
set^
need bridge vlan-ids
outside mvrp[7.16.2-]

/interface/ethernet
edit export find get
blink: numbers:d
cable-test: append as-value do duration file freeze-frame-interval[7.22.1-] interval numbers:d once proplist[7.20.8-]
  without-paging
comment: comment numbers:d
disable: numbers:d
enable: numbers:d
monitor~ -numbers numbers:d
print~ -from from:d stats stats-detail
reset: advertise arp arp-timeout auto-negotiation cable-settings combo-mode comment disable-running-check disabled fec-mode
  full-duplex[-7.10.2] l2mtu loop-protect loop-protect-disable-time loop-protect-send-interval mac-address mdix-enable mtu name
  numbers:d orig-mac-address rx-flow-control sfp-ignore-rx-los[7.16.2-] sfp-rate-select sfp-shutdown-temperature speed
  tx-flow-control
reset-counters: numbers:d
reset-mac-address: numbers:d
set: advertise arp arp-timeout auto-negotiation cable-settings combo-mode comment disable-running-check disabled fec-mode
  full-duplex[-7.10.2] l2mtu loop-protect loop-protect-disable-time loop-protect-send-interval mac-address mdix-enable mtu name
  numbers:d orig-mac-address rx-flow-control sfp-ignore-rx-los[7.16.2-] sfp-rate-select sfp-shutdown-temperature speed
  tx-flow-control
unset~ -numbers numbers:d

/interface/list
comment edit export find get print remove
add: comment copy-from exclude include name
reset^
set^
need name

/interface/list/member
comment disable edit enable export find get print remove
add: comment copy-from disabled interface list
reset^
set^
need list interface

/interface/pppoe-client
comment disable edit enable export find get monitor remove unset
add: ac-name add-default-route allow comment copy-from default-route-distance dial-on-demand disabled host-uniq interface
  keepalive-timeout max-mru max-mtu mrru name password profile service-name use-peer-dns user
print~ show-sensitive[7.22.1-]
reset^
scan: as-value duration freeze-frame-interval interface proplist[7.16.2-] without-paging
set^
any interface | failure: no interfaces provided

/interface/vlan
comment disable edit enable export find get print remove
add: arp arp-timeout comment copy-from disabled interface loop-protect loop-protect-disable-time loop-protect-send-interval mtu
  mvrp[7.16.2-] name use-service-tag vlan-id
reset^
set^
need vlan-id interface

/interface/vrrp
comment disable edit enable export find get remove
add: arp arp-timeout authentication comment connection-tracking-mode[7.20.8-] connection-tracking-port[7.20.8-] copy-from disabled
  group-authority[7.10.2-] group-master interface interval mtu[-7.18.2] name on-backup on-fail on-master password preemption-mode
  priority remote-address sync-connection-tracking v3-checksum-as-v2[7.24] v3-protocol version vrid
print~ show-sensitive[7.22.1-]
reset^
set^
need interface
`
