/**
 * Receives SNMP traps and informs by UDP and converts those of devices to events.
 *
 *   bytes ─▶ device (address) ─▶ tokens ─▶ credentials ─▶ meaning ─▶ event
 *
 * A notification must have the credentials with which the device is polled: its community, or its
 * user of v3. What is rejected is counted by reason and shown on the Agents page.
 */
import type dgram from "node:dgram"
import type { AssignedDevice, DeviceId, Event } from "@ispvm/wire"
import { canonicalIp, type Resolve } from "../reachability/resolve.ts"
import { readVersion, VERSION } from "../snmp/client/pdu.ts"
import { accountOf } from "../snmp/client/target.ts"
import { createAddresses } from "../syslog/addresses.ts"
import { type Bucket, fullBucket, takeToken } from "../syslog/budget.ts"
import { bindFirst } from "../syslog/udp.ts"
import { createInformRepeats } from "./inform-repeats.ts"
import { trapEvent } from "./trap-event.ts"
import { communityResponse, type Notification, readCommunityNotification } from "./trap-message.ts"
import { TrapEngine } from "./trap-v3.ts"

const LIMIT = { perS: 20, burst: 200 } as const

export type TrapCounts = {
  received: number
  events: number
  answered: number
  unknownSource: number
  credentials: number
  replayed: number
  limited: number
  malformed: number
}
export type Interfaces = readonly { readonly name: string; readonly ifIndex: number | null }[]
export type Traps = {
  /** Null: off, or the port could not be bound. */
  readonly port: number | null
  readonly counts: TrapCounts
  readonly notes: () => readonly string[]
  apply(devices: readonly AssignedDevice[]): void
  learn(device: DeviceId, interfaces: Interfaces): void
  stop(): Promise<void>
}
type Deps = {
  /** Null: no traps are received. */
  readonly port: number | null
  readonly bind: string
  readonly resolve: Resolve
  readonly now: () => number
  /** Milliseconds of a monotonic clock. */
  readonly steady: () => number
  readonly newId: () => string
  readonly emit: (event: Event, urgency: "soon" | "now") => void
  /** A link of this device has changed: poll it. */
  readonly onLink: (device: DeviceId) => void
}
type Source = {
  readonly device: AssignedDevice
  readonly bucket: Bucket
  readonly isRepeat: (notification: Notification) => boolean
}
type Received = {
  readonly source: Source
  readonly notification: Notification
  readonly reply: Buffer | null
}
type Outcome = Received | { readonly reply: Buffer } | "credentials" | "replayed"

const noCounts = (): TrapCounts => ({
  received: 0,
  events: 0,
  answered: 0,
  unknownSource: 0,
  credentials: 0,
  replayed: 0,
  limited: 0,
  malformed: 0,
})

/** Throws `BerError`, and what the decryption throws, if the packet is malformed. */
const readPacket = (packet: Buffer, sources: readonly Source[], engine: TrapEngine): Outcome => {
  const { version, body, at } = readVersion(packet)
  if (version === VERSION.v3) return readV3Packet(packet, body, at, sources, engine)
  const { community, read } = readCommunityNotification(body, at, version)
  const source = sources.find(
    ({ device: { access } }) =>
      access.snmp !== null &&
      "community" in access.snmp &&
      Buffer.from(access.snmp.community).equals(community),
  )
  if (source === undefined) return "credentials"
  const notification = read()
  const { inform } = notification
  const reply = inform === null ? null : communityResponse(version, community, inform)
  return { source, notification, reply }
}

const readV3Packet = (
  packet: Buffer,
  body: Buffer,
  at: number,
  sources: readonly Source[],
  engine: TrapEngine,
): Outcome => {
  let last: "credentials" | "replayed" = "credentials"
  for (const source of sources) {
    const { snmp } = source.device.access
    if (snmp === null || !("v3" in snmp)) continue
    const read = engine.read(packet, body, at, [accountOf({ ...snmp, ip: "" })])
    if (read.kind === "notification") return { source, ...read }
    if (read.kind === "report") return { reply: read.reply }
    if (read.reason === "replayed") last = "replayed"
  }
  return last
}

const notesOf = (counts: TrapCounts, note: string | null): readonly string[] =>
  [
    note,
    counts.credentials > 0
      ? `SNMP traps: ${counts.credentials} did not have the credentials with which their device is polled. Configure the device to send them with the same community, or user of v3.`
      : null,
    counts.limited > 0
      ? `SNMP traps: ${counts.limited} were dropped because a device sent more than ${LIMIT.perS} a second.`
      : null,
  ].flatMap((each) => each ?? [])

