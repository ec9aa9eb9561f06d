/** Shapes that several domains of the HTTP contract use. */
import { z } from "zod"

export const EpochMs = z.int().nonnegative()
/** A line people typed: no control characters, trimmed. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "must not contain control characters")
export const Note = z.string().trim().max(4_000)
export const Port = z.int().min(1).max(65_535)

/** The one vocabulary of state, on every screen. `behind`: down only because of another fault. */
export const Status = z.enum(["ok", "degraded", "down", "recovering", "unknown", "maintenance", "behind"])
export type Status = z.infer<typeof Status>

export const Role = z.enum(["admin", "operator", "viewer"])
export type Role = z.infer<typeof Role>

/** Every permission a route can ask for, and the roles that hold it. */
export const PERMISSIONS = {
  "session:own": ["admin", "operator", "viewer"],
  "inventory:read": ["admin", "operator", "viewer"],
  "inventory:write": ["admin", "operator"],
  "credentials:read": ["admin", "operator"],
  "credentials:write": ["admin"],
  "agents:read": ["admin", "operator", "viewer"],
  "agents:write": ["admin"],
  "incidents:read": ["admin", "operator", "viewer"],
  "incidents:act": ["admin", "operator"],
  "series:read": ["admin", "operator", "viewer"],
  "events:read": ["admin", "operator", "viewer"],
  "live:read": ["admin", "operator", "viewer"],
  "accounts:read": ["admin"],
  "accounts:write": ["admin"],
  "audit:read": ["admin"],
  "lab:operate": ["admin", "operator"],
} as const satisfies Record<string, readonly Role[]>
export type Permission = keyof typeof PERMISSIONS

/** RFC 9457. `code` is stable and for programs; `fields` names each field that is wrong. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>

/** Lists are pages: `next` is the cursor of the following one, or null. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })
