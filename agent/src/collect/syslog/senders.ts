/**
 * Assigns a line to a device by the sender's address, then by the host named in the line, then by
 * the serial number in it.
 *
 *   one device at the address   that device, unless the line names another device of this agent
 *   several devices             the named one; a line that names none of them is unassigned
 *   a relay, or this host       the named device, at any address; else as above. A name or serial
 *                               number of two devices, or one of each, is unassigned
 *   no device                   unassigned, because any sender can write any name
 */
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import {
  type Bucket,
  type Budget,
  CPU_LIMIT,
  fullBucket,
  type Limit,
  type SenderBudget,
} from "./budget.ts"
import type { Hosts } from "./host.ts"
import {
  DEFAULT_IDENTITY,
  hostNameKeys,
  keysOf,
  type Names,
  nameKey,
  namesOf,
  type SyslogDevice,
  serialsOf,
} from "./names.ts"
import { serialKey } from "./serial.ts"

export type { SyslogDevice } from "./names.ts"

/**
 * Lines per second and burst: raw lines before they are parsed, lines without and with a meaning.
 */
export const LIMIT = {
  raw: { perS: 2_000, burst: 4_000 },
  relay: { perS: 10_000, burst: 20_000 },
  unknownSenders: { perS: 200, burst: 400 },
  log: { perS: 20, burst: 200 },
  meaning: { perS: 50, burst: 500 },
} as const

/** One address, and the devices with this address. */
export type Sender = {
  readonly ip: string
  readonly devices: readonly SyslogDevice[]
  readonly isRelay: boolean
  readonly raw: Bucket
  readonly rawLimit: Limit
  readonly cpuBudget: SenderBudget
  readonly hosts: Hosts
}
export type UnassignedReason = "unknown-source" | "several-devices" | "other-device" | "ambiguous"
/** `named`: the device of this agent that the line names. */
export type LineOwner =
  | { readonly kind: "device"; readonly device: SyslogDevice }
  | {
      readonly kind: "unassigned"
      readonly reason: UnassignedReason
      readonly named: string | null
    }
export type Found = { readonly device: AssignedDevice; readonly ip: string | null }

const MAX_IP_CHARS = 45
const isLoopback = (ip: string): boolean => ip.startsWith("127.") || ip === "::1"
/** Programs on this host, whichever of its addresses they use. */
const LOOPBACK = "127.0.0.1"
const unassigned = (reason: UnassignedReason, named: string | null): LineOwner => ({
  kind: "unassigned",
  reason,
  named,
})
/**
 * While the agent starts, identities arrive one by one; the index is rebuilt at most this often.
 */
const INDEX_EVERY_MS = 2_000

const NEVER = (): boolean => false

const deviceNamed = (devices: readonly SyslogDevice[], key: string): SyslogDevice | null => {
  const among = devices.filter((device) => device.names.has(key))
  return among.length === 1 ? (among[0] ?? null) : null
}

const deviceWithSerial = (
  devices: readonly SyslogDevice[],
  serial: string | null,
): SyslogDevice | null => {
  const among = serial === null ? [] : devices.filter((device) => device.serial === serial)
  return among.length === 1 ? (among[0] ?? null) : null
}

export class Senders {
  readonly #budget: Budget
  readonly #relays: ReadonlySet<string>
  readonly #shared: Pick<Sender, "raw" | "cpuBudget">
  #known = new Map<DeviceId, SyslogDevice>()
  #ips = new Map<DeviceId, string | null>()
  #senders = new Map<string, Sender>()
  #names: Names = new Map()
  #serials: Names = new Map()
  #longestName = MAX_IP_CHARS
  /** The most words of the names, by their first word. Names that are no longer in use may be in. */
  #words = new Map<string, number>()
  #isStale = false
  #indexedAtMs = 0

