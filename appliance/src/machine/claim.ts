/**
 * The claim of an appliance without a person: a file in the data folder that the appliance reads
 * once, at the start, and removes. A seed writes it; so may an installer.
 */
import { z } from "zod"
import { Email } from "../api/session.ts"
import { Line } from "../api/shared.ts"

export const CLAIM_FILE = "claim.json"

export const Claim = z.strictObject({
  organisation: Line(120),
  administrator: z.strictObject({
    name: Line(120),
    email: Email,
    /** As `ispvm password-hash` prints it. */
    passwordHash: z.string().startsWith("scrypt$").max(200),
  }),
  /** Tokens of agents that will enrol; the secret is 32 bytes in base64url. */
  agents: z
    .array(
      z.strictObject({
        name: Line(64),
        secret: z.string().regex(/^[\w-]{43}$/),
        validHours: z.int().min(1).max(720),
      }),
    )
    .max(256)
    .default([]),
})
export type Claim = z.infer<typeof Claim>
