/**
 * RouterOS 6 has no command tree that a router told, only what its manual and captures show. This is the part that a script for it may touch;
 * whatever is judged by it is unproven.
 */
import type { Release } from "./check.ts"
import { menusOf } from "./menus.ts"

/** Per line: a menu, what it can do, and after the colon what `add` and `set` are given. */
const LISTS = `
/certificate: common-name country days-valid key-size key-usage locality name organization state subject-alt-name trusted unit
/interface/list: comment exclude include name
/interface/list/member: comment disabled interface list
/ip/firewall/address-list: address comment disabled list timeout
/ip/firewall/filter: action address-list address-list-timeout chain comment connection-state disabled dst-address dst-address-list dst-port in-interface in-interface-list jump-target limit log log-prefix out-interface out-interface-list place-before protocol reject-with src-address src-address-list src-port
/ip/route: check-gateway comment disabled distance dst-address gateway pref-src routing-mark scope target-scope
/ppp/secret: caller-id comment disabled local-address name password profile remote-address routes service
/routing/bgp/network: comment disabled network synchronize
/routing/bgp/peer: comment disabled hold-time instance keepalive-time name remote-address remote-as tcp-md5-key ttl update-source
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
/ip/dns: allow-remote-requests cache-max-ttl cache-size servers
/ip/service: address certificate disabled name numbers port tls-version
/interface: comment disabled l2mtu mtu name numbers
/interface/ethernet: arp comment disabled mac-address mtu name numbers speed
/snmp: contact enabled engine-id location src-address trap-community trap-generators trap-interfaces trap-target trap-version
/system/clock: date time time-zone-autodetect time-zone-name
/system/identity: name
/system/ntp/client: enabled primary-ntp secondary-ntp server-dns-names
/system/health:
/system/package:
/system/resource:
/system/routerboard:
/ppp/active:
/log:
`
const COMMANDS = `
/certificate/sign: ca ca-crl-host name number
/system/script/run: number
/tool/fetch: address ascii check-certificate dst-path duration host http-auth-scheme http-content-encoding http-data http-header-field http-method keep-result mode output password port src-address src-path upload url user
/ping: address arp-ping count do-not-fragment dscp interface interval routing-table size src-address ttl
/log/debug: message
/log/error: message
/log/info: message
/log/warning: message
/delay: delay-time
/do: command if on-error while
/environment/print:
/error: message
/execute: file script
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
/while: condition do
`
const PRINT = "as-value brief count-only detail file follow from interval terse value-list where without-paging"

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
      .flatMap((name) => (name === "" ? [] : [[name, /^(on-event|.*-script)$/.test(name) ? "script" : ""] as const])),
  )

type Row = readonly [path: string, args: ReadonlyMap<string, string>]
const rowsOf = (): readonly Row[] => {
  const list = ([path, names]: readonly [string, string]): readonly Row[] => [
    [`${path}/add`, named(`${names} copy-from`)],
    [`${path}/set`, named(`${names} numbers`)],
    ...["remove", "enable", "disable"].map((verb): Row => [`${path}/${verb}`, named("numbers")]),
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
    ...(names.includes("numbers") ? ["enable", "disable"].map((verb): Row => [`${path}/${verb}`, named("numbers")]) : []),
    ...reading(path, /^\/(ip\/service|interface|log|ppp|system\/package)/.test(path) ? "number value-name" : "value-name"),
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
  menus: menusOf(rowsOf()),
  required: new Map(),
  oldMenus: [],
  isProven: false,
})
