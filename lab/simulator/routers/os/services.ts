/**
 * Derives the services of a router from its configuration: who may log in, whom SNMP answers, where
 * the log goes.
 */
import type { ApiBackend } from "../api-backend.ts"
import { noSuchMenu, simulatedBackend } from "../api-backend.ts"
import type { Row as ApiRow } from "../api-query.ts"
import { fingerprintOf, type Identity } from "../certificate.ts"
import { mibOf } from "../mib.ts"
import type { LogEntry, User } from "../router.ts"
import { answer, type Mib } from "../snmp-agent.ts"
import { answerV3, type V3User } from "../snmp-v3.ts"
import { type LineForm, logLine } from "../syslog-line.ts"
import { MENUS } from "./menu-table.ts"
import type { RouterOs } from "./os.ts"
import { granted, isWithin } from "./policies.ts"
import { probeStream } from "./probes.ts"
import type { Item } from "./store.ts"

const value = (item: Item | undefined, name: string): string => item?.values.get(name) ?? ""
const isOff = (item: Item | undefined): boolean =>
  item === undefined || value(item, "disabled") === "true"

// ── API ──

export type Service = {
  readonly isOn: boolean
  readonly port: number
  readonly allows: (address: string) => boolean
  /** Null: without a certificate there is no handshake. */
  readonly identity: Identity | null
}

const identityNamed = (os: RouterOs, name: string): Identity | null => {
  const stored = os.certificates.named(name)
  if (stored === undefined || stored.pem === null || stored.keyPem === null) return null
  return {
    keyPem: stored.keyPem,
    certificatePem: stored.pem,
    fingerprint: fingerprintOf(stored.pem),
  }
}

export const serviceOf = (os: RouterOs, name: "api" | "api-ssl"): Service => {
  const item = os.store.table("/ip/service").named(name)
  return {
    isOn: !isOff(item),
    port: Number(value(item, "port")),
    allows: (address) => isWithin(value(item, "address"), address),
    identity: name === "api-ssl" ? identityNamed(os, value(item, "certificate")) : null,
  }
}

const usersOf = (os: RouterOs): readonly User[] =>
  os.store.table("/user").items.flatMap((item) => {
    if (isOff(item)) return []
    const group = os.store.table("/user/group").named(value(item, "group"))
    const policies = [...granted(value(group, "policy"))]
    return [
      {
        name: value(item, "name"),
        password: value(item, "password"),
        policies,
        from: value(item, "address"),
      },
    ]
  })

const withoutSecrets = (menu: string, row: ApiRow): ApiRow => {
  const properties = MENUS.get(menu)?.properties
  return Object.fromEntries(
    Object.entries(row).map(([name, text]) => [
      name,
      properties?.get(name)?.isSecret === true && text !== "" ? "*****" : text,
    ]),
  )
}

/**
 * The API of a configured router: its users are those of `/user`, its menus all that the router
 * has.
 */
export const osBackend = (os: RouterOs): ApiBackend => {
  const simulated = simulatedBackend(os.router, os.now)
  return {
    ...simulated,
    get users() {
      return usersOf(os)
    },
    loggedIn: (user, from, service) => {
      os.sessions.opened(service, from)
      simulated.loggedIn(user, from, service)
    },
    loggedOut: (user, from, service) => {
      os.sessions.closed(service, from)
      simulated.loggedOut(user, from, service)
    },
    stream: (path, attributes, policies, row) => probeStream(os, path, attributes, policies, row),
    print: (menu, policies) => {
      const rows = os.rows(menu)
      if (rows === null) throw noSuchMenu()
      return policies.includes("sensitive") ? rows : rows.map((row) => withoutSecrets(menu, row))
    },
  }
}

// ── SNMP ──

const LEVELS = { none: "none", authorized: "authorized", private: "private" } as const
const v3User = (item: Item): V3User => ({
  name: value(item, "name"),
  level: LEVELS[value(item, "security") as keyof typeof LEVELS] ?? "none",
  auth: value(item, "authentication-protocol") === "SHA1" ? "SHA1" : "MD5",
  authPassword: value(item, "authentication-password"),
  priv: value(item, "encryption-protocol") === "AES" ? "AES" : "DES",
  privPassword: value(item, "encryption-password"),
})

/** MikroTik's number, followed by a text of the router (RFC 3411). */
export const engineIdOf = (os: RouterOs): Buffer =>
  Buffer.concat([Buffer.from("80003a8c04", "hex"), Buffer.from(os.router.serial(), "latin1")])

export const snmpOf = (
  os: RouterOs,
): ((packet: Buffer, from: string, atMs: number) => Buffer | null) => {
  const mib: Mib = mibOf(os.router, () => ({
    name: os.store.single("/system/identity", "name"),
    contact: os.store.single("/snmp", "contact"),
    location: os.store.single("/snmp", "location"),
  }))
  return (packet, from, atMs) => {
    if (os.store.single("/snmp", "enabled") !== "true") return null
    const allowed = os.store
      .table("/snmp/community")
      .items.filter(
        (each) =>
          !isOff(each) &&
          value(each, "read-access") === "true" &&
          isWithin(value(each, "addresses"), from),
      )
    // Version 2c has no authentication: only a community without it is answered.
    for (const each of allowed.filter((item) => value(item, "security") === "none")) {
      const response = answer(packet, value(each, "name"), mib, atMs)
      if (response !== null) return response
    }
    const timeS = Math.floor(os.router.uptimeMs(atMs) / 1000)
    return answerV3(packet, {
      engineId: engineIdOf(os),
      boots: os.router.boots,
      timeS,
      users: allowed.map(v3User),
      mib,
      atMs,
    })
  }
}

// ── syslog ──

/** All topics of a rule must be present, and none of those with `!`. */
export const matchesTopics = (rule: string, topics: string): boolean => {
  const there = new Set(topics.split(","))
  return rule
    .split(",")
    .filter((word) => word !== "")
    .every((word) => (word.startsWith("!") ? !there.has(word.slice(1)) : there.has(word)))
}

const formOf = (action: Item): LineForm => ({
  form:
    value(action, "bsd-syslog") === "true" || value(action, "remote-log-format") === "syslog"
      ? "bsd"
      : value(action, "remote-log-format") === "cef"
        ? "cef"
        : "default",
  isIso: value(action, "syslog-time-format") === "iso8601",
  facility: value(action, "syslog-facility"),
  severity: value(action, "syslog-severity"),
  hasTopics: value(action, "add-topics-string") === "true",
})

export type SyslogDatagram = {
  readonly address: string
  readonly port: number
  readonly line: string
}

/** The datagrams for one entry, by the configured rules and actions. */
export const syslogOf = (os: RouterOs, entry: LogEntry): readonly SyslogDatagram[] =>
  os.store.table("/system/logging").items.flatMap((rule) => {
    if (isOff(rule) || !matchesTopics(value(rule, "topics"), entry.topics)) return []
    const action = os.store.table("/system/logging/action").named(value(rule, "action"))
    if (
      action === undefined ||
      value(action, "target") !== "remote" ||
      value(action, "remote") === "0.0.0.0"
    )
      return []
    const prefix = value(rule, "prefix")
    const message = prefix === "" ? entry.message : `${prefix}: ${entry.message}`
    const { persona, spec } = os.router
    const who = {
      identity: os.store.single("/system/identity", "name"),
      board: persona.board,
      version: persona.version,
      address: spec.address,
    }
    const line = logLine({ ...entry, message }, who, formOf(action))
    return [
      { address: value(action, "remote"), port: Number(value(action, "remote-port") || 514), line },
    ]
  })
