/**
 * Names of devices in a syslog header: inventory name, identity, address, host name and its first
 * label. Pure.
 */
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import { canonicalIp } from "../reachability/resolve.ts"
import type { Bucket } from "./budget.ts"

export type SyslogDevice = {
  readonly id: DeviceId
  readonly name: string
  readonly address: string
  readonly encoding: AssignedDevice["textEncoding"]
  readonly log: Bucket
  readonly meaning: Bucket
  identity: string | null
  /** As `serialKey` writes it; null: neither API nor SNMP has reported it. */
  serial: string | null
  /** Empty if neither API nor SNMP has reported them. */
  ports: ReadonlySet<string>
  /** Keys of the names of only this device. */
  names: ReadonlySet<string>
}

/** Names are compared case-insensitively, as host names are. */
export const nameKey = (name: string): string => name.trim().toLowerCase()

/** The default identity of every router: it identifies none. */
export const DEFAULT_IDENTITY = "mikrotik"

const label = (name: string): string | null =>
  name.includes(".") && canonicalIp(name) === null ? (name.split(".", 1)[0] ?? null) : null

/** Keys of a device's names, full names first. */
export const keysOf = ({
  name,
  identity,
  address,
}: Pick<SyslogDevice, "name" | "identity" | "address">): ReadonlySet<string> => {
  const full = [name, identity, address].flatMap((each) => (each === null ? [] : [each]))
  const all = [...full, ...full.flatMap((each) => label(each) ?? [])]
  return new Set(all.map(nameKey).filter((key) => key !== ""))
}

/** "several": two devices have this name, so it identifies none. */
export type Names = ReadonlyMap<string, SyslogDevice | "several">

export const namesOf = (
  devices: Iterable<readonly [device: SyslogDevice, ip: string | null]>,
): Names => {
  const names = new Map<string, SyslogDevice | "several">()
  for (const [device, ip] of devices)
    for (const key of ip === null ? device.names : [...device.names, ip]) {
      const before = names.get(key)
      names.set(key, before === undefined || before === device ? device : "several")
    }
  return names
}

export const serialsOf = (devices: Iterable<SyslogDevice>): Names => {
  const serials = new Map<string, SyslogDevice | "several">()
  for (const device of devices)
    if (device.serial !== null)
      serials.set(device.serial, serials.has(device.serial) ? "several" : device)
  return serials
}

/** A chain of relays names all of them: `router/relay`, `source@router`. */
export const hostNameKeys = (hosts: readonly (string | null)[]): readonly string[] =>
  hosts.flatMap((host) => {
    if (host === null || host === "") return []
    const parts = /[/@]/.test(host) ? host.split(/[/@]/, 4).filter((part) => part !== "") : []
    return [host, ...parts].map(nameKey)
  })
