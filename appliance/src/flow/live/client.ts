/** One open stream: what it has subscribed to, and when it is too slow. */
import type { ServerResponse } from "node:http"
import type { OrgId } from "../../platform/ids.ts"
import { type Frame, frameOf, GZIP_HEADER } from "./frame.ts"

/** A page shows itself as stale after three seconds without a byte, so a quiet stream sends one. */
const KEEP_ALIVE_MS = 1_000
const KEEP_ALIVE = frameOf(": still here\n\n")
/** A client is slow if too much waits for it this long, or this many times as much at once. */
const SLOW_MS = 3_000
const BURSTS = 8

/** Whose stream it is. */
export type StreamOwner = {
  readonly account: string
  readonly session: string
  readonly isAdmin: boolean
  /** May see who subscribers are. */
  readonly seesPersons?: boolean
  /** A wall display: what is sent names no person. */
  readonly isWall?: boolean
}
export type Client = {
  readonly org: OrgId
  readonly owner: StreamOwner | null
  readonly topics: ReadonlySet<string> | null
  readonly send: (frame: Frame) => void
  readonly end: () => void
}
export type ClientDeps = {
  readonly res: ServerResponse
  readonly isGzip: boolean
  readonly waitingBytes: number
  readonly heartbeatMs: number
  /** Whether the session may still have the stream. */
  readonly allowed: () => Promise<boolean>
  readonly onDropped: () => void
  readonly onEnd: (client: Client) => void
}

/** A stream of everything has the values as `readings`. */
export const isSubscribed = ({ topics }: Pick<Client, "topics">, topic: string): boolean =>
  topics === null ? topic !== "values" : topics.has(topic)

/** Whether a response can take one more frame. A burst of one moment does not make it slow. */
const createSlowness = (res: ServerResponse, waitingBytes: number): (() => boolean) => {
  let fullSinceMs: number | null = null
  return () => {
    if (res.writableLength <= waitingBytes) fullSinceMs = null
    else fullSinceMs ??= performance.now()
    return (
      (fullSinceMs !== null && performance.now() - fullSinceMs > SLOW_MS) ||
      res.writableLength > waitingBytes * BURSTS
    )
  }
}

/** Starts the response; the stream ends with it, or when it is no longer allowed. */
export const createClient = (
  subscription: Pick<Client, "org" | "owner" | "topics">,
  { res, isGzip, waitingBytes, heartbeatMs, allowed, onDropped, onEnd }: ClientDeps,
): Client => {
  const isSlow = createSlowness(res, waitingBytes)
  const end = (): void => {
    onEnd(client)
    clearInterval(heartbeat)
    clearInterval(keepAlive)
  }
  const client: Client = {
    ...subscription,
    send: (frame) => {
      if (res.destroyed || res.writableEnded) return
      if (!isSlow()) {
        res.write(isGzip ? frame.deflated() : frame.text)
        return
      }
      onDropped()
      end()
      res.destroy()
    },
    end: () => {
      end()
      res.end()
    },
  }
  const keepAlive = setInterval(() => client.send(KEEP_ALIVE), KEEP_ALIVE_MS)
  keepAlive.unref()
  const checkSession = (): void => {
    allowed().then(
      (is) => (is ? undefined : client.end()),
      // The session cannot be checked: the stream ends, and its next request is checked.
      () => client.end(),
    )
  }
  const heartbeat = setInterval(checkSession, heartbeatMs)
  heartbeat.unref()
  res.once("close", end)
  res.once("error", end)
  res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
    vary: "accept-encoding",
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
  })
  if (isGzip) res.write(GZIP_HEADER)
  return client
}
