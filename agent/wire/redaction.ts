/**
 * Redaction: what an agent hides before anything leaves its host. Its own settings are the floor;
 * the appliance may add to them. A report of what is in force is a header of each heartbeat,
 * because messages are strict: older appliances ignore it.
 */
import { z } from "zod"

/** `users`: names become pseudonyms. `addresses`: those of customers are shortened. */
export const REDACTIONS = ["users", "addresses"] as const
export type Redacted = (typeof REDACTIONS)[number]

/** Part of the assignment, only for agents that name the feature `redaction`. */
export const AssignedRedaction = z.strictObject({
  /** Counts the changes of the switches; the agent reports which one is in force. */
  version: z.int().positive(),
  hide: z.array(z.enum(REDACTIONS)).max(REDACTIONS.length),
  /** Of the organisation. An agent whose host has a key of its own uses that one. */
  key: z.string().regex(/^[A-Za-z0-9_-]{32,128}$/),
})
export type AssignedRedaction = z.infer<typeof AssignedRedaction>

export const REDACTION_HEADER = "ispvm-redaction"
const Names = z.array(z.enum(REDACTIONS)).max(REDACTIONS.length)
export const RedactionReport = z.strictObject({
  /** By the settings of the agent's host; nothing of the appliance switches it off. */
  floor: Names,
  /** What the appliance has switched on, as this agent applies it. */
  hide: Names,
  /** Of `hide`; 0: the appliance has sent none. */
  version: z.int().nonnegative(),
  /** Whose key makes the pseudonyms; null: there are none. */
  keyOf: z.enum(["host", "appliance"]).nullable(),
  /** The same for agents with the same key; it shows nothing else of it. */
  keyCheck: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
})
export type RedactionReport = z.infer<typeof RedactionReport>

const NONE = "-"
const joined = (names: readonly string[]): string => names.join(",") || NONE
/** `FLOOR HIDE VERSION KEY-OF KEY-CHECK`, with `-` for nothing. */
export const formatRedactionHeader = (report: RedactionReport): string =>
  [
    joined(report.floor),
    joined(report.hide),
    report.version,
    report.keyOf ?? NONE,
    report.keyCheck ?? NONE,
  ].join(" ")

const namesOf = (text: string): string[] => (text === NONE ? [] : text.split(","))
/** Null: not what an agent sends. */
export const parseRedactionHeader = (text: string | undefined): RedactionReport | null => {
  const [floor = "", hide = "", version = "", keyOf = "", keyCheck = "", ...more] = (
    text ?? ""
  ).split(" ")
  if (more.length > 0 || !/^\d{1,9}$/.test(version)) return null
  const report = {
    floor: namesOf(floor),
    hide: namesOf(hide),
    version: Number(version),
    keyOf: keyOf === NONE ? null : keyOf,
    keyCheck: keyCheck === NONE ? null : keyCheck,
  }
  return RedactionReport.safeParse(report).data ?? null
}
