/** Where the devices of `bench -- fleet` are. */

/** All of it is local to the namespace, so that the kernel answers pings to every address. */
export const NETWORK = "10.64.0.0/15"
export const addressOf = (device: number): string =>
  `10.${64 + (device >> 16)}.${(device >> 8) & 255}.${device & 255}`
export const COMMUNITY = "fleet"
export const nameOf = (device: number): string => `r${String(device).padStart(5, "0")}`
/** Devices below a device. */
const FAN_OUT = 8
export const parentOf = (device: number): number => Math.floor((device - 1) / FAN_OUT)
