/**
 * Faults of one router's services and parts, which no link shows: a row is the command that injects
 * one, the command that ends it, and its line in the help of `npm run lab`. What each changes is
 * where the router's state is read; its log lines are in `routers/fault-lines.ts`.
 */
export const DEVICE_FAULTS = [
  ["fade-radio", "restore-radio", "its wireless stations are received 28 dB weaker"],
  ["drop-stations", "restore-stations", "its wireless stations leave"],
  ["exhaust-pool", "free-pool", "every address of its DHCP pool is leased"],
  ["fail-psu", "repair-psu", "one of its power supplies fails"],
  ["stop-fan", "start-fan", "one of its fans stops"],
  ["overheat", "cool-down", "its temperatures rise above 90 °C"],
  ["age-certificate", "renew-certificate", "a certificate expires in five days"],
  ["lose-lte", "restore-lte", "its modem finds no network"],
  ["ipsec-down", "ipsec-up", "its IPsec peer is gone"],
  ["wireguard-down", "wireguard-up", "the last handshake of its WireGuard peer grows old"],
  ["fill-queue", "drain-queue", "a queue carries all that it may, and drops"],
  ["overload-poe", "relieve-poe", "what hangs on its PoE port takes too much power"],
  ["short-poe", "repair-poe", "its PoE port has a short circuit"],
  ["vrrp-backup", "vrrp-master", "another router becomes VRRP master"],
  ["block-bridge-port", "forward-bridge-port", "spanning tree blocks a port of its bridge"],
  ["skew-clock", "set-clock", "its clock is an hour ahead"],
  ["lose-ntp", "restore-ntp", "its NTP server does not answer"],
  ["watch-down", "watch-up", "netwatch gets no answer from the host it probes"],
  ["load-cpu", "relieve-cpu", "all its cores are busy"],
  ["fill-memory", "free-memory", "its memory is nearly full"],
  ["fill-disk", "free-disk", "its disk is nearly full"],
] as const

export type DeviceFault = (typeof DEVICE_FAULTS)[number][0]
export type DeviceRepair = (typeof DEVICE_FAULTS)[number][1]

const toMutable = <T extends string>(names: readonly T[]): [T, ...T[]] => names as [T, ...T[]]
export const DEVICE_FAULT_NAMES = toMutable(DEVICE_FAULTS.map(([fault]) => fault))
export const DEVICE_REPAIR_NAMES = toMutable(DEVICE_FAULTS.map(([, repair]) => repair))

/** The fault that a command injects or ends. */
export const deviceFaultOf = (name: DeviceFault | DeviceRepair): DeviceFault => {
  const row = DEVICE_FAULTS.find(([fault, repair]) => fault === name || repair === name)
  if (row === undefined) throw new Error(`no fault ${name}`)
  return row[0]
}
export const isDeviceFault = (name: string): name is DeviceFault =>
  DEVICE_FAULTS.some(([fault]) => fault === name)
