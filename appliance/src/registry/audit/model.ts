/** Types of the audit log. */
import type { Actor } from "../../platform/http/http.ts"

/** A person, or a part of the system that acts by itself. */
export type By =
  | Pick<Actor, "account" | "email" | "address" | "token">
  | { readonly system: string }
export type Detail = Readonly<Record<string, unknown>>
export type AuditQuery = {
  /** Only lower ids: the older page. */
  readonly before: number | null
  /** Only higher ids: the newer page. */
  readonly after?: number | null
  readonly limit: number
  readonly subject: string | null
  readonly id: string | null
  /** A part of the actor's name, in any case. */
  readonly actor?: string | null
  /** By name (`device.changed`), or all of a subject (`device.`). */
  readonly action?: string | null
  readonly fromMs?: number | null
  readonly toMs?: number | null
}

/** `permission`: what the route requires; `code`: the named reason of the answer. */
export type Denial = {
  readonly method: string
  readonly path: string
  readonly permission: string
  readonly code: string
}
export type Denials = (actor: Actor, denial: Denial) => void
