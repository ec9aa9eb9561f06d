/** Server-sent events for every open page of an organisation: one stream each, resumed by id. */
import { randomBytes } from "node:crypto"
import type { ServerResponse } from "node:http"
import type { DiagnosticOutput } from "../../api/diagnostics.ts"
import type { LiveData, LiveName, Readings, Topic } from "../../api/live.ts"
import type { Clock } from "../../platform/clock.ts"
import { withoutSubscribers } from "../../platform/http/subscriber-access.ts"
import { withoutPersons } from "../../platform/http/wall-access.ts"
import type { OrgId } from "../../platform/ids.ts"
import { type Client, createClient, isSubscribed, type StreamOwner } from "./client.ts"
import { type Frame, frameOf } from "./frame.ts"
import { createRing, type Message, type Ring } from "./ring.ts"

export type { StreamOwner } from "./client.ts"
export { type CollectedReadings, createCollectedReadings } from "./readings.ts"
export { createValueColumns, type ValueColumns } from "./values.ts"

export const HEARTBEAT_MS = 10_000
/** What may wait for a slow client. Above it the client is dropped, and resumes where it was. */
const WAITING_BYTES = 256 * 1024
/** All streams; the last ones are for administrators, who must get in when all others are taken. */
const MAX_STREAMS = 500
const ADMIN_RESERVE = 50
const MAX_OF_ACCOUNT = 100
/** Measured values and log lines: answers of a second ago are good enough for them. */
const UNCOUNTED: ReadonlySet<LiveName> = new Set(["readings", "values", "event"])
/** Numbers only: nothing to mask. */
const WITHOUT_TEXTS: ReadonlySet<string> = new Set(["readings", "values"])
/** Tabs of one browser. */
const MAX_OF_SESSION = 20

export type StreamExcess = "too-many-of-session" | "too-many-of-account" | "too-many"
/** A router may have 10,000 ports: one message of all of them would be too large for a stream. */
const PORTS_AT_ONCE = 500

export type Stats = {
  readonly clients: number
  readonly opened: number
  readonly dropped: number
  readonly rejected: number
}
export type Live = {
  /** `masked`: for who may not see who subscribers are, if that differs. */
  readonly publish: <N extends LiveName>(
    org: OrgId,
    name: N,
    data: LiveData<N>,
    masked?: LiveData<N>,
  ) => void
  /** To subscribers of this device's ports; a stream that resumes does not get them again. */
  readonly publishPorts: (
    org: OrgId,
    device: string,
    ports: Readings["interfaces"],
    own?: Readings["devices"],
  ) => void
  /** To streams that name the run; a stream that resumes does not get it again. */
  readonly publishDiagnosis: (org: OrgId, output: DiagnosticOutput) => void
  /** Why one more stream of this owner would be too many; null where it is not. */
  readonly excess: (owner: StreamOwner) => StreamExcess | null
  /** Starts a stream. False: there are too many. `allowed` is checked at every heartbeat. */
  readonly stream: (
    org: OrgId,
    res: ServerResponse,
    after: string | null,
    allowed: () => Promise<boolean>,
    options?: StreamOptions,
  ) => boolean
  readonly hasClients: (org: OrgId) => boolean
  /** `byName`: streams of everything do not count. */
  readonly hasSubscriber: (org: OrgId, topic: Topic, byName?: boolean) => boolean
  /** Streams that begin get the values of `opening` first. */
  readonly setOpening: (opening: (org: OrgId) => LiveData<"values"> | null) => void
  /** Another number after each message of this organisation but those of readings and events. */
  readonly changes: (org: OrgId) => number
  readonly stats: () => Stats
  /** Drops what streams of this organisation could resume. */
  readonly forget: (org: OrgId) => void
  readonly stop: () => void
}
/**
 * `topics`: names of `LIVE_EVENTS`, and `ports:DEVICE`; null is everything. `isGzip`: the client
 * reads gzip, which needs a tenth of the bandwidth; a message is compressed once for all clients.
 */
export type StreamOptions = {
  readonly topics?: ReadonlySet<string> | null
  readonly isGzip?: boolean
  readonly owner?: StreamOwner | null
}
const portsTopic = (device: string): Topic => `ports:${device}`

export type LiveDeps = {
  readonly clock: Clock
  readonly heartbeatMs?: number
  readonly waitingBytes?: number
  readonly epoch?: string
}

/** What all streams of the appliance share. */
type Streams = {
  readonly clock: Clock
  readonly heartbeatMs: number
  readonly waitingBytes: number
  readonly clients: Set<Client>
  readonly counts: { opened: number; dropped: number; rejected: number }
  readonly ringOf: (org: OrgId) => Ring
  opening: (org: OrgId) => LiveData<"values"> | null
}

const messageFrame = (ring: Ring, { number, name, json }: Message): Frame =>
  frameOf(`id: ${ring.idOf(number)}\nevent: ${name}\ndata: ${json}\n\n`)
/** Who gets which form of a message. */
type Audience = "all" | "masked" | "wall"
const audienceOf = ({ owner }: Client): Audience =>
  owner?.isWall === true ? "wall" : owner?.seesPersons === true ? "all" : "masked"
