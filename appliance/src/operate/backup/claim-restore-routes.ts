import type { Context } from "koa"
import type { RestoreRequest } from "../../api/restore.ts"
import { RESTORE_PIECE_BYTES } from "../../api/restore.ts"
import { readPiece } from "../../platform/http/body.ts"
import { endpoint, publicRoute, type Route } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { ClaimRestore } from "./claim-restore.ts"

type Deps = {
  readonly restore: ClaimRestore
  /** Throws HttpError unless this is the code on the console of an appliance that is not set up. */
  readonly requireCode: (setupCode: RestoreRequest["setupCode"], ctx: Context) => Promise<void>
  readonly tls: boolean
}
const HOUR_S = 3_600

/** A cookie: the page may be loaded again, and is when the certificate of the backup is served. */
const cookieName = (tls: boolean): string => `${tls ? "__Host-" : ""}ispvm_restore`
const secretOf = (ctx: Context, tls: boolean): string => ctx.cookies.get(cookieName(tls)) ?? ""

export const claimRestoreRoutes = ({ restore, requireCode, tls }: Deps): readonly Route[] => [
  publicRoute({
    ...endpoint("POST /setup/restore"),
    summary: "Begin the upload of a backup, with the code on the console; the cookie continues it",
    handle: async ({ body, ctx }) => {
      await requireCode(body.setupCode, ctx)
      const { secret } = await restore.begin(body)
      ctx.append(
        "Set-Cookie",
        `${cookieName(tls)}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${24 * HOUR_S}${tls ? "; Secure" : ""}`,
      )
      return restore.state(secret)
    },
  }),
  publicRoute({
    ...endpoint("PUT /setup/restore/file"),
    summary: `Send the next piece of the backup as application/octet-stream, at most ${RESTORE_PIECE_BYTES} bytes`,
    handle: async ({ query, ctx }) => {
      // Without an upload nobody makes the appliance read bytes.
      const secret = secretOf(ctx, tls)
      if (restore.state(secret).phase !== "receiving")
        throw new HttpError(409, "no-upload", { code: "problem.upload-ended", params: {} })
      return await restore.add(secret, query.offset, await readPiece(ctx.req, RESTORE_PIECE_BYTES))
    },
  }),
  publicRoute({
    ...endpoint("GET /setup/restore"),
    summary: "How far the restore is that this browser has begun, or how it ended",
    handle: async ({ ctx }) => restore.state(secretOf(ctx, tls)),
  }),
]
