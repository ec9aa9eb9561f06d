/**
 * Whose line it is: by the address it came from, and by the host it names where that address alone does not say it.
 *
 *   one device at the address       its own, unless the line names another device of this agent
 *   several devices at the address  the one that is named; a line that names none of them is nobody's
 *   a relay, or this host itself    the one that is named, wherever it lives; else as above
 *   no device at the address        nobody's, for whoever can send a datagram can write any name on it
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
} from "./names.ts"

export type { SyslogDevice } from "./names.ts"

/** Lines a second and at most saved up: raw lines before they are parsed, lines without and with a meaning. */
export const LIMIT = {
  raw: { perS: 2_000, burst: 4_000 },
  relay: { perS: 10_000, burst: 20_000 },
  unknownSenders: { perS: 200, burst: 400 },
  log: { perS: 20, burst: 200 },
  meaning: { perS: 50, burst: 500 },
} as const

/** One address, and the devices that are reached by it. */
export type Sender = {
  readonly ip: string
  readonly devices: readonly SyslogDevice[]
  readonly isRelay: boolean
  readonly raw: Bucket
  readonly rawLimit: Limit
  readonly cpuBudget: SenderBudget
  readonly hosts: Hosts
}
export type UnassignedReason = "unknown-source" | "several-devices" | "other-device"
/** `named`: what the line calls its device, where that is a device of this agent. */
export type LineOwner =
  | { readonly kind: "device"; readonly device: SyslogDevice }
  | {
      readonly kind: "unassigned"
      readonly reason: UnassignedReason
      readonly named: string | null
    }
export type Found = { readonly device: AssignedDevice; readonly ip: string | null }

const isLoopback = (ip: string): boolean => ip.startsWith("127.") || ip === "::1"
/** Programs on this host, whichever of its own addresses they use. */
const LOOPBACK = "127.0.0.1"
const unassigned = (reason: UnassignedReason, named: string | null): LineOwner => ({
  kind: "unassigned",
  reason,
  named,
})
/** Identities are told one by one while the agent starts; the index over all of them is made anew at most this often. */
const INDEX_EVERY_MS = 2_000

