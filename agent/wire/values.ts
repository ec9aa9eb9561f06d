/** The bounded values that messages consist of, and the limits of a message. */
import { z } from "zod"

/** Limits of a message. Both ends check them. */
export const LIMITS = {
  batchItems: 5_000,
  batchBytesGzip: 4 * 1024 * 1024,
  /** Inflated. The agent seals a batch below 4 MiB of items. */
  batchBytes: 8 * 1024 * 1024,
  /** Brackets, commas and colons outside strings in a batch's JSON. */
  batchMarks: 500_000,
  /** Members of one object: attributes of an event, properties of a row. */
  names: 128,
  textChars: 4_096,
  /** One value of a menu that a `read` task prints, such as the source of a script. */
  valueChars: 65_536,
  nameChars: 256,
  tasksAtOnce: 64,
  /** The appliance answers a long poll for tasks after this time, even without a task. */
  taskWaitMs: 25_000,
} as const

/** Postgres stores neither NUL nor a lone surrogate: one such text would block its whole batch. */
const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()
/** Makes any text valid for a message: removes NUL and lone surrogates, and cuts it to `chars`. */
export const storable = (text: string, chars: number = LIMITS.textChars): string =>
  text.replaceAll("\0", "").slice(0, chars).toWellFormed()
export const textUpTo = (chars: number) =>
  z.string().max(chars).refine(isStorable, "a NUL byte or half a surrogate pair")
export const Name = textUpTo(LIMITS.nameChars).min(1)
export const Text = textUpTo(LIMITS.textChars)
const isText = (value: unknown, chars: number): boolean =>
  typeof value === "string" && value.length <= chars && isStorable(value)
/**
 * Texts by name. Stops at the first invalid one: zod's record creates an issue for each, which
 * takes seconds for a message with hundreds of thousands of them.
 */
export const textsByName = (nameChars: number, valueChars: number, maxCount: number) =>
  z.custom<Record<string, string>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length <= maxCount &&
      Object.entries(value).every(
        ([name, text]) => isText(name, nameChars) && isText(text, valueChars),
      ),
    `expected at most ${maxCount} texts of at most ${valueChars} characters`,
  )
/** The last moment that a `Date` can hold. */
export const MAX_EPOCH_MS = 8_640_000_000_000_000
/** Epoch milliseconds by the sender's clock. */
export const EpochMs = z.int().nonnegative().max(MAX_EPOCH_MS)
export const DeviceId = z.uuid().brand<"DeviceId">()
export type DeviceId = z.infer<typeof DeviceId>
export const AgentId = z.uuid().brand<"AgentId">()
export type AgentId = z.infer<typeof AgentId>
export const Protocol = z.int().positive()
/** A whole number from 0. */
export const count = z.int().nonnegative()
/** Any number from 0. */
export const amount = z.number().nonnegative()
/** `<source>.<what it reads>`, such as `snmp.health`. Migration 0028 checks the same. */
export const COLLECTOR_NAME = /^[a-z0-9-]{1,32}\.[a-z0-9-]{1,32}$/
/** Where a value was read. The UI shows it. `agent`: the agent reports about itself. */
export const Source = z.enum(["routeros-api", "snmp", "icmp", "tcp", "syslog", "push", "agent"])
export type Source = z.infer<typeof Source>
