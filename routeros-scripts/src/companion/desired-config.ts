/**
 * The input of a router's scripts, and the results. The same configuration gives the same bytes.
 * Every text may contain any character; the generators quote it.
 */
/** The role of the router: decides which events it reports and how much its heartbeat carries. */
export const PROFILES = ["core", "edge", "access", "cpe"] as const
export type Profile = (typeof PROFILES)[number]

/**
 * Types of netwatch, by the router's own names. `features.ts` lists the releases that have each.
 */
export const NETWATCH_TYPES = [
  "simple",
  "icmp",
  "tcp-conn",
  "http-get",
  "https-get",
  "dns",
] as const
export type NetwatchType = (typeof NETWATCH_TYPES)[number]

/** A host that the router probes by itself. */
export type NetwatchEntry = {
  /** The name shown to people; returned in every push. */
  readonly name: string
  /** An address, or a host name where the type takes one. */
  readonly host: string
  readonly type: NetwatchType
  readonly intervalS: number
  /** For `tcp-conn` and the two HTTP types; null: the default of the type. */
  readonly port: number | null
  /** For `icmp`: above these the host counts as down; null: the router's default. */
  readonly lossPercent: number | null
  readonly rttMs: number | null
  /** Reports the figures of every test, not only changes (types other than `simple`). */
  readonly measures: boolean
}

export type SnmpConfig =
  | {
      readonly version: 3
      readonly user: string
      /** At least 8 characters each. Uses SHA1 and AES, the strongest that every release has. */
      readonly authPassword: string
      readonly privPassword: string
    }
  /** Readable on the wire: only on request; the script contains a warning. */
  | { readonly version: 2; readonly community: string }

export type PushConfig = {
  /** Of the push API: `https://host:port/push/v1`. */
  readonly url: string
  /** `ispvmr1.<id>.<secret>`: letters, digits, `-` and `_` only. */
  readonly key: string
  /** 0: no heartbeat (an agent reads the same values). */
  readonly heartbeatS: number
  /** Requests per minute at most; heartbeats do not count. */
  readonly maxPerMinute: number
  /**
   * Items that each queue keeps while the appliance is unreachable; older ones are dropped and
   * counted.
   */
  readonly maxQueue: number
  readonly netwatch: readonly NetwatchEntry[]
}

export type HardenConfig = {
  /** Services to switch off: `telnet`, `ftp`, `www`, `api` … */
  readonly servicesOff: readonly string[]
  /** Neighbour discovery and MAC access only on these interface lists; null: left alone. */
  readonly discoveryList: string | null
  /** After this many minutes the router undoes all of it, unless it is confirmed before. */
  readonly undoAfterMinutes: number
}

export type DesiredConfig = {
  /** The release that the router reports: `6.49.17`, `7.18.2`. */
  readonly release: string
  readonly routerId: string
  readonly routerName: string
  readonly profile: Profile
  /**
   * The appliance's root certificate, against which the router checks the appliance. `fingerprint`:
   * SHA-256 of the DER, 64 hex digits in lower case.
   */
  readonly authority: { readonly pem: string; readonly fingerprint: string }
  /**
   * Addresses or prefixes of the agents that may log in and poll; empty: no agent reaches this
   * router.
   */
  readonly agents: readonly string[]
  /** Account for polling by API over TLS; null: no account. */
  readonly api: { readonly username: string; readonly password: string } | null
  /** Account for diagnostics, set up by a script of its own; null or omitted: no account. */
  readonly diagnostics?: { readonly username: string; readonly password: string } | null
  readonly snmp: SnmpConfig | null
  /** Destination of the router's log; null: none. */
  readonly syslogTo: { readonly address: string; readonly port: number } | null
  readonly push: PushConfig | null
  readonly harden: HardenConfig | null
}

export const SCRIPTS = ["onboard", "accounts", "harden", "confirm-harden", "remove"] as const
export type ScriptKind = (typeof SCRIPTS)[number]

/** A section of a script, with its reason for the reader. */
export type Part = {
  /** Stable, `api-account`: the UI strings and docs/companion.md refer to it. */
  readonly id: string
  readonly title: string
  /**
   * Why the part exists and what it changes, for the reader of the script, in two sentences at
   * most.
   */
  readonly why: string
  readonly text: string
  /** First line of `text` in the whole script, from 1. */
  readonly firstLine: number
}
/** A limit of this release, or something to know before pasting. */
export type Remark = { readonly id: string; readonly text: string }

export type GeneratedScript = {
  /** Ends with a line end; ASCII, whatever the configuration contains. */
  readonly text: string
  readonly parts: readonly Part[]
  readonly remarks: readonly Remark[]
  /** False where the release's commands are known only from documentation (v6). */
  readonly isProven: boolean
}

// ── verify ──

/**
 * A menu to read by the API: `/ip/service`, with these properties. `isSecret`: values that must be
 * read for the comparison and never be shown.
 */
export type MenuRead = { readonly menu: string; readonly properties: readonly string[] }
/**
 * Rows as the API returns them; null where the router has no such menu or the account may not read
 * it.
 */
export type MenuRows = ReadonlyMap<string, readonly Readonly<Record<string, string>>[] | null>
/** A difference between the script's configuration and the router's. */
export type Drift = {
  readonly part: string
  readonly kind: "missing" | "changed" | "unreadable" | "extra"
  /** The row it is about, in the router's terms: `/ip/service api-ssl`. */
  readonly what: string
  /** Both are null for a secret. */
  readonly wanted: string | null
  readonly found: string | null
}
