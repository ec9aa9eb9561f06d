/** The built screens, read into memory once: no path of a request ever touches the disk. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join, relative, sep } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import type { Context } from "koa"

type File = {
  readonly type: string
  readonly etag: string
  readonly immutable: boolean
  readonly body: Buffer
  /** Filled at the first asking for it. */
  readonly packed: Map<"br" | "gzip", Buffer>
}
/** False where there is no such file, so that the caller can answer 404. */
export type UiFiles = (ctx: Context) => Promise<boolean>

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".geojson": "application/geo+json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
}
const PACKABLE = /^text\/|json|svg|javascript/
const pack = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (body: Buffer) => promisify(gzip)(body),
}

/** `folder` is what the build of the screens left; without it a page says what to do. */
export const readUiFiles = (folder: string): UiFiles => {
  const files = existsSync(join(folder, "index.html"))
    ? readFiles(folder)
    : new Map([["/index.html", notBuilt()]])
  return async (ctx) => {
    const file =
      files.get(ctx.path === "/" ? "/index.html" : ctx.path) ??
      (isPage(ctx.path) ? files.get("/index.html") : undefined)
    if (file === undefined) return false
    ctx.status = 200
    ctx.type = file.type
    ctx.set("ETag", file.etag)
    ctx.set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache")
    ctx.vary("Accept-Encoding")
    if (ctx.fresh) {
      ctx.status = 304
      return true
    }
    const encoding =
      PACKABLE.test(file.type) && file.body.length > 1_024
        ? ctx.acceptsEncodings("br", "gzip", "identity")
        : "identity"
    if (encoding === "br" || encoding === "gzip") {
      const packed = file.packed.get(encoding) ?? (await pack[encoding](file.body))
      file.packed.set(encoding, packed)
      ctx.set("Content-Encoding", encoding)
      ctx.body = packed
    } else {
      ctx.body = file.body
    }
    return true
  }
}

/** An address of the screens' own router, not a file that is missing: those have an extension. */
const isPage = (path: string): boolean => extname(path) === ""

const readFiles = (folder: string): ReadonlyMap<string, File> => {
  const files = new Map<string, File>()
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name)
    if (!statSync(path).isFile()) continue
    const url = `/${relative(folder, path).split(sep).join("/")}`
    // The build puts a hash of the content into the names below assets/.
    files.set(
      url,
      fileOf(
        readFileSync(path),
        TYPES[extname(name)] ?? "application/octet-stream",
        url.startsWith("/assets/"),
      ),
    )
  }
  return files
}

const fileOf = (body: Buffer, type: string, immutable: boolean): File => ({
  type,
  body,
  immutable,
  etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
  packed: new Map(),
})

const notBuilt = (): File =>
  fileOf(
    Buffer.from(
      "<!doctype html><meta charset=utf-8><title>ISP Visual Monitor</title><p>The screens are not built: run npm run setup, then start again.</p>",
    ),
    "text/html; charset=utf-8",
    false,
  )
