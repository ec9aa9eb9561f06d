/**
 * What a router's scripts are made from, and what comes out. Text out of typed input: the same wish gives the same bytes.
 * Every text of a wish may hold any character; the makers quote.
 */
/** What the router is for: chooses which events it reports and how much its heartbeat carries. */
export const PROFILES = ["core", "edge", "access", "cpe"] as const
export type Profile = (typeof PROFILES)[number]

/** Types of netwatch, by the router's own names. Which release has which: routeros-facts, netwatch. */
export const NETWATCH_TYPES = [
  "simple",
  "icmp",
  "tcp-conn",
  "http-get",
  "https-get",
  "dns",
] as const
export type NetwatchType = (typeof NETWATCH_TYPES)[number]

/** One thing that the router watches by itself. */
export type NetwatchEntry = {
  /** What people call it; comes back in every push. */
  readonly name: string
  /** Address or, where the type takes one, host name. */
  readonly host: string
  readonly type: NetwatchType
  readonly intervalS: number
  /** Of `tcp-conn` and the two of HTTP; null: the type's own. */
  readonly port: number | null
  /** Of `icmp`: above these the host counts as down; null: the router's default. */
  readonly lossPercent: number | null
  readonly rttMs: number | null
  /** Posts every test's figures, not only what changed (types other than `simple`). */
  readonly measures: boolean
}

export type SnmpConfig =
  | {
      readonly version: 3
      readonly user: string
      /** At least 8 characters each. SHA1 and AES, the best that every release has. */
      readonly authPassword: string
      readonly privPassword: string
    }
  /** Readable on the wire: only where somebody asked for it; the script says so. */
  | { readonly version: 2; readonly community: string }

export type PushConfig = {
  /** Of the routers' door: `https://host:port/push/v1`. */
  readonly url: string
  /** `ispvmr1.<id>.<secret>`: letters, digits, `-` and `_` only. */
  readonly key: string
  /** 0: no heartbeat (an agent reads the same things). */
  readonly heartbeatS: number
  /** Requests a minute at most; heartbeats are not counted. */
  readonly maxPerMinute: number
  /** How many items each queue keeps while the way is cut; older ones are dropped and counted. */
  readonly maxQueue: number
  readonly netwatch: readonly NetwatchEntry[]
}

export type HardenConfig = {
  /** Services to switch off: `telnet`, `ftp`, `www`, `api` … */
  readonly servicesOff: readonly string[]
  /** Neighbour discovery and MAC access only on these interface lists; null: left alone. */
  readonly discoveryList: string | null
  /** After so many minutes all of it is undone by the router itself, unless it is confirmed before. */
  readonly undoAfterMinutes: number
}

export type DesiredConfig = {
  /** `6.49.17`, `7.18.2`: of the router, as it tells it. */
  readonly release: string
  readonly routerId: string
  readonly routerName: string
  readonly profile: Profile
  /** The appliance's root certificate, which the router checks what it posts to against. `fingerprint`: SHA-256 of the DER, 64 hex digits in lower case. */
  readonly authority: { readonly pem: string; readonly fingerprint: string }
  /** Addresses (or prefixes) of the agents that may log in and ask; empty: no agent reaches this router. */
  readonly agents: readonly string[]
  /** Account for polling by API over TLS; null: none is made. */
  readonly api: { readonly username: string; readonly password: string } | null
  readonly snmp: SnmpConfig | null
  /** Where the router's log goes; null: nowhere. */
  readonly syslogTo: { readonly address: string; readonly port: number } | null
  readonly push: PushConfig | null
  readonly harden: HardenConfig | null
}

export const SCRIPTS = ["onboard", "harden", "confirm-harden", "remove"] as const
export type ScriptKind = (typeof SCRIPTS)[number]

/** A piece of a script that belongs together: shown to whoever reviews it with its reason beside it. */
export type Part = {
  /** Stable, `api-account`: the screens' strings and docs/companion.md go by it. */
  readonly id: string
  readonly title: string
  /** Why it is there and what it changes, for the reader of the script, in two sentences at most. */
  readonly why: string
  readonly text: string
  /** First line of `text` in the whole script, from 1. */
  readonly firstLine: number
}
/** Something that this release cannot do, or that the reader should know before pasting. */
export type Remark = { readonly id: string; readonly text: string }

export type GeneratedScript = {
  /** Ends with a line end; ASCII, whatever the wish holds. */
  readonly text: string
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
  /** False where the release's commands are known from papers only (v6). */
  readonly isProven: boolean
}

// ── verify ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One menu to be read by the API: `/ip/service`, with these properties. `isSecret`: values that must be read to compare, and never be shown. */
export type MenuRead = { readonly menu: string; readonly properties: readonly string[] }
/** Rows as the API gives them; null where the router has no such menu or the account may not read it. */
export type MenuRows = ReadonlyMap<string, readonly Readonly<Record<string, string>>[] | null>
/** A difference between what our script made and what the router has. */
export type Drift = {
  readonly part: string
  readonly kind: "missing" | "changed" | "unreadable" | "extra"
  /** What it is about, in the router's words: `/ip/service api-ssl`. */
  readonly what: string
  /** Both null where a secret is meant. */
  readonly wanted: string | null
  readonly found: string | null
}
