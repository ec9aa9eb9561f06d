/** What agents send, and what they hide of it. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

export const REDACTIONS = ["users", "addresses"] as const
export const Redacted = z.enum(REDACTIONS)
export type Redacted = z.infer<typeof Redacted>

export const RedactionInput = z.strictObject({
  users: z.boolean(),
  addresses: z.boolean(),
  /** Customers no longer match what was sent before. */
  newKey: z.boolean().default(false),
})
export type RedactionInput = z.infer<typeof RedactionInput>

/**
 * `applied`: this version is in force. `pending`: the agent has not reported it yet. `offline`: nor
 * can it now. `too-old`: its release does not know the switches, and sends names.
 */
export const RedactionState = z.enum(["applied", "pending", "offline", "too-old"])
export type RedactionState = z.infer<typeof RedactionState>

/** What an agent hides, as it reports itself. */
export const AgentRedaction = z.object({
  state: RedactionState,
  /** By the settings of its host; the appliance cannot switch it off. */
  floor: z.array(Redacted),
  /** What the appliance has switched on, as the agent applies it. */
  hide: z.array(Redacted),
  version: z.int(),
  keyOf: z.enum(["host", "appliance"]).nullable(),
  /** The same for agents whose pseudonyms match. */
  keyCheck: z.string().nullable(),
})
export type AgentRedaction = z.infer<typeof AgentRedaction>

export const RedactionVersion = z.object({
  version: z.int(),
  users: z.boolean(),
  addresses: z.boolean(),
  /** The key is another one than before. */
  isNewKey: z.boolean(),
  changedAtMs: EpochMs,
  changedBy: z.string(),
})
export type RedactionVersion = z.infer<typeof RedactionVersion>

/** The switches of the organisation. Version 0: nobody has set them. */
export const RedactionSettings = z.object({
  version: z.int(),
  users: z.boolean(),
  addresses: z.boolean(),
  /** Newest first. */
  history: z.array(RedactionVersion),
  agents: z.array(AgentRedaction.extend({ id: z.uuid(), name: z.string() })),
})
export type RedactionSettings = z.infer<typeof RedactionSettings>

export const SENT_KINDS = [
  "samples",
  "tables",
  "events",
  "probes",
  "facts",
  "answers",
  "diagnostics",
  "heartbeats",
] as const
export const SentKind = z.enum(SENT_KINDS)
export type SentKind = z.infer<typeof SentKind>

export const Sent = z.object({
  kind: SentKind,
  /** Of the last hour. */
  messages: z.int(),
  rows: z.int(),
  /** As JSON, before compression. */
  bytes: z.int(),
  /**
   * The latest one as it was received; null: none was, or this account may not see it, or it may
   * contain secrets of a router.
   */
  latest: z.object({ atMs: EpochMs, text: z.string(), chars: z.int() }).nullable(),
  isHidden: z.boolean(),
})
export type Sent = z.infer<typeof Sent>

/** What one agent sends. */
export const AgentSent = z.object({
  /** Since when it is counted: an hour ago, or the start of the appliance. */
  sinceMs: EpochMs,
  kinds: z.array(Sent),
  redaction: AgentRedaction,
})
export type AgentSent = z.infer<typeof AgentSent>
