/**
 * The configuration of a simulated router at its first boot: MikroTik's defaults, and the settings
 * of the topology's provider.
 */
import type { Router } from "../router.ts"
import { hasPeerCertificate } from "../serves.ts"
import { groupText, isBefore, policiesOf } from "./policies.ts"
import type { Store } from "./store.ts"

export type Wiring = {
  readonly ports: { readonly api: number; readonly apiSsl: number }
  readonly syslogTo: { readonly address: string; readonly port: number }
}
/** Name of the certificate that `api-ssl` uses from the start. */
export const OWN_CERTIFICATE = "router-tls"

const users = (store: Store, router: Router): void => {
  const { version } = router.persona
  const all = policiesOf(version).join(",")
  const group = (name: string, policies: string) =>
    store
      .table("/user/group")
      .addDefault({ name, policy: groupText(policies, version), skin: "default" })
  group("read", "local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,sensitive,api,romon")
  group(
    "write",
    "local,telnet,ssh,reboot,read,write,test,winbox,password,web,sniff,sensitive,api,romon",
  )
  group("full", all)
  const user = (name: string, password: string, of: string) =>
    store.table("/user").addDefault({ name, group: of, address: "", password, disabled: "false" })
  user("admin", "", "full")
  for (const { name, password, policies } of router.spec.users) {
    const of = policies.join("-")
    if (store.table("/user/group").named(of) === undefined) group(of, policies.join(","))
    user(name, password, of)
  }
}

const services = (store: Store, router: Router, wiring: Wiring): void => {
  const isV6 = router.persona.version.startsWith("6.")
  const rows: readonly (readonly [string, number, boolean])[] = [
    ["telnet", 23, false],
    ["ftp", 21, false],
    ["www", 80, false],
    ["ssh", 22, false],
    ["www-ssl", 443, true],
    ["api", wiring.ports.api, !router.spec.services.api],
    ["winbox", 8291, false],
    ["api-ssl", wiring.ports.apiSsl, !router.spec.services.apiSsl],
  ]
  for (const [name, port, isOff] of rows) {
    const certificate =
      name === "api-ssl" ? (router.spec.services.apiSsl ? OWN_CERTIFICATE : "none") : "none"
    store.table("/ip/service").addDefault({
      name,
      port: String(port),
      address: "",
      ...(name.endsWith("-ssl") ? { certificate, "tls-version": "any" } : {}),
      ...(isV6 ? {} : { vrf: "main" }),
      disabled: String(isOff),
    })
  }
}

const logging = (store: Store, router: Router, wiring: Wiring): void => {
  const { version, syslog } = router.persona
  const hasForms = !isBefore(version, "7.18")
  const action = (values: Record<string, string>) =>
    store.table("/system/logging/action").addDefault(values)
  action({
    name: "memory",
    target: "memory",
    "memory-lines": "1000",
    "memory-stop-on-full": "false",
  })
  action({
    name: "disk",
    target: "disk",
    "disk-lines-per-file": "1000",
    "disk-file-count": "2",
    "disk-stop-on-full": "false",
  })
  action({ name: "echo", target: "echo", remember: "true" })
  action({
    name: "remote",
    target: "remote",
    remote: router.spec.syslogs ? wiring.syslogTo.address : "0.0.0.0",
    "remote-port": String(router.spec.syslogs ? wiring.syslogTo.port : 514),
    "src-address": "0.0.0.0",
    ...(hasForms
      ? { "remote-log-format": syslog === "bsd" ? "syslog" : "default", "remote-protocol": "udp" }
      : { "bsd-syslog": String(syslog === "bsd") }),
    "syslog-time-format": "bsd-syslog",
    "syslog-facility": "daemon",
    "syslog-severity": "auto",
  })
  const rule = (topics: string, to: string) =>
    store
      .table("/system/logging")
      .addDefault({ topics, action: to, prefix: "", regex: "", disabled: "false" })
  for (const topics of ["info", "error", "warning"]) rule(topics, "memory")
  rule("critical", "echo")
  // A line that is both an error and critical is sent once.
  if (router.spec.syslogs) for (const topics of ["info", "error", "warning"]) rule(topics, "remote")
}

/** Its own loopback address: what the network around it does, changes nothing. */
const probedResolver = (store: Store, router: Router): void =>
  store.table("/tool/netwatch").addDefault({
    name: "resolver",
    host: router.spec.address,
    type: "simple",
    interval: "2s",
    "up-script": "",
    "down-script": "",
    "test-script": "",
    disabled: "false",
  })

export const applyFactoryConfig = (store: Store, router: Router, wiring: Wiring): void => {
  const { version } = router.persona
  const isV6 = version.startsWith("6.")
  users(store, router)
  services(store, router, wiring)
  logging(store, router, wiring)
  store.table("/system/identity").addDefault({ name: router.spec.name })
  store
    .table("/system/clock")
    .addDefault({ "time-zone-autodetect": "true", "time-zone-name": "UTC" })
  // The provider's time server is where its monitoring is; a customer's router has none.
  const enabled = String(!router.spec.isBehindNat)
  const server = router.spec.isBehindNat ? (isV6 ? "0.0.0.0" : "") : wiring.syslogTo.address
  store
    .table("/system/ntp/client")
    .addDefault(
      isV6
        ? { enabled, "primary-ntp": server, "secondary-ntp": "0.0.0.0" }
        : { enabled, mode: "unicast", servers: server },
    )
  if (hasPeerCertificate(router)) probedResolver(store, router)
  store.table("/snmp").addDefault({
    enabled: String(router.spec.services.snmp),
    contact: "noc@example.net",
    location: "",
    ...(isBefore(version, "7.12") ? { "engine-id": "" } : { "engine-id-suffix": "" }),
    "trap-version": "1",
    "trap-community": router.spec.community,
    "src-address": "::",
  })
  store.table("/snmp/community").addDefault({
    name: router.spec.community,
    addresses: isV6 ? "0.0.0.0/0" : "::/0",
    security: "none",
    "read-access": "true",
    "write-access": "false",
    "authentication-protocol": "MD5",
    "encryption-protocol": "DES",
    "authentication-password": "",
    "encryption-password": "",
    disabled: "false",
  })
  for (const name of ["all", "none", "dynamic", ...(isV6 ? [] : ["static"])])
    store.table("/interface/list").addDefault({ name })
  store
    .table("/ip/neighbor/discovery-settings")
    .addDefault({ "discover-interface-list": isV6 ? "!dynamic" : "static" })
  store.table("/tool/mac-server").addDefault({ "allowed-interface-list": "all" })
  store.table("/tool/mac-server/mac-winbox").addDefault({ "allowed-interface-list": "all" })
  store.table("/tool/mac-server/ping").addDefault({ enabled: "true" })
  const forbids = new Set<string>(router.persona.forbids)
  const mode = Object.fromEntries(
    ["scheduler", "fetch", "email", "sniffer", "bandwidth-test", "romon"].map((name) => [
      name,
      String(!forbids.has(name)),
    ]),
  )
  store.table("/system/device-mode").addDefault({
    mode: router.persona.forbids.length > 0 ? "home" : "advanced",
    ...mode,
    flagged: "false",
  })
}