  constructor(budget: Budget, relays: ReadonlySet<string>) {
    this.#budget = budget
    this.#relays = relays
    this.#shared = {
      raw: fullBucket(LIMIT.unknownSenders, 0),
      cpuBudget: budget.createSenderBudget(CPU_LIMIT.unknownSenders),
    }
  }

  /** Number of addresses with their own budget. */
  count(): number {
    return this.#senders.size
  }

  device(id: DeviceId): SyslogDevice | undefined {
    return this.#known.get(id)
  }

  /** Sets the devices and their addresses. State of devices that stay is kept. */
  apply(found: readonly Found[], nowMs: number): void {
    const next = new Map<DeviceId, SyslogDevice>()
    const at = new Map<string, SyslogDevice[]>([...this.#relays].map((ip) => [ip, []]))
    for (const { device, ip } of found) {
      const one = this.#deviceOf(device, nowMs)
      next.set(one.id, one)
      if (ip === null) continue
      const there = at.get(ip)
      if (there === undefined) at.set(ip, [one])
      else there.push(one)
    }
    this.#known = next
    this.#ips = new Map(found.map(({ device, ip }) => [device.id, ip]))
    this.#senders = new Map(
      [...at].map(([ip, devices]) => [ip, this.#senderOf(ip, devices, nowMs)]),
    )
    this.#index(nowMs)
  }

  /** Identity, interface names and serial number from API or SNMP; null: not reported. */
  learn(
    id: DeviceId,
    identity: string | null,
    ports: readonly string[] | null,
    serial: string | null = null,
  ): void {
    const device = this.#known.get(id)
    if (device === undefined) return
    if (ports !== null) device.ports = new Set(ports)
    const key = serialKey(serial)
    if (key !== null && key !== device.serial) {
      device.serial = key
      this.#isStale = true
    }
    if (identity === null || identity === device.identity) return
    device.identity = identity
    device.names = this.#keysOf(device)
    this.#isStale = true
  }

  /** All senders that are not devices share one small budget. */
  at(ip: string, nowMs: number): Sender {
    if (this.#isStale && nowMs - this.#indexedAtMs >= INDEX_EVERY_MS) this.#index(nowMs)
    const sender = this.#senders.get(ip)
    if (sender !== undefined) return sender
    if (!isLoopback(ip)) {
      const hosts = { isOwn: NEVER, isAny: this.#isAny, wordsOf: this.#wordsOf, isRelay: false }
      const rawLimit = LIMIT.unknownSenders
      return { ip, devices: [], isRelay: false, rawLimit, ...this.#shared, hosts }
    }
    const local = this.#senders.get(LOOPBACK) ?? this.#senderOf(LOOPBACK, [], nowMs)
    this.#senders.set(LOOPBACK, local)
    return local
  }

  /** `hosts`: the names in the line's header, most reliable first. `serial`: in the line. */
  ownerOf(
    sender: Sender,
    hosts: readonly (string | null)[],
    serial: string | null = null,
  ): LineOwner {
    const [only, other] = sender.devices
    const isPlain = serial === null && hosts.every((host) => host === null)
    // Most lines: nothing in them names a device.
    if (isPlain && only !== undefined && other === undefined)
      return { kind: "device", device: only }
    const keys = hostNameKeys(hosts)
    const there =
      keys.map((key) => deviceNamed(sender.devices, key)).find((one) => one !== null) ??
      deviceWithSerial(sender.devices, serial)
    if (there !== null) return { kind: "device", device: there }
    const all = keys.map((key) => this.#names.get(key))
    const named = all.find((one) => one !== undefined && one !== "several")
    if (sender.isRelay) {
      const bySerial = this.#bySerial(keys, serial)
      const owner = named ?? bySerial
      const isOne = named === undefined || bySerial === undefined || bySerial === named
      if (owner !== undefined && owner !== "several" && isOne)
        return { kind: "device", device: owner }
      if (!isOne || bySerial === "several" || all.includes("several"))
        return unassigned("ambiguous", hosts.find((host) => host !== null) ?? serial)
    }
    const name = named?.name ?? null
    if (only === undefined) return unassigned("unknown-source", name)
    if (other !== undefined) return unassigned("several-devices", name)
    const isOwn = keys.some((key) => sender.hosts.isOwn(key))
    if (!isOwn && name !== null && nameKey(name) !== DEFAULT_IDENTITY)
      return unassigned("other-device", name)
    // A relay forwards lines of others: an unknown name is another host.
    if (!isOwn && this.#relays.has(sender.ip) && keys.length > 0)
      return unassigned("other-device", name)
    return { kind: "device", device: only }
  }

  /** A prefix of log lines may be nothing but the serial number, and looks like a host. */
  #bySerial(keys: readonly string[], serial: string | null): SyslogDevice | "several" | undefined {
    const all = [serial, ...keys.map(serialKey)]
    return all.flatMap((key) => (key === null ? [] : (this.#serials.get(key) ?? [])))[0]
  }

  readonly #isAny = (name: string): boolean => {
    const key = this.#keyOf(name)
    return key !== null && this.#names.has(key)
  }

  readonly #wordsOf = (firstWord: string): number => this.#words.get(nameKey(firstWord)) ?? 0

  #addWords(key: string): void {
    const words = key.split(" ").filter((word) => word !== "")
    const first = words[0] ?? ""
    this.#words.set(first, Math.max(this.#words.get(first) ?? 0, words.length))
  }

  /** Null: longer than any name. The start of a message is tried for names, too. */
  #keyOf(name: string): string | null {
    return name.trim().length > this.#longestName ? null : nameKey(name)
  }

  #keysOf(device: Parameters<typeof keysOf>[0]): ReadonlySet<string> {
    const keys = keysOf(device)
    for (const key of keys) {
      this.#longestName = Math.max(this.#longestName, key.length)
      this.#addWords(key)
    }
    return keys
  }

  #deviceOf(device: AssignedDevice, nowMs: number): SyslogDevice {
    const { id, name, textEncoding: encoding } = device
    const was = this.#known.get(id)
    const identity = was?.identity ?? null
    const identityFields = { id, name, encoding, identity, address: device.access.address }
    return {
      log: was?.log ?? fullBucket(LIMIT.log, nowMs),
      meaning: was?.meaning ?? fullBucket(LIMIT.meaning, nowMs),
      ports: was?.ports ?? new Set(),
      serial: was?.serial ?? null,
      ...identityFields,
      names: this.#keysOf(identityFields),
    }
  }

  #senderOf(ip: string, devices: readonly SyslogDevice[], nowMs: number): Sender {
    const isRelay = this.#relays.has(ip) || isLoopback(ip)
    const rawLimit = isRelay ? LIMIT.relay : LIMIT.raw
    this.#addWords(ip)
    const was = this.#senders.get(ip)
    const reused = was?.isRelay === isRelay ? was : null
    const isOwn = (name: string): boolean => {
      const key = this.#keyOf(name)
      return key !== null && (key === ip || devices.some((device) => device.names.has(key)))
    }
    return {
      ip,
      devices,
      isRelay,
      rawLimit,
      raw: reused?.raw ?? fullBucket(rawLimit, nowMs),
      cpuBudget:
        reused?.cpuBudget ??
        this.#budget.createSenderBudget(isRelay ? CPU_LIMIT.relay : CPU_LIMIT.device),
      hosts: { isOwn, isAny: this.#isAny, wordsOf: this.#wordsOf, isRelay },
    }
  }

  #index(nowMs: number): void {
    this.#names = namesOf(
      [...this.#known.values()].map(
        (device) => [device, this.#ips.get(device.id) ?? null] as const,
      ),
    )
    this.#serials = serialsOf(this.#known.values())
    this.#words.clear()
    for (const key of this.#names.keys()) this.#addWords(key)
    for (const ip of this.#senders.keys()) this.#addWords(ip)
    this.#isStale = false
    this.#indexedAtMs = nowMs
  }
}
