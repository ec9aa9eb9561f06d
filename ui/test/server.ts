/**
 * A fake appliance for UI tests: node:http, the built UI, and answers from memory. The end-to-end
 * tests use the real appliance.
 */
import { createReadStream, existsSync, statSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createRequire } from "node:module"
import { extname, join, normalize } from "node:path"
import { pictureFolder } from "./config.ts"

const DIST = join(import.meta.dirname, "../dist")
/** A document without a script, and the axe library. */
export const BLANK_PATH = "/blank"
export const AXE_PATH = "/axe.min.js"
const { resolve } = createRequire(import.meta.url)
const AXE_FILE = resolve("axe-core/axe.min.js")
/**
 * Coasts are drawn coarser than they ship, unless for pictures: reading 4 MB of them is most of the
 * CPU time of a test of the map.
 */
const isOutline = (path: string): boolean => /^\/assets\/countries-\d+m-/.test(path)
const OUTLINE_FILE = resolve("world-atlas/countries-110m.json")
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
}

/** For method and path (below /api/v1, with query): a value, or a status and a problem. */
export type Answer = { readonly status: number; readonly body: unknown }
export type Answers = (method: string, url: URL, body: unknown) => Answer | Promise<Answer>
export type TestServer = {
  readonly url: string
  /** Sends an event to every open stream. */
  readonly publish: (event: string, data: unknown) => void
  /** Closes the streams and rejects new ones until they are restored. */
  readonly breakStreams: () => void
  /** After a gap, a new stream does not repeat what was missed. */
  readonly restoreStreams: (after?: "pause" | "gap") => void
  readonly close: () => void
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void
type Listener = { readonly url: string; handler: Handler | undefined }

/**
 * Listeners without a server: the next one takes one of these, so the browser's cache still holds.
 */
const free: Listener[] = []

const listen = async (): Promise<Listener> => {
  const server = createServer((request, response) => {
    if (listener.handler === undefined) response.writeHead(503).end()
    else listener.handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  server.unref()
  const address = server.address()
  if (address === null || typeof address === "string")
    throw new Error("the test server has no port")
  const listener: Listener = { url: `http://127.0.0.1:${address.port}`, handler: undefined }
  return listener
}

/** `dist`: the built UI to serve. `shipped`: coasts as they ship. */
export const startServer = async (
  answers: Answers,
  dist = DIST,
  shipped = pictureFolder() !== undefined,
): Promise<TestServer> => {
  const streams = new Set<ServerResponse>()
  let broken = false
  let canResume = true
  /** By id, beginning with 1. */
  const sent: string[] = []

  /** `after`: the last event of the stream before, from which an appliance goes on. */
  const openStream = (response: ServerResponse, after: number | null): void => {
    if (broken) {
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" })
    const hello = JSON.stringify({ serverAtMs: Date.now(), resumed: after !== null })
    response.write(`id: ${after ?? sent.length}\nevent: hello\ndata: ${hello}\n\n`)
    for (const message of after === null ? [] : sent.slice(after)) response.write(message)
    streams.add(response)
    response.on("close", () => streams.delete(response))
  }
  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.write(": alive\n\n")
  }, 1_000)

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://localhost")
    if (!url.pathname.startsWith("/api/v1/"))
      return sendFile({ dist, shipped }, url.pathname, response)
    url.pathname = url.pathname.slice("/api/v1".length)
    if (url.pathname === "/live") {
      const after = url.searchParams.get("after")
      return openStream(response, canResume && after !== null ? Number(after) : null)
    }
    const answer = await answers(request.method ?? "GET", url, await readBody(request))
    response.writeHead(answer.status, {
      "content-type": answer.status >= 400 ? "application/problem+json" : "application/json",
    })
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body))
  }
  const listener = free.pop() ?? (await listen())
  listener.handler = (request, response) => {
    handle(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    )
  }
  const breakStreams = (): void => {
    broken = true
    for (const stream of streams) stream.destroy()
  }

  return {
    url: listener.url,
    publish: (event, data) => {
      const message = `id: ${sent.length + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
      sent.push(message)
      for (const stream of streams) stream.write(message)
    },
    breakStreams,
    restoreStreams: (after = "pause") => {
      broken = false
      canResume = after === "pause"
    },
    close: () => {
      clearInterval(heartbeat)
      breakStreams()
      listener.handler = undefined
      free.push(listener)
    },
  }
}

/** Cached as the appliance's files are: names of built assets contain a digest of their content. */
const sendFile = (
  { dist, shipped }: { readonly dist: string; readonly shipped: boolean },
  path: string,
  response: ServerResponse,
): void => {
  if (path === BLANK_PATH) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
    response.end("<!doctype html><title>blank</title>")
    return
  }
  const requested = join(dist, normalize(path))
  const isFile = requested.startsWith(dist) && existsSync(requested) && statSync(requested).isFile()
  const page = join(dist, path.startsWith("/gallery") ? "gallery/index.html" : "index.html")
  const file =
    isOutline(path) && !shipped
      ? OUTLINE_FILE
      : isFile
        ? requested
        : path === AXE_PATH
          ? AXE_FILE
          : page
  const isCached = path.startsWith("/assets/") || path === AXE_PATH
  response.writeHead(200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "cache-control": isCached ? "public, max-age=31536000, immutable" : "no-cache",
  })
  createReadStream(file).pipe(response)
}

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  if (request.headers["content-type"] === "application/octet-stream") return undefined
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"))
}
