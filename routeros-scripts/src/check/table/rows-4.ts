/** Made by make.ts; shape.ts describes the format. */
export const ROWS = `
/routing/table
edit export find get
add: comment copy-from disabled fib name
comment: comment numbers:d
disable: numbers:d
enable: numbers:d
print~ -brief -from from:d
remove: numbers:d
reset^ -numbers numbers:d
set^ -numbers numbers:d
unset~ -numbers numbers:d

/snmp
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: contact enabled engine-id-suffix location src-address trap-community trap-generators trap-interfaces
  trap-target:d[7.22.1-7.23rc1] trap-target[7.24] trap-version vrf
send-trap: oid type value
set: contact enabled engine-id[7.9.2] engine-id-suffix[7.10.2-] location src-address trap-community trap-generators
  trap-interfaces trap-target:d[-7.23rc1] trap-target[7.24] trap-version vrf

/snmp/community
edit export find get
add: addresses authentication-password authentication-protocol comment copy-from disabled encryption-password encryption-protocol
  name read-access security write-access
comment: comment numbers:d
disable: numbers:d
enable: numbers:d
print~ -from from:d show-sensitive[7.22.1-]
remove: numbers:d
reset^ -numbers numbers:d
set^ -numbers numbers:d

/system
export
check-disk:
check-installation: append as-value do duration file freeze-frame-interval[7.22.1-] interval once without-paging
reboot:
recursive-print[7.20.8-]:
reset-configuration: caps-mode force-v6-to-v7-configuration-upgrade keep-apps[7.22.1-] keep-users no-defaults run-after-reset
  shutdown skip-backup
serial-terminal: channel port write[7.20.8-]
shell[7.20.8-]:
shutdown:
ssh: address command output-to-file port src-address user vrf
ssh-exec: address as-value command output-to-file password[7.17.1-] port src-address user vrf
sup-output: append as-value do duration freeze-frame-interval[7.22.1-] interval name once output-width[7.17.1-] without-paging
telnet: address port vrf
outside backup console default-configuration gps hardware[-7.18.2] health keymat-provider[7.24] leds regulatory[7.23rc1-]
  rtrace[7.13.5-] upgrade[-7.16.2] ups

/system/clock
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: date time time-zone-autodetect time-zone-name
set: date time time-zone-autodetect time-zone-name
outside manual

/system/device-mode
export[7.22.1-]
get~ -number values[7.17.1-]
print: as-value comments[7.22.1-] config[7.17.1-] file interval without-paging
update: activation-timeout append as-value authorized-public-key-hash[7.17.1-7.20.8] bandwidth-test container do duration email
  fetch file flagged flagging-enabled freeze-frame-interval[7.22.1-] hotspot install-any-version[7.17.1-] interval ipsec l2tp mode
  once partitions[7.17.1-] pptp proxy romon routerboard[7.17.1-] scheduler smb sniffer socks traffic-gen without-paging zerotier

/system/history
find get
print~ -from

/system/identity
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval oid without-paging
reset[7.22.1-]: name
set: name

/system/license
export[7.22.1-]
generate-new-id:
get~ -number
print: as-value comments[7.22.1-] file interval oid without-paging
renew: account append as-value do duration file freeze-frame-interval[7.22.1-] interval level once password without-paging

/system/logging
comment[7.22.1-] disable edit enable export find get print remove
add: action comment[7.22.1-] copy-from disabled prefix regex[7.17.1-] topics
reset^
set^

/system/logging/action
comment edit export find get remove
add: add-topics-string[7.22.1-] bsd-syslog[-7.17.1] cef-event-delimiter[7.18.2-] check-certificate[7.23rc1-] comment copy-from
  disk-file-count disk-file-name disk-lines-per-file disk-stop-on-full email-cc[7.23rc1-] email-start-tls email-to memory-lines
  memory-stop-on-full name remember remote:d[-7.23rc1] remote[7.24] remote-log-format[7.18.2-] remote-port
  remote-protocol[7.18.2-] script[7.22.1-] src-address:d[-7.23rc1] src-address[7.24] syslog-facility syslog-severity
  syslog-time-format target vrf[7.20.8-]
clear[7.20.8-]: action as-value
print~ -brief
reset^
set^
need name target

/system/note
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval oid without-paging
reset[7.22.1-]: note show-at-cli-login show-at-login
set: note show-at-cli-login[7.14.3-] show-at-login

/system/ntp
export
monitor-peers: as-value duration freeze-frame-interval proplist[7.16.2-] without-paging
outside key

/system/ntp/client
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: enabled mode servers vrf
reset-freq-drift:
set: enabled mode servers:d[-7.20.8] servers[7.22.1-] vrf

/system/ntp/client/servers
comment disable edit enable export find get remove
add: address:d[-7.20.8] address[7.22.1-] auth-key comment copy-from disabled iburst max-poll min-poll
print~ -brief
reset^
set^
need address

/system/ntp/server
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: auth-key broadcast broadcast-addresses enabled local-clock-stratum manycast multicast use-local-clock vrf
set: auth-key broadcast broadcast-addresses enabled local-clock-stratum manycast multicast use-local-clock vrf

/system/package
disable enable export find get print
apply-changes[7.18.2-]: ignore-missing
downgrade:
uninstall: numbers
unschedule: numbers
outside local-update[7.17.1-]

/system/package/update
export
cancel: as-value
check-for-updates: append as-value do duration fetch-changelog[7.22.1-] file freeze-frame-interval[7.22.1-] interval once
  proplist[7.20.8-] without-paging
download: append as-value do duration file freeze-frame-interval[7.22.1-] ignore-missing interval once proplist[7.20.8-]
  without-paging
edit~ -number
get~ -number
install: append as-value do duration file freeze-frame-interval[7.22.1-] ignore-missing interval once proplist[7.20.8-]
  without-paging
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: channel check-certificate[7.23rc1-] ip-version[7.23rc1-] mode[7.23rc1-]
set: channel check-certificate[7.23rc1-] ip-version[7.23rc1-] mode[7.23rc1-]

/system/resource
export
get~ -number
monitor~ -numbers
print: as-value comments[7.22.1-] file interval oid without-paging
outside cpu hardware[7.20.8-] irq pci[-7.18.2] usb[-7.18.2]

/system/scheduler
comment disable edit enable export find get print remove unset[7.24]
add: comment copy-from days[7.24] disabled interval name on-event policy start-date start-time
reset^
set^
need name

/system/script
comment edit export find get print remove unset[7.24]
add: comment copy-from dont-require-permissions name owner policy source
reset^
run: number use-script-permissions[7.16.2-]
set^

/system/script/environment
comment edit find get print remove
reset: comment numbers value
set: comment numbers value

/system/script/job
edit find get
comment: comment numbers:d
print~ -from from:d
remove: numbers:d
reset: comment numbers:d started type
set: comment numbers:d started type

/system/watchdog
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: auto-send-supout automatic-supout ping-start-after-boot ping-timeout send-email-from send-email-to
  send-smtp-server watch-address watchdog-timer
set: auto-send-supout automatic-supout ping-start-after-boot ping-timeout send-email-from send-email-to send-smtp-server
  watch-address watchdog-timer

/terminal
ask[7.12.2-]: preinput prompt sensitive value-name
cuu: count
el:
inkey: timeout
style: style

/tool
export
bandwidth-test: address append as-value connection-count direction do duration file freeze-frame-interval[7.22.1-] interval
  local-tx-speed local-udp-tx-size once password proplist[7.20.8-] protocol random-data remote-tx-speed remote-udp-tx-size user
  without-paging
dns-update: address dns-server key key-name name ttl zone
fetch: address:d[-7.18.2] address[7.20.8-] as-value ascii certificate check-certificate dst-path duration host
  http-auth-scheme[7.13.5-] http-content-encoding[7.13.5-] http-data http-header-field http-max-redirect-count[7.18.2-]
  http-method http-percent-encoding[7.22.1-] http-version[7.22.1-] idle-timeout[7.16.2-] ip-type[7.24] keep-result mode once
  output password port proplist[7.20.8-] src-address src-path upload url user without-paging
flood-ping: address:d[7.22.1-7.23rc1] address[-7.20.8,7.24] append as-value count do duration file freeze-frame-interval[7.22.1-]
  interval once proplist[7.20.8-] size timeout without-paging
ip-scan: address-range as-value duration freeze-frame-interval interface proplist[7.16.2-] without-paging
mac-scan: as-value duration freeze-frame-interval interface proplist[7.16.2-] without-paging
mac-telnet: host interface[7.22.1-]
ping: address arp-ping as-value count do-not-fragment dscp interface interval proplist[7.16.2-] size src-address ttl vrf
  without-paging
ping-speed: address append as-value do duration file first-ping-size freeze-frame-interval[7.22.1-] interval once
  proplist[7.20.8-] second-ping-size time-between-pings without-paging
profile: as-value cpu[-7.18.2] duration freeze-frame-interval without-paging
recursive-print[7.20.8-]:
snmp-get: address as-value authentication-password authentication-protocol community encryption-password encryption-protocol next
  oid port security tries try-timeout version without-paging
snmp-walk: address as-value authentication-password authentication-protocol community encryption-password encryption-protocol oid
  port security tries try-timeout version without-paging
speed-test: address append as-value connection-count do duration file freeze-frame-interval[7.22.1-] interval once password
  proplist[7.20.8-] test-duration user without-paging
torch: as-value cpu dscp dst-address dst-address6 duration freeze-frame-interval interface ip-protocol mac-protocol port
  proplist[7.16.2-] src-address src-address6 vlan-id without-paging
traceroute: address as-value count do-not-fragment dscp duration freeze-frame-interval interface max-hops port proplist[7.16.2-]
  protocol size src-address:d[-7.23rc1] src-address[7.24] timeout use-dns vrf without-paging
wol: as-value interface mac
outside calea graphing netinstall[7.24] sms sniffer traffic-generator traffic-monitor

/tool/bandwidth-server
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: allocate-udp-ports-from allowed-addresses4 allowed-addresses6 authenticate enabled max-sessions
set: allocate-udp-ports-from allowed-addresses4[7.18.2-] allowed-addresses6[7.18.2-] authenticate enabled max-sessions
outside session

/tool/e-mail
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval show-sensitive[7.22.1-] without-paging
reset[7.22.1-]: certificate-verification from password port server:d[7.22.1-7.23rc1] server[7.24] tls user vrf
send: as-value body cc certificate-verification[7.22.1-] file from password port server:d[-7.23rc1] server[7.24] subject tls to
  user
set: address:d[-7.10.2] certificate-verification[7.22.1-] from password port server:d[7.12.2-7.23rc1] server[7.24] tls user vrf

/tool/mac-server
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: allowed-interface-list
set: allowed-interface-list
outside sessions

/tool/mac-server/mac-winbox
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: allowed-interface-list
set: allowed-interface-list

/tool/mac-server/ping
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: enabled
set: enabled
`
