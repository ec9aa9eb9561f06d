/** Set-up of a new appliance, login, accounts, audit. */
import { z } from "zod"
import { EpochMs, Line, Role } from "./shared.ts"

export const Email = z.email().max(254).toLowerCase()
export const Password = z.string().min(12).max(256)

/** `POST /api/v1/setup`, once, with the code on the console. Logs in the first admin. */
export const SetupRequest = z.strictObject({
  setupCode: z.string().trim().min(1).max(64),
  organisation: Line(120),
  name: Line(120),
  email: Email,
  password: Password,
})
export type SetupRequest = z.infer<typeof SetupRequest>

/** `POST /api/v1/session` */
export const LoginRequest = z.strictObject({ email: Email, password: z.string().min(1).max(256) })
export type LoginRequest = z.infer<typeof LoginRequest>

export const Account = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: Role,
  disabled: z.boolean(),
  createdAtMs: EpochMs,
  lastLoginAtMs: EpochMs.nullable(),
})
export type Account = z.infer<typeof Account>

/** `GET /api/v1/session`: public. Without a login, `account` is null. */
export const Session = z.object({
  isSetUp: z.boolean(),
  account: Account.nullable(),
  organisation: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  permissions: z.array(z.string()),
  version: z.string(),
  /**
   * Set where the network is the demo's simulation and the account may act on incidents.
   * `faultInjectionUrl` is served by the demo to pages of this appliance, not by the appliance.
   */
  demo: z.object({ faultInjectionUrl: z.url() }).nullable(),
  /** The base URL of the agent API for an agent on another host. */
  agentApiUrl: z.string(),
  /** The XYZ template of your own map tiles; null: only the bundled outlines. */
  mapTilesUrl: z.string().nullable(),
})
export type Session = z.infer<typeof Session>

export const AccountCreate = z.strictObject({
  name: Line(120),
  email: Email,
  role: Role,
  password: Password,
})
export type AccountCreate = z.infer<typeof AccountCreate>
export const AccountPatch = z.strictObject({
  name: Line(120).optional(),
  role: Role.optional(),
  disabled: z.boolean().optional(),
  password: Password.optional(),
})
export type AccountPatch = z.infer<typeof AccountPatch>

/** `PUT /api/v1/session/password`: the own password. */
export const PasswordChange = z.strictObject({
  current: z.string().min(1).max(256),
  password: Password,
})
export type PasswordChange = z.infer<typeof PasswordChange>

/** One row of the audit log. Never contains the value of a secret. */
export const AuditEntry = z.object({
  id: z.string(),
  atMs: EpochMs,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  subjectId: z.string().nullable(),
  address: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.infer<typeof AuditEntry>
/** `GET /audit`, newest first: `from` and `to` in epoch ms, the second excluded. */
export const AuditQuery = z.strictObject({
  /** Only ids below this one: the older page. */
  before: z.coerce.number().int().positive().optional(),
  /** Only ids above this one, and the lowest of them: the newer page. */
  after: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  subject: z.string().max(64).optional(),
  id: z.string().max(64).optional(),
  actor: z.string().trim().max(254).optional(),
  action: z.string().max(64).optional(),
  from: z.coerce.number().min(0).max(8.64e15).optional(),
  to: z.coerce.number().min(0).max(8.64e15).optional(),
})
