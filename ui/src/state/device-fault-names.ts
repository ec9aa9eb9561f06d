/** Faults inside a router: the command that injects one, and the one that ends it. */
export const DEVICE_FAULTS = [
  ["fade-radio", "restore-radio"],
  ["drop-stations", "restore-stations"],
  ["exhaust-pool", "free-pool"],
  ["fail-psu", "repair-psu"],
  ["stop-fan", "start-fan"],
  ["overheat", "cool-down"],
  ["age-certificate", "renew-certificate"],
  ["lose-lte", "restore-lte"],
  ["ipsec-down", "ipsec-up"],
  ["wireguard-down", "wireguard-up"],
  ["fill-queue", "drain-queue"],
  ["overload-poe", "relieve-poe"],
  ["short-poe", "repair-poe"],
  ["vrrp-backup", "vrrp-master"],
  ["block-bridge-port", "forward-bridge-port"],
  ["skew-clock", "set-clock"],
  ["lose-ntp", "restore-ntp"],
  ["watch-down", "watch-up"],
  ["load-cpu", "relieve-cpu"],
  ["fill-memory", "free-memory"],
  ["fill-disk", "free-disk"],
] as const
export type DeviceFault = (typeof DEVICE_FAULTS)[number][0]
export type DeviceRepair = (typeof DEVICE_FAULTS)[number][1]
