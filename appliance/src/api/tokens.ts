/** API tokens: what programs send instead of a session, as `Authorization: Bearer`. */
import { z } from "zod"
import { EpochMs, Line, PERMISSIONS, type Permission } from "./shared.ts"

/** A program has no session, and a token that makes tokens would outlive its own end. */
const NOT_FOR_TOKENS: readonly Permission[] = [
  "session:own",
  "tokens:read",
  "tokens:write",
  "walls:read",
  "walls:write",
]
const isPermission = (text: string): text is Permission => text in PERMISSIONS
/** What a token may be given. */
export const TOKEN_PERMISSIONS: readonly Permission[] = Object.keys(PERMISSIONS)
  .filter(isPermission)
  .filter((permission) => !NOT_FOR_TOKENS.includes(permission))
export const TokenPermission = z.enum(TOKEN_PERMISSIONS)

export const MAX_TOKEN_DAYS = 366

/** `permissions`: at most those of the account that makes it. */
export const ApiTokenCreate = z.strictObject({
  name: Line(120),
  permissions: z.array(TokenPermission).min(1).max(TOKEN_PERMISSIONS.length),
  expiresInDays: z.int().min(1).max(MAX_TOKEN_DAYS).default(90),
})
export type ApiTokenCreate = z.infer<typeof ApiTokenCreate>

/** `token` is answered once and stored nowhere: the appliance keeps its SHA-256 alone. */
export const ApiTokenCreated = z.object({ id: z.uuid(), token: z.string(), expiresAtMs: EpochMs })
export type ApiTokenCreated = z.infer<typeof ApiTokenCreated>

/** `blocked`: the account that made it is disabled. */
export const ApiTokenState = z.enum(["active", "expired", "revoked", "blocked"])
export type ApiTokenState = z.infer<typeof ApiTokenState>

export const ApiToken = z.object({
  id: z.uuid(),
  name: z.string(),
  /** The last characters of the token, by which people recognise it. */
  ending: z.string(),
  permissions: z.array(z.string()),
  state: ApiTokenState,
  createdBy: z.string(),
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
  revokedAtMs: EpochMs.nullable(),
  /** Written once a minute at most. */
  lastUsedAtMs: EpochMs.nullable(),
  lastUsedFrom: z.string().nullable(),
})
export type ApiToken = z.infer<typeof ApiToken>
