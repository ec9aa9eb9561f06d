/**
 * The menus with configuration, as a table: properties, their kinds and defaults, and the rows of a
 * new router.
 *
 * A property: `name[!][*][:kind][=default]`. `!` is required by `add`, `*` is secret. Kinds: b
 * yes/no, n number, t time, l list, i address, otherwise text. A default contains no space. Other
 * properties of a release's command tree are kept as text.
 */
import type { Kind } from "./values.ts"

export type Property = {
  readonly name: string
  readonly kind: Kind
  readonly isRequired: boolean
  readonly isSecret: boolean
  /** Null: absent unless set. */
  readonly defaultValue: string | null
}
export type MenuPlan = {
  readonly path: string
  readonly shape: "list" | "single" | "fixed"
  readonly properties: ReadonlyMap<string, Property>
  /** The property that names a row in `set NAME`, and is unique. */
  readonly key: string | null
  /** The router's error where a name is taken. */
  readonly duplicateError: string
  /** The policy that is needed besides `write`. */
  readonly policy: string | null
  readonly isOrdered: boolean
}

const KINDS: Readonly<Record<string, Kind>> = { b: "bool", n: "num", t: "time", l: "list", i: "ip" }
const PROPERTY = /^([a-z0-9.-]+)(!?)(\*?)(?::([bntli]))?(?:=(.*))?$/

const propertyOf = (text: string): Property => {
  const [, name = "", required, secret, kind, defaultValue] = PROPERTY.exec(text) ?? []
  if (name === "") throw new Error(`not a property: ${text}`)
  return {
    name,
    kind: KINDS[kind ?? ""] ?? "str",
    isRequired: required === "!",
    isSecret: secret === "*",
    defaultValue: defaultValue ?? null,
  }
}

const ROW = "disabled:b=false comment"

/** path, shape, key, properties; then the error for a duplicate key, and a policy */
const TABLE = [
  [
    "/certificate",
    "list",
    "name",
    "name! common-name key-usage days-valid:n key-size country state locality organization unit subject-alt-name trusted:b=false",
  ],
  [
    "/interface/list",
    "list",
    "name",
    "name! include exclude comment",
    "failure: already have interface list with such name",
  ],
  ["/interface/list/member", "list", null, `list! interface! ${ROW}`],
  ["/ip/firewall/address-list", "list", null, `list! address! timeout:t ${ROW}`],
  ["/ipv6/firewall/address-list", "list", null, `list! address! timeout:t ${ROW}`],
  ["/ip/firewall/filter", "list", null, `chain! action=accept ${ROW}`],
  ["/ipv6/firewall/filter", "list", null, `chain! action=accept ${ROW}`],
  ["/ip/firewall/nat", "list", null, `chain! action=accept ${ROW}`],
  ["/ip/neighbor/discovery-settings", "single", null, "discover-interface-list"],
  [
    "/ip/service",
    "fixed",
    "name",
    "name port:n address:l= certificate vrf max-sessions:n tls-version disabled:b=false",
  ],
  [
    "/ppp/secret",
    "list",
    "name",
    `name! password*= service=any profile=default local-address remote-address routes caller-id ${ROW}`,
  ],
  [
    "/snmp",
    "single",
    null,
    "enabled:b contact= location= engine-id engine-id-suffix trap-community trap-generators trap-interfaces trap-target trap-version src-address vrf",
  ],
  [
    "/snmp/community",
    "list",
    "name",
    `name! addresses:l security=none read-access:b=true write-access:b=false authentication-protocol=MD5 encryption-protocol=DES authentication-password*= encryption-password*= ${ROW}`,
  ],
  ["/system/clock", "single", null, "time-zone-autodetect:b time-zone-name"],
  [
    "/system/device-mode",
    "single",
    null,
    "mode fetch:b scheduler:b email:b sniffer:b bandwidth-test:b romon:b container:b hotspot:b zerotier:b smb:b socks:b l2tp:b proxy:b traffic-gen:b ipsec:b pptp:b flagging-enabled:b flagged:b attempt-count:n",
  ],
  ["/system/identity", "single", null, "name"],
  ["/system/logging", "list", null, "topics:l=info action=memory prefix= regex= disabled:b=false"],
  [
    "/system/logging/action",
    "list",
    "name",
    "name! target! remote:i remote-port:n src-address:i bsd-syslog:b remote-log-format remote-protocol cef-event-delimiter syslog-time-format syslog-facility syslog-severity add-topics-string:b vrf memory-lines:n memory-stop-on-full:b disk-file-name disk-lines-per-file:n disk-file-count:n disk-stop-on-full:b remember:b comment",
    "failure: already have such name",
  ],
  [
    "/system/ntp/client",
    "single",
    null,
    "enabled:b mode servers:l vrf primary-ntp secondary-ntp server-dns-names",
  ],
  [
    "/system/scheduler",
    "list",
    "name",
    `name! start-date start-time:t interval:t=0s on-event= owner policy:l ${ROW}`,
    "failure: item with such name already exists",
  ],
  [
    "/system/script",
    "list",
    "name",
    "name! owner policy:l dont-require-permissions:b=false source= comment",
    "failure: item with such name already exists",
  ],
  ["/tool/mac-server", "single", null, "allowed-interface-list"],
  ["/tool/mac-server/mac-winbox", "single", null, "allowed-interface-list"],
  ["/tool/mac-server/ping", "single", null, "enabled:b"],
  [
    "/tool/netwatch",
    "list",
    null,
    `name host! type timeout:t interval:t port:n packet-count:n packet-size:n packet-interval:t start-delay:t startup-delay:t src-address thr-rtt-avg:t thr-rtt-max:t thr-rtt-stdev:t thr-rtt-jitter:t thr-loss-percent:n thr-loss-count:n thr-http-time:t thr-tcp-conn-time:t http-codes ignore-initial-up:b ignore-initial-down:b up-script= down-script= test-script= disabled:b comment`,
  ],
  [
    "/user",
    "list",
    "name",
    `name! group! address:l= password*= ${ROW}`,
    "failure: user with the same name already exists",
    "policy",
  ],
  [
    "/user/group",
    "list",
    "name",
    "name! policy:l= skin=default comment",
    "failure: group with the same name already exists",
    "policy",
  ],
] as const

export const MENUS: ReadonlyMap<string, MenuPlan> = new Map(
  TABLE.map((row): [string, MenuPlan] => {
    const [
      path,
      shape,
      key,
      properties,
      duplicateError = "failure: already have such name",
      policy = null,
    ] = row as readonly [
      string,
      MenuPlan["shape"],
      string | null,
      string,
      string?,
      (string | null)?,
    ]
    const list = properties.split(" ").map(propertyOf)
    return [
      path,
      {
        path,
        shape,
        properties: new Map(list.map((each) => [each.name, each])),
        key,
        duplicateError,
        policy,
        isOrdered: /firewall\/(filter|nat)$/.test(path),
      },
    ]
  }),
)