class Listener {
  readonly counts = noCounts()
  readonly #deps: Deps
  readonly #engine: TrapEngine
  readonly #interfaces = new Map<DeviceId, ReadonlyMap<number, string>>()
  #sources = new Map<string, Source[]>()

  constructor(deps: Deps) {
    this.#deps = deps
    this.#engine = new TrapEngine(deps.steady)
  }

  apply(found: readonly { readonly device: AssignedDevice; readonly ip: string | null }[]): void {
    const before = new Map([...this.#sources.values()].flat().map((each) => [each.device.id, each]))
    const { steady } = this.#deps
    const sources = new Map<string, Source[]>()
    for (const { device, ip } of found) {
      const { bucket = fullBucket(LIMIT, steady()), isRepeat = createInformRepeats(steady) } =
        before.get(device.id) ?? {}
      if (ip !== null) sources.set(ip, [...(sources.get(ip) ?? []), { device, bucket, isRepeat }])
    }
    this.#sources = sources
    const ids = new Set(found.map(({ device }) => device.id))
    for (const id of this.#interfaces.keys()) if (!ids.has(id)) this.#interfaces.delete(id)
  }

  learn(device: DeviceId, interfaces: Interfaces): void {
    const names = interfaces.flatMap(({ name, ifIndex }) =>
      ifIndex === null ? [] : [[ifIndex, name] as const],
    )
    this.#interfaces.set(device, new Map(names))
  }

  /** Gives the answer to send, or null. Never throws. */
  receive(packet: Buffer, address: string): Buffer | null {
    const { counts } = this
    counts.received += 1
    const sources = this.#sources.get(canonicalIp(address) ?? address)
    const [first] = sources ?? []
    if (sources === undefined || first === undefined) {
      counts.unknownSource += 1
      return null
    }
    if (!takeToken(first.bucket, this.#deps.steady(), LIMIT)) {
      counts.limited += 1
      return null
    }
    try {
      return this.#accept(readPacket(packet, sources, this.#engine))
    } catch {
      counts.malformed += 1 // what cannot be read must not end the agent
      return null
    }
  }

  #accept(outcome: Outcome): Buffer | null {
    if (typeof outcome === "string") {
      this.counts[outcome] += 1
      return null
    }
    if (!("notification" in outcome)) return outcome.reply
    const { source, notification, reply } = outcome
    const { id: device } = source.device
    if (source.isRepeat(notification)) {
      this.counts.replayed += 1
      return reply
    }
    const event = trapEvent(notification, {
      id: this.#deps.newId(),
      device,
      atMs: this.#deps.now(),
      interfaceOf: (ifIndex) => this.#interfaces.get(device)?.get(ifIndex) ?? null,
    })
    this.counts.events += 1
    if (reply !== null) this.counts.answered += 1
    if (event.name === "link-up" || event.name === "link-down") this.#deps.onLink(device)
    this.#deps.emit(event, event.name === "log" ? "soon" : "now")
    return reply
  }
}

/** To port 0, which a datagram may come from, nothing can be sent: `send` would throw. */
export const answer = (
  socket: dgram.Socket,
  reply: Buffer,
  port: number,
  address: string,
): void => {
  if (port !== 0) socket.send(reply, port, address, () => undefined)
}

const listen = async (
  { port, bind }: Deps,
  listener: Listener,
): Promise<{ readonly socket: dgram.Socket | null; readonly note: string | null }> => {
  if (port === null) return { socket: null, note: null }
  const { socket, message } = await bindFirst([port], bind)
  socket?.on("message", (packet, { address, port: from }) => {
    const reply = listener.receive(packet, address)
    if (reply !== null) answer(socket, reply, from, address)
  })
  socket?.on("error", () => undefined) // an ICMP error of one sender; the socket keeps receiving
  const note = `No SNMP traps here: ${message}. Does another program use the port? ISPVM_TRAP_PORT selects another one.`
  return { socket, note: socket === null ? note : null }
}

export const startTraps = async (deps: Deps): Promise<Traps> => {
  const listener = new Listener(deps)
  const addresses = createAddresses(deps.resolve, (found) => listener.apply(found))
  const { socket, note } = await listen(deps, listener)
  return {
    port: socket?.address().port ?? null,
    counts: listener.counts,
    notes: () => notesOf(listener.counts, note),
    apply: (devices) => {
      if (socket !== null) addresses.set(devices)
    },
    learn: (device, interfaces) => listener.learn(device, interfaces),
    stop: async () => {
      addresses.stop()
      if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}
