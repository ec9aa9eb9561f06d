/** What every open screen of an organisation sees within a second: one stream each, resumed by id. */
import { randomBytes } from "node:crypto"
import type { ServerResponse } from "node:http"
import type { LiveData, LiveName, Readings } from "../../api/live.ts"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import { type Frame, frameOf, GZIP_HEADER } from "./frame.ts"
import { createRing, type Message, type Ring } from "./ring.ts"

export { type CollectedReadings, createCollectedReadings } from "./readings.ts"

export const HEARTBEAT_MS = 10_000
/** A screen says that it is no longer live after three seconds without a byte, so a quiet stream gives a sign of life each second. */
const KEEP_ALIVE_MS = 1_000
const KEEP_ALIVE = frameOf(": still here\n\n")
/** What may wait in front of a slow client. It is dropped above that, and resumes where it was. */
const WAITING_BYTES = 1024 * 1024
/** For so long, or so many times that much at once. */
const SLOW_MS = 3_000
const BURSTS = 8
/** Streams in all; the last of them are for administrators, who have to come in when everything else is taken. */
const MAX_STREAMS = 500
const ADMIN_RESERVE = 50
const MAX_OF_ACCOUNT = 100
/** Tabs of one browser. */
const MAX_OF_SESSION = 20

/** Whose stream it is. */
export type StreamOwner = {
  readonly account: string
  readonly session: string
  readonly isAdmin: boolean
}
export type StreamExcess = "too-many-of-session" | "too-many-of-account" | "too-many"
/** A router may have 10,000 ports: a message of all of them would be more than a stream may hold back. */
const PORTS_AT_ONCE = 500

export type Stats = {
  readonly clients: number
  readonly opened: number
  readonly dropped: number
  readonly rejected: number
}
export type Live = {
  readonly publish: <N extends LiveName>(org: OrgId, name: N, data: LiveData<N>) => void
  /** The ports of one device, to those who asked for them; a stream that resumes does not get them again. */
  readonly publishPorts: (org: OrgId, device: string, ports: Readings["interfaces"]) => void
  /** Why one more stream of this watcher would be too many; null where it is not. */
  readonly excess: (owner: StreamOwner) => StreamExcess | null
  /** Begins a stream on this response. False: there are too many. `allowed` is asked at every heartbeat. */
  readonly stream: (
    org: OrgId,
    res: ServerResponse,
    after: string | null,
    allowed: () => Promise<boolean>,
    options?: StreamOptions,
  ) => boolean
  readonly hasClients: (org: OrgId) => boolean
  /** Whether anybody gets the ports of this device. */
  readonly hasPortSubscriber: (org: OrgId, device: string) => boolean
  readonly stats: () => Stats
  readonly stop: () => void
}
/**
 * `topics`: names of `LIVE_EVENTS`, and `ports:DEVICE`; null is everything. `isGzip`: the client reads gzip.
 * A stream with gzip takes a tenth of the line, and each message is compressed once for all clients.
 */
export type StreamOptions = {
  readonly topics?: ReadonlySet<string> | null
  readonly isGzip?: boolean
  readonly owner?: StreamOwner | null
}
type Client = {
  readonly org: OrgId
  readonly owner: StreamOwner | null
  readonly topics: ReadonlySet<string> | null
  readonly send: (frame: Frame) => void
  readonly end: () => void
}
const portsTopic = (device: string): string => `ports:${device}`
const isSubscribed = ({ topics }: Pick<Client, "topics">, topic: string): boolean =>
  topics === null || topics.has(topic)

export type LiveDeps = {
  readonly clock: Clock
  readonly heartbeatMs?: number
  readonly waitingBytes?: number
  readonly epoch?: string
}

