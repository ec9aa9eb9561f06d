/** Shapes that several parts of the UI API use. */
import { z } from "zod"
import { fieldCode, fieldParams } from "./field-messages.ts"
import { hiddenCharacter } from "./hidden-characters.ts"

export const EpochMs = z.int().nonnegative()
const rejectInvisible = (text: string, context: z.core.$RefinementCtx<string>): void => {
  const hidden = hiddenCharacter(text)
  if (hidden !== null)
    context.addIssue({
      code: "custom",
      params: fieldParams({ code: "field.hidden-character", params: { character: hidden } }),
    })
}
/**
 * One line of text: no control characters, no invisible ones, none that changes the text direction;
 * trimmed.
 */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, fieldCode("field.control-characters"))
    .superRefine(rejectInvisible)
export const Note = z.string().trim().max(4_000).superRefine(rejectInvisible)
/** An address or a prefix, of IPv4 or IPv6. */
export const Network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  fieldCode("field.network"),
)
export const Networks = z.array(Network).max(64)
export const Port = z.int().min(1).max(65_535)

/** The statuses of the UI. */
export const Status = z.enum([
  "ok",
  "degraded",
  "down",
  "recovering",
  "unknown",
  "maintenance",
  "unreachable",
])
export type Status = z.infer<typeof Status>

export const Role = z.enum(["admin", "operator", "viewer"])
export type Role = z.infer<typeof Role>

/** Every permission that a route can require, and the roles that have it. */
export const PERMISSIONS = {
  "session:own": ["admin", "operator", "viewer"],
  "inventory:read": ["admin", "operator", "viewer"],
  "inventory:write": ["admin", "operator"],
  // Who somebody is, in tables of devices: user names, callers, comments.
  "subscribers:read": ["admin", "operator"],
  "credentials:read": ["admin", "operator"],
  // Using a saved credential for a device, inside the credential's allowed networks or with its
  // secret typed again.
  "credentials:use": ["admin", "operator"],
  // Changing credentials, and sending a saved secret to any destination.
  "credentials:write": ["admin"],
  // Seeing a secret in plain text: the script of a router with its passwords and key.
  "secrets:reveal": ["admin"],
  "agents:read": ["admin", "operator", "viewer"],
  "agents:write": ["admin"],
  // What agents hide of what they read: switching it off shows who customers are again.
  "redaction:write": ["admin"],
  "incidents:read": ["admin", "operator", "viewer"],
  "incidents:act": ["admin", "operator"],
  "rules:read": ["admin", "operator", "viewer"],
  // What is an alert, and so what opens an incident and is notified.
  "rules:write": ["admin", "operator"],
  "maintenance:read": ["admin", "operator", "viewer"],
  "maintenance:write": ["admin", "operator"],
  "probes:read": ["admin", "operator", "viewer"],
  // What agents contact besides devices.
  "probes:write": ["admin", "operator"],
  // Running ping, traceroute and other diagnostics on routers, and reading their output.
  "diagnostics:run": ["admin", "operator"],
  "series:read": ["admin", "operator", "viewer"],
  "events:read": ["admin", "operator", "viewer"],
  "live:read": ["admin", "operator", "viewer"],
  "accounts:read": ["admin"],
  "accounts:write": ["admin"],
  "audit:read": ["admin"],
  "tokens:read": ["admin"],
  "tokens:write": ["admin"],
  "walls:read": ["admin"],
  "walls:write": ["admin"],
  "notifications:read": ["admin", "operator", "viewer"],
  // Where news of faults goes, and the secrets that are used for it.
  "notifications:write": ["admin"],
  "backup:read": ["admin"],
  // Where backups go and who can open them.
  "backup:write": ["admin"],
  "updates:read": ["admin"],
  // Which release runs. A bundle is installed only if its signature is trusted.
  "updates:write": ["admin"],
} as const satisfies Record<string, readonly Role[]>
export type Permission = keyof typeof PERMISSIONS

/** RFC 9457. `code` is stable and for programs; `fields` names each field with an error. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  /** The same as `detail`, for other languages: `problem-messages.ts`. */
  message: z.object({ code: z.string(), params: z.record(z.string(), z.unknown()) }).optional(),
  fields: z
    .array(
      z.object({
        path: z.string(),
        message: z.string(),
        /** The same as `message`, for programs and other languages: `field-messages.ts`. */
        code: z.string(),
        params: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
})
export type Problem = z.infer<typeof Problem>

/** Lists are pages: `next` is the cursor of the following one, or null. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })
/**
 * A page of a list in one fixed order, newest first. `next` is the value of `before` for the older
 * page, `previous` the value of `after` for the newer one. `total` counts all rows that match the
 * filter, `offset` those before this page.
 */
export const countedPage = <T extends z.ZodType>(item: T) =>
  page(item).extend({
    previous: z.string().nullable(),
    total: z.int().nonnegative(),
    offset: z.int().nonnegative(),
  })
