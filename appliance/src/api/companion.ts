/**
 * Routers that report themselves: the companion script of a router, its key, its last push, and its
 * drift.
 */

import { Globals } from "@ispvm/wire/push"
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"
import { Address } from "./inventory.ts"
import { EpochMs, Line, Port } from "./shared.ts"

export const ONBOARDING_PROFILES = ["core", "edge", "access", "cpe"] as const
export const NETWATCH_TYPES = [
  "simple",
  "icmp",
  "tcp-conn",
  "http-get",
  "https-get",
  "dns",
] as const

export const NetwatchInput = z.strictObject({
  name: Line(60),
  host: Address,
  type: z.enum(NETWATCH_TYPES).default("icmp"),
  intervalS: z.int().min(1).max(3_600).default(10),
  port: Port.nullable().default(null),
  lossPercent: z.int().min(1).max(100).nullable().default(null),
  rttMs: z.int().min(1).max(60_000).nullable().default(null),
  measures: z.boolean().default(false),
})
export type NetwatchInput = z.infer<typeof NetwatchInput>

/**
 * Larger than any network of one provider: the router's account would be open to the whole
 * Internet.
 */
const MIN_PREFIX_BITS = { v4: 8, v6: 16 } as const
const isNarrowEnough = (text: string): boolean => {
  const [address = "", bits] = text.split("/")
  return (
    bits === undefined ||
    Number(bits) >= (address.includes(":") ? MIN_PREFIX_BITS.v6 : MIN_PREFIX_BITS.v4)
  )
}
/** An address or a prefix, of IPv4 or IPv6. */
export const AddressOrPrefix = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], fieldCode("field.network"))
  .refine(isNarrowEnough, fieldCode("field.wide-prefix"))

/** A name or address that a URL can contain. `256.1.1.1` and `:::` look valid and are not. */
const UrlHost = Address.refine(
  (host) => URL.canParse(`https://${host.includes(":") ? `[${host}]` : host}`),
  fieldCode("field.url-host"),
)

/**
 * The desired configuration of a router. Stored, so that the script can be generated again and
 * compared with the router.
 */
export const CompanionInput = z.strictObject({
  /** `7.18.2`; null: the release that the router reported. */
  release: z
    .string()
    .trim()
    .regex(/^[67]\.\d{1,2}(\.\d{1,2})?((alpha|beta|rc)\d{1,2})?$/, fieldCode("field.release"))
    .nullable()
    .default(null),
  profile: z.enum(ONBOARDING_PROFILES).default("edge"),
  /** An account for polling by the API over TLS. */
  api: z.boolean().default(true),
  snmp: z.enum(["off", "v3", "v2c"]).default("v3"),
  syslog: z.boolean().default(true),
  push: z.boolean().default(true),
  /** Null: depends on whether an agent reaches the router (off if one does, else 60 s). */
  heartbeatS: z.int().min(0).max(3_600).nullable().default(null),
  maxPerMinute: z.int().min(2).max(60).default(20),
  netwatch: z.array(NetwatchInput).max(50).default([]),
  /**
   * The addresses of the agent as the router sees them; empty: those known of its agent
   * (`suggested`).
   */
  agentAddresses: z.array(AddressOrPrefix).max(20).default([]),
  /** The name or address under which the router reaches this appliance; null: `suggested`. */
  applianceHost: UrlHost.nullable().default(null),
  harden: z
    .strictObject({
      servicesOff: z
        .array(z.enum(["telnet", "ftp", "www", "www-ssl", "api", "ssh", "winbox"]))
        .max(7)
        .default([]),
      discoveryList: Line(60).nullable().default(null),
      undoAfterMinutes: z.int().min(2).max(60).default(10),
    })
    .nullable()
    .default(null),
})
export type CompanionInput = z.infer<typeof CompanionInput>

export const ScriptPart = z.object({
  id: z.string(),
  title: z.string(),
  why: z.string(),
  text: z.string(),
  firstLine: z.int(),
})
export type ScriptPart = z.infer<typeof ScriptPart>
export const SCRIPT_KINDS = ["onboard", "accounts", "harden", "confirm-harden", "remove"] as const
/**
 * `text` contains secrets (onboard): shown to accounts that may change devices, never cached, never
 * logged.
 */