export const createSenders = (budget: Budget, relays: ReadonlySet<string>) => {
  let known = new Map<DeviceId, SyslogDevice>()
  let ips = new Map<DeviceId, string | null>()
  let senders = new Map<string, Sender>()
  let names: Names = new Map()
  let isStale = false
  let indexedAtMs = 0
  const shared = {
    raw: fullBucket(LIMIT.unknownSenders, 0),
    cpuBudget: budget.createSenderBudget(CPU_LIMIT.unknownSenders),
  }
  const isAny = (name: string): boolean => names.has(nameKey(name))

  const deviceNamed = (devices: readonly SyslogDevice[], key: string): SyslogDevice | null => {
    const among = devices.filter((device) => device.names.has(key))
    return among.length === 1 ? (among[0] ?? null) : null
  }
  const make = (ip: string, devices: readonly SyslogDevice[], nowMs: number): Sender => {
    const isRelay = relays.has(ip) || isLoopback(ip)
    const rawLimit = isRelay ? LIMIT.relay : LIMIT.raw
    const was = senders.get(ip)
    const reused = was?.isRelay === isRelay ? was : null
    const isOwn = (name: string) =>
      nameKey(name) === ip || devices.some((device) => device.names.has(nameKey(name)))
    return {
      ip,
      devices,
      isRelay,
      rawLimit,
      raw: reused?.raw ?? fullBucket(rawLimit, nowMs),
      cpuBudget:
        reused?.cpuBudget ??
        budget.createSenderBudget(isRelay ? CPU_LIMIT.relay : CPU_LIMIT.device),
      hosts: { isOwn, isAny, isRelay },
    }
  }
  const index = (nowMs: number): void => {
    names = namesOf(
      [...known.values()].map((device) => [device, ips.get(device.id) ?? null] as const),
    )
    isStale = false
    indexedAtMs = nowMs
  }

  return {
    /** How many addresses have a budget of their own. */
    count: (): number => senders.size,
    device: (id: DeviceId): SyslogDevice | undefined => known.get(id),

    /** Devices with the addresses found for them. What is known of those that stay is kept. */
    apply(found: readonly Found[], nowMs: number): void {
      const next = new Map<DeviceId, SyslogDevice>()
      const at = new Map<string, SyslogDevice[]>([...relays].map((ip) => [ip, []]))
      for (const { device, ip } of found) {
        const was = known.get(device.id)
        const identity = was?.identity ?? null
        const { id, name, textEncoding: encoding } = device
        const identityFields = { id, name, encoding, identity, address: device.access.address }
        const one: SyslogDevice = {
          log: was?.log ?? fullBucket(LIMIT.log, nowMs),
          meaning: was?.meaning ?? fullBucket(LIMIT.meaning, nowMs),
          ports: was?.ports ?? new Set(),
          ...identityFields,
          names: keysOf(identityFields),
        }
        next.set(id, one)
        if (ip === null) continue
        const there = at.get(ip)
        if (there === undefined) at.set(ip, [one])
        else there.push(one)
      }
      known = next
      ips = new Map(found.map(({ device, ip }) => [device.id, ip]))
      senders = new Map([...at].map(([ip, devices]) => [ip, make(ip, devices, nowMs)]))
      index(nowMs)
    },

    /** What the device calls itself and its ports, as read by API or SNMP; null is "not told". */
    learn(id: DeviceId, identity: string | null, ports: readonly string[] | null): void {
      const device = known.get(id)
      if (device === undefined) return
      if (ports !== null) device.ports = new Set(ports)
      if (identity === null || identity === device.identity) return
      device.identity = identity
      device.names = keysOf(device)
      isStale = true
    },

    /** All that are no device are one sender, with one small budget. */
    at(ip: string, nowMs: number): Sender {
      if (isStale && nowMs - indexedAtMs >= INDEX_EVERY_MS) index(nowMs)
      const sender = senders.get(ip)
      if (sender !== undefined) return sender
      const local = isLoopback(ip) ? senders.get(LOOPBACK) : undefined
      if (local !== undefined) return local
      if (!isLoopback(ip)) {
        const hosts = { isOwn: () => false, isAny, isRelay: false }
        return { ip, devices: [], isRelay: false, rawLimit: LIMIT.unknownSenders, ...shared, hosts }
      }
      const made = make(LOOPBACK, [], nowMs)
      senders.set(LOOPBACK, made)
      return made
    },

    /** `hosts`: the names in the line's header, the surest first. */
    ownerOf(sender: Sender, hosts: readonly (string | null)[]): LineOwner {
      const keys = hostNameKeys(hosts)
      for (const key of keys) {
        const match = deviceNamed(sender.devices, key)
        if (match !== null) return { kind: "device", device: match }
      }
      const [named] = keys.flatMap((key) => {
        const one = names.get(key)
        return one === undefined || one === "several" ? [] : [one]
      })
      if (sender.isRelay && named !== undefined) return { kind: "device", device: named }
      const name = named?.name ?? null
      const [only, other] = sender.devices
      if (only === undefined) return unassigned("unknown-source", name)
      if (other !== undefined) return unassigned("several-devices", name)
      const isOwn = keys.some((key) => sender.hosts.isOwn(key))
      if (!isOwn && name !== null && nameKey(name) !== DEFAULT_IDENTITY)
        return unassigned("other-device", name)
      // A relay passes on what is not its own: who is named and unknown is somebody else.
      if (!isOwn && relays.has(sender.ip) && keys.length > 0)
        return unassigned("other-device", name)
      return { kind: "device", device: only }
    },
  }
}
export type Senders = ReturnType<typeof createSenders>