export const createLive = ({
  clock,
  heartbeatMs = HEARTBEAT_MS,
  waitingBytes = WAITING_BYTES,
  epoch = randomBytes(6).toString("hex"),
}: LiveDeps): Live => {
  const rings = new Map<OrgId, Ring>()
  const clients = new Set<Client>()
  const counts = { opened: 0, dropped: 0, rejected: 0 }
  const ringOf = (org: OrgId): Ring => {
    const known = rings.get(org)
    if (known !== undefined) return known
    const made = createRing(epoch)
    rings.set(org, made)
    return made
  }
  const frame = (ring: Ring, message: Message): Frame =>
    frameOf(`id: ${ring.idOf(message.number)}\nevent: ${message.name}\ndata: ${message.json}\n\n`)
  const send = (org: OrgId, topic: string, one: Frame): void => {
    for (const client of [...clients])
      if (client.org === org && isSubscribed(client, topic)) client.send(one)
  }

  const excess = ({ account, session, isAdmin }: StreamOwner): StreamExcess | null => {
    if (clients.size >= (isAdmin ? MAX_STREAMS : MAX_STREAMS - ADMIN_RESERVE)) return "too-many"
    const own = [...clients].filter(({ owner }) => owner?.account === account)
    if (own.length >= MAX_OF_ACCOUNT) return "too-many-of-account"
    return own.filter(({ owner }) => owner?.session === session).length >= MAX_OF_SESSION
      ? "too-many-of-session"
      : null
  }

  return {
    excess,
    publish: (org, name, data) => {
      const ring = ringOf(org)
      send(org, name, frame(ring, ring.push(name, JSON.stringify(data))))
    },
    publishPorts: (org, device, interfaces) => {
      for (let from = 0; from < interfaces.length; from += PORTS_AT_ONCE) {
        const data: Readings = {
          devices: [],
          interfaces: interfaces.slice(from, from + PORTS_AT_ONCE),
        }
        send(org, portsTopic(device), frameOf(`event: readings\ndata: ${JSON.stringify(data)}\n\n`))
      }
    },
    stream: (org, res, after, allowed, { topics = null, isGzip = false, owner = null } = {}) => {
      if (owner === null ? clients.size >= MAX_STREAMS : excess(owner) !== null) {
        counts.rejected += 1
        return false
      }
      const ring = ringOf(org)
      const end = (): void => {
        clients.delete(client)
        clearInterval(timer)
        clearInterval(keepAlive)
      }
      let fullSinceMs: number | null = null
      const client: Client = {
        org,
        owner,
        topics,
        send: (one) => {
          if (res.destroyed || res.writableEnded) return
          // A burst of one moment is no sign of a slow client: much has to wait for long, or very much.
          if (res.writableLength <= waitingBytes) fullSinceMs = null
          else fullSinceMs ??= performance.now()
          const isSlow = fullSinceMs !== null && performance.now() - fullSinceMs > SLOW_MS
          if (!isSlow && res.writableLength <= waitingBytes * BURSTS) {
            res.write(isGzip ? one.deflated() : one.text)
            return
          }
          counts.dropped += 1
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
          // Whether the session still stands cannot be told: the stream ends, and its next request is asked like any other.
          () => client.end(),
        )
      }
      const timer = setInterval(checkSession, heartbeatMs)
      timer.unref()
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
      const missed = after === null ? null : ring.after(after)
      const hello = JSON.stringify({ serverAtMs: clock.now(), resumed: missed !== null })
      // The greeting carries the id to resume from, so that a client cut off before its first message resumes too.
      const id = ring.idOf((missed?.[0]?.number ?? ring.last() + 1) - 1)
      counts.opened += 1
      clients.add(client)
      client.send(frameOf(`retry: 1000\nid: ${id}\nevent: hello\ndata: ${hello}\n\n`))
      for (const message of missed ?? [])
        if (isSubscribed(client, message.name)) client.send(frame(ring, message))
      return true
    },
    hasClients: (org) => [...clients].some((client) => client.org === org),
    hasPortSubscriber: (org, device) =>
      [...clients].some((client) => client.org === org && isSubscribed(client, portsTopic(device))),
    stats: () => ({ clients: clients.size, ...counts }),
    stop: () => {
      for (const client of [...clients]) client.end()
    },
  }
}
