/**
 * Answers that are the same for everybody of an organisation who may see the same things: made once,
 * serialised once, compressed once. An answer serves for a second, and not after anything that
 * people wait for has changed: a status, an incident, the inventory, or what somebody wrote.
 */
import { createHash } from "node:crypto"
import { promisify } from "node:util"
import { constants, gzip } from "node:zlib"
import type { Context } from "koa"
import type { OrgId } from "../ids.ts"

/** As old as an answer may be: the measured values in it are newer each second at best. */
const MAX_AGE_MS = 1_000
/** Shorter ones are not worth the compression. */
const MIN_GZIP_BYTES = 1_024
const compress = promisify(gzip)

/** Who may see the same: names of subscribers, and of the persons who work here. */
export type Audience = `${"people" | "wall"} ${"with" | "without"} subscribers`
export type AnswerKey = { readonly org: OrgId; readonly audience: Audience; readonly path: string }
export type PackedAnswer = {
  readonly etag: string
  readonly json: Buffer
  readonly gzipped: () => Promise<Buffer>
}
export type SharedAnswers = {
  /** `make` is called unless an answer that was begun after the last change still serves. */
  readonly answer: (key: AnswerKey, make: () => Promise<unknown>) => Promise<PackedAnswer>
  /** Somebody has written: who reads after that gets what was written. */
  readonly onWritten: (org: OrgId) => void
  readonly stats: () => { readonly held: number; readonly made: number }
}
export type SharedAnswersDeps = {
  /** Milliseconds that only go up. */
  readonly steadyMs: () => number
  /** Another number after each change of the organisation that the live stream reports. */
  readonly changesOf: (org: OrgId) => number
  /** Called before `onWritten` returns. */
  readonly onWritten?: (org: OrgId) => void
}

type Held = {
  readonly atMs: number
  readonly version: string
  readonly packed: Promise<PackedAnswer>
}

const pack = (answer: unknown): PackedAnswer => {
  const json = Buffer.from(JSON.stringify(answer))
  let gzipped: Promise<Buffer> | undefined
  return {
    // Weak: the same for each encoding.
    etag: `W/"${createHash("sha256").update(json).digest("base64url").slice(0, 22)}"`,
    json,
    gzipped: () => {
      gzipped ??= compress(json, { level: constants.Z_BEST_SPEED })
      return gzipped
    },
  }
}

export const createSharedAnswers = ({
  steadyMs,
  changesOf,
  onWritten,
}: SharedAnswersDeps): SharedAnswers => {
  const held = new Map<string, Held>()
  const written = new Map<OrgId, number>()
  let made = 0
  const dropOld = (nowMs: number): void => {
    for (const [key, { atMs }] of held) if (nowMs - atMs >= MAX_AGE_MS) held.delete(key)
  }
  return {
    answer: ({ org, audience, path }, make) => {
      const nowMs = steadyMs()
      const version = `${changesOf(org)} ${written.get(org) ?? 0}`
      const key = `${org} ${audience} ${path}`
      const known = held.get(key)
      if (known?.version === version && nowMs - known.atMs < MAX_AGE_MS) return known.packed
      dropOld(nowMs)
      made += 1
      const packed = make().then(pack)
      held.set(key, { atMs: nowMs, version, packed })
      // A failure is answered to those who wait for it, and to nobody after them.
      packed.catch(() => {
        if (held.get(key)?.packed === packed) held.delete(key)
      })
      return packed
    },
    onWritten: (org) => {
      written.set(org, (written.get(org) ?? 0) + 1)
      onWritten?.(org)
    },
    stats: () => ({ held: held.size, made }),
  }
}

/** 304 where the client has this answer, else the answer, compressed if the client reads that. */
export const sendPacked = async (ctx: Context, packed: PackedAnswer): Promise<void> => {
  ctx.set("ETag", packed.etag)
  ctx.vary("Accept-Encoding")
  // Not by Koa's `fresh`: browsers send `no-cache` with a condition of a script.
  const known = ctx
    .get("if-none-match")
    .split(",")
    .map((each) => each.trim())
  if (known.includes(packed.etag)) {
    ctx.status = 304
    return
  }
  ctx.status = 200
  ctx.type = "application/json; charset=utf-8"
  const isGzip =
    packed.json.length >= MIN_GZIP_BYTES && ctx.acceptsEncodings("gzip", "identity") === "gzip"
  if (isGzip) ctx.set("Content-Encoding", "gzip")
  ctx.body = isGzip ? await packed.gzipped() : packed.json
}
