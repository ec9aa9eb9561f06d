/** Wall displays: a link that shows the network on a screen and can only read. */
import { z } from "zod"
import { EpochMs, Line } from "./shared.ts"
import { ApiTokenState } from "./tokens.ts"

export const WALL_PAGES = ["overview", "map", "incidents"] as const
export const WallPage = z.enum(WALL_PAGES)
export type WallPage = z.infer<typeof WallPage>

const Rotation = {
  /** In the order in which they are shown. */
  pages: z.array(WallPage).min(1).max(WALL_PAGES.length),
  secondsPerPage: z.int().min(5).max(3_600),
}
export const WallDisplayCreate = z.strictObject({
  name: Line(120),
  ...Rotation,
  expiresInDays: z.int().min(1).max(1_100).default(366),
})
export type WallDisplayCreate = z.infer<typeof WallDisplayCreate>

/** `token` is answered once and stored nowhere. It belongs into the fragment of `/wall#TOKEN`. */
export const WallDisplayCreated = z.object({
  id: z.uuid(),
  token: z.string(),
  expiresAtMs: EpochMs,
})
export type WallDisplayCreated = z.infer<typeof WallDisplayCreated>

export const WallDisplay = z.object({
  id: z.uuid(),
  name: z.string(),
  ...Rotation,
  state: ApiTokenState,
  createdBy: z.string(),
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
  /** Written once a minute at most. */
  lastUsedAtMs: EpochMs.nullable(),
  lastUsedFrom: z.string().nullable(),
})
export type WallDisplay = z.infer<typeof WallDisplay>

/** `POST /wall-sessions`: the secret of a link for a session, sent as `Authorization: Bearer`. */
export const WallSessionRequest = z.strictObject({ token: z.string().min(1).max(200) })
export const WallSession = z.object({
  session: z.string(),
  name: z.string(),
  ...Rotation,
  organisation: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  permissions: z.array(z.string()),
  version: z.string(),
  mapTilesUrl: z.string().nullable(),
})
export type WallSession = z.infer<typeof WallSession>