export const CompanionScript = z.object({
  kind: z.enum(SCRIPT_KINDS),
  release: z.string(),
  isProven: z.boolean(),
  text: z.string(),
  parts: z.array(ScriptPart),
  remarks: z.array(z.object({ id: z.string(), text: z.string() })),
})
export type CompanionScript = z.infer<typeof CompanionScript>

/**
 * `POST /companion/preview`: the onboarding script as a `CompanionScript` with its secrets masked.
 * Stores nothing.
 */
export const PreviewInput = z.strictObject({ deviceId: z.uuid(), ...CompanionInput.shape })
export type PreviewInput = z.infer<typeof PreviewInput>
/** `POST /devices/{id}/companion/script` and `…/link`. */
export const ScriptRequest = z.strictObject({ kind: z.enum(SCRIPT_KINDS) })
export type ScriptRequest = z.infer<typeof ScriptRequest>

/**
 * A way to fetch the script once, from the router itself. `command` is one line to paste; it
 * verifies the root's fingerprint first. The secret is in a header, not in the URL.
 */
export const ScriptLink = z.object({
  url: z.string(),
  command: z.string(),
  curl: z.string(),
  expiresAtMs: EpochMs,
})
export type ScriptLink = z.infer<typeof ScriptLink>

/**
 * A key without its secret. `active` is valid; an older one is `overlapping` until the new one is
 * first used, or for a day.
 */
export const CompanionKey = z.object({
  id: z.string(),
  state: z.enum(["active", "overlapping", "expired", "revoked"]),
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs.nullable(),
  lastUsedAtMs: EpochMs.nullable(),
})
export type CompanionKey = z.infer<typeof CompanionKey>
/**
 * `POST /devices/{id}/companion/keys`: a new key, and the script that replaces the old one on the
 * router.
 */
export const KeyRotation = z.object({ key: CompanionKey, script: CompanionScript })
export type KeyRotation = z.infer<typeof KeyRotation>

export const DriftRow = z.object({
  part: z.string(),
  kind: z.enum(["missing", "changed", "unreadable", "extra"]),
  what: z.string(),
  wanted: z.string().nullable(),
  found: z.string().nullable(),
})
export type DriftRow = z.infer<typeof DriftRow>
export const Verification = z.object({
  atMs: EpochMs,
  ok: z.boolean(),
  /** Null if the router could be read; else the reason and what to do. */
  problem: z.string().nullable(),
  drift: z.array(DriftRow),
})
export type Verification = z.infer<typeof Verification>

/**
 * `GET` and `PUT /devices/{id}/companion`. The desired configuration is null if none was saved for
 * this router.
 */
export const Companion = z.object({
  deviceId: z.uuid(),
  desired: CompanionInput.nullable(),
  /** The release for which a script is generated, and the source of it. */
  release: z.string().nullable(),
  releaseFrom: z.enum(["desired", "router", "none"]),
  /**
   * The values for `agentAddresses` and `applianceHost` if the desired configuration omits them.
   */
  suggested: z.object({ agentAddresses: z.array(z.string()), applianceHost: z.string() }),
  /** Since when the agent polls this router with the account of the script; null: not yet. */
  adoptedAtMs: EpochMs.nullable(),
  keys: z.array(CompanionKey),
  /** Null: the router has never pushed. */
  lastPushAtMs: EpochMs.nullable(),
  lastPushFrom: z.string().nullable(),
  /** The router's clock minus the appliance's. */
  clockSkewMs: z.number().nullable(),
  pushes: z.object({ accepted: z.int(), duplicates: z.int(), rejected: z.int(), lost: z.int() }),
  lastRejection: z.object({ atMs: EpochMs, reason: z.string(), message: z.string() }).nullable(),
  /**
   * `globals`: whether scheduled scripts of the router see global variables; null if its script did
   * not test it.
   */
  hello: z
    .object({
      atMs: EpochMs,
      version: z.string(),
      done: z.array(z.string()),
      failed: z.array(z.string()),
      globals: Globals.nullable().default(null),
    })
    .nullable(),
  netwatch: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      state: z.enum(["up", "down"]),
      sinceMs: EpochMs,
    }),
  ),
  verification: Verification.nullable(),
})
export type Companion = z.infer<typeof Companion>
