/** Made by make.ts; shape.ts describes the format. */
export const ROWS = `
/tool/netwatch
comment disable edit enable export find get remove unset
add: accept-icmp-time-exceeded[7.16.2-] certificate check-certificate comment copy-from disabled dns-server:d[7.16.2-7.20.8]
  dns-server[7.22.1-] down-script early-failure-detection[7.20.8-] early-success-detection[7.20.8-] host:d[-7.18.2] host[7.20.8-]
  http-codes ignore-initial-down[7.17.1-] ignore-initial-up[7.17.1-] interval name packet-count packet-interval packet-size port
  record-type[7.16.2-] src-address:d[7.12.2-7.20.8] src-address[7.22.1-] start-delay startup-delay test-script thr-avg
  thr-http-time thr-jitter thr-loss-count thr-loss-percent thr-max thr-stdev thr-tcp-conn-time timeout ttl[7.16.2-] type up-script
print~ stats
reset^
set^
need host

/tool/romon
export
discover: as-value duration freeze-frame-interval proplist[7.16.2-] without-paging
edit~ -number
get~ -number
ping: as-value count id interval proplist[7.16.2-] size without-paging
print: as-value comments[7.22.1-] file interval show-sensitive[7.22.1-] without-paging
reset[7.22.1-]: enabled id secrets
set: enabled id secrets
ssh: address command output-to-file user
outside port

/user
edit export find get
add: address comment copy-from disabled group inactivity-policy[7.16.2-] inactivity-timeout[7.16.2-] name password
comment: comment numbers:d
disable: numbers:d
enable: numbers:d
expire-password: numbers:d
print~ -from from:d show-sensitive[7.22.1-]
recursive-print[7.20.8-]:
remove: numbers:d
reset^ -numbers numbers:d
set^ -numbers numbers:d
need name group password

/user/aaa
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: accounting default-group exclude-groups interim-update use-radius
set: accounting default-group exclude-groups interim-update use-radius

/user/active
find get print remove[7.20.8-]
add[7.20.8-]: copy-from
request-logout[-7.18.2]^

/user/group
comment edit export find get print remove
add: comment copy-from name policy skin
reset^
set^

/user/settings
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: minimum-categories minimum-password-length
set: minimum-categories minimum-password-length

/user/ssh-keys
find get print remove
add: comment copy-from key user
import: info[7.22.1-] key-owner[7.12.2-7.20.8] public-key-file user
reset[-7.18.2]^
outside private
`