/** Each form is made once for all clients. */
const framesOf = (ring: Ring, message: Message): ((audience: Audience) => Frame) => {
  const made = new Map<Audience, Frame>()
  const all = messageFrame(ring, message)
  const make = (audience: Audience): Frame => {
    if (audience === "all" || WITHOUT_TEXTS.has(message.name)) return all
    const masked = withoutSubscribers(JSON.parse(message.masked ?? message.json))
    const json = JSON.stringify(audience === "wall" ? withoutPersons(masked) : masked)
    return messageFrame(ring, { ...message, json })
  }
  return (audience) => {
    const known = made.get(audience) ?? make(audience)
    made.set(audience, known)
    return known
  }
}

const excessOf = (
  clients: ReadonlySet<Client>,
  { account, session, isAdmin }: StreamOwner,
): StreamExcess | null => {
  if (clients.size >= (isAdmin ? MAX_STREAMS : MAX_STREAMS - ADMIN_RESERVE)) return "too-many"
  const own = [...clients].filter(({ owner }) => owner?.account === account)
  if (own.length >= MAX_OF_ACCOUNT) return "too-many-of-account"
  return own.filter(({ owner }) => owner?.session === session).length >= MAX_OF_SESSION
    ? "too-many-of-session"
    : null
}

/** The greeting, then the messages that the client has missed. */
const greet = (
  clock: Clock,
  client: Client,
  ring: Ring,
  after: string | null,
  opening: LiveData<"values"> | null,
): void => {
  const missed = after === null ? null : ring.after(after)
  const hello = JSON.stringify({ serverAtMs: clock.now(), resumed: missed !== null })
  // With the id to resume from, for a client that is cut off before its first message.
  const id = ring.idOf((missed?.[0]?.number ?? ring.last() + 1) - 1)
  client.send(frameOf(`retry: 1000\nid: ${id}\nevent: hello\ndata: ${hello}\n\n`))
  // Without an id: it is not one of the messages that a stream may miss.
  if (opening !== null && isSubscribed(client, "values"))
    client.send(frameOf(`event: values\ndata: ${JSON.stringify(opening)}\n\n`))
  for (const message of missed ?? [])
    if (isSubscribed(client, message.name)) client.send(framesOf(ring, message)(audienceOf(client)))
}

const openStream = (
  { clock, heartbeatMs, waitingBytes, clients, counts, ringOf, opening }: Streams,
  org: OrgId,
  res: ServerResponse,
  after: string | null,
  allowed: () => Promise<boolean>,
  { topics = null, isGzip = false, owner = null }: StreamOptions = {},
): boolean => {
  if (owner === null ? clients.size >= MAX_STREAMS : excessOf(clients, owner) !== null) {
    counts.rejected += 1
    return false
  }
  const client = createClient(
    { org, owner, topics },
    {
      res,
      isGzip,
      waitingBytes,
      heartbeatMs,
      allowed,
      onDropped: () => {
        counts.dropped += 1
      },
      onEnd: (ended) => {
        clients.delete(ended)
      },
    },
  )
  counts.opened += 1
  clients.add(client)
  greet(clock, client, ringOf(org), after, opening(org))
  return true
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
  const changed = new Map<OrgId, number>()
  const streams: Streams = {
    clock,
    heartbeatMs,
    waitingBytes,
    clients,
    counts,
    ringOf,
    opening: () => null,
  }
  const send = (org: OrgId, topic: string, frameFor: (audience: Audience) => Frame): void => {
    for (const client of [...clients])
      if (client.org === org && isSubscribed(client, topic))
        client.send(frameFor(audienceOf(client)))
  }
  return {
    excess: (owner) => excessOf(clients, owner),
    publish: (org, name, data, masked) => {
      if (!UNCOUNTED.has(name)) changed.set(org, (changed.get(org) ?? 0) + 1)
      const ring = ringOf(org)
      const hidden = masked === undefined ? null : JSON.stringify(masked)
      send(org, name, framesOf(ring, ring.push(name, JSON.stringify(data), hidden)))
    },
    publishPorts: (org, device, interfaces, own = []) => {
      for (let from = 0; from < Math.max(1, interfaces.length); from += PORTS_AT_ONCE) {
        const data: Readings = {
          devices: from === 0 ? own : [],
          interfaces: interfaces.slice(from, from + PORTS_AT_ONCE),
        }
        const frame = frameOf(`event: readings\ndata: ${JSON.stringify(data)}\n\n`)
        send(org, portsTopic(device), () => frame)
      }
    },
    publishDiagnosis: (org, output) => {
      const frame = frameOf(`event: diagnosis\ndata: ${JSON.stringify(output)}\n\n`)
      // A stream of everything does not have it: it needs a permission of its own.
      for (const client of [...clients])
        if (client.org === org && client.topics?.has(`diagnosis:${output.run}`) === true)
          client.send(frame)
    },
    stream: (org, res, after, allowed, options) =>
      openStream(streams, org, res, after, allowed, options),
    hasClients: (org) => [...clients].some((client) => client.org === org),
    hasSubscriber: (org, topic, byName = false) => {
      for (const client of clients)
        if (
          client.org === org &&
          isSubscribed(client, topic) &&
          !(byName && client.topics === null)
        )
          return true
      return false
    },
    setOpening: (opening) => {
      streams.opening = opening
    },
    changes: (org) => changed.get(org) ?? 0,
    stats: () => ({ clients: clients.size, ...counts }),
    forget: (org) => rings.delete(org),
    stop: () => {
      for (const client of [...clients]) client.end()
    },
  }
}
