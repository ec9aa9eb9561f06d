/** Session tokens, and the rows that contain their hashes. */
import { createHash, randomBytes } from "node:crypto"
import type { Actor } from "../../platform/http/http.ts"
import type { Visitor } from "./model.ts"

export const IDLE_DAYS = 7
export const LONGEST_DAYS = 30

export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest()
export const newToken = (): string => randomBytes(32).toString("base64url")
/** The row of a new session. */
export const sessionOf = (
  token: string,
  account: Actor["account"],
  { address, userAgent }: Visitor,
) => ({
  tokenHash: hashToken(token),
  account,
  idleDays: IDLE_DAYS,
  address,
  userAgent: userAgent.slice(0, 300),
})

/** The account of a session, without internal fields. */
export const withoutIdle = ({
  account,
  org,
  email,
  name,
  role,
}: Omit<Actor, "address">): Omit<Actor, "address"> => ({
  account,
  org,
  email,
  name,
  role,
})
