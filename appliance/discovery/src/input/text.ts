/** MAC addresses, IP addresses and names in the many ways in which devices write them. */

const HEX = /[^0-9a-f]/g
/** Lower case with colons; null if it is none, or one that several devices may have. */
export const macOf = (text: string | null): string | null => {
  if (text === null || text.length > 32) return null
  const hex = text.toLowerCase().replace(HEX, "")
  if (hex.length !== 12 || !/^[0-9a-f]{2}(?:[.:-]?[0-9a-f]{2}){5}$/i.test(text.trim())) return null
  // Group addresses, none at all, and virtual routers (RFC 9568).
  if (Number.parseInt(hex.slice(0, 2), 16) % 2 === 1 || hex === "000000000000") return null
  if (hex.startsWith("00005e0001") || hex.startsWith("00005e0002")) return null
  return hex.replace(/(..)(?=.)/g, "$1:")
}
export const macNumber = (mac: string): number => Number.parseInt(mac.replaceAll(":", ""), 16)

/** 0 to 2^32 - 1, or null. */
export const ipv4 = (text: string): number | null => {
  const parts = text.split(".")
  if (parts.length !== 4) return null
  let value = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    value = value * 256 + Number(part)
  }
  return value
}
/** `10.0.0.0/30` of 10.0.0.1 and 30; null for IPv6. */
export const networkOf = (address: string, length: number): string | null => {
  const value = ipv4(address)
  if (value === null || length < 0 || length > 32) return null
  const size = 2 ** (32 - length)
  return `${Math.floor(value / size) * size}/${length}`
}
/** Without interface (`%ether1`) and prefix (`/24`). */
export const plainAddress = (text: string): string => {
  const [address = ""] = text.trim().toLowerCase().split(/[%/]/, 1)
  return address
}
export const isLinkLocal = (address: string): boolean =>
  /^fe[89ab]/.test(address) || address.startsWith("169.254.")

/** Eight groups of an IPv6 address, or null. */
const groupsOf = (address: string): number[] | null => {
  if (!/^[0-9a-f:]{2,39}$/.test(address)) return null
  const [head = "", tail, more] = address.split("::")
  if (more !== undefined) return null
  const read = (text: string): string[] => (text === "" ? [] : text.split(":"))
  const [before, after] = [read(head), read(tail ?? "")]
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<string>(tail === undefined ? 0 : missing).fill("0"), ...after]
  const values = groups.map((group) => (/^[0-9a-f]{1,4}$/.test(group) ? Number(`0x${group}`) : -1))
  return values.includes(-1) ? null : values
}
/** The MAC address of which a link-local IPv6 address was made (RFC 4291, appendix A), or null. */
export const macOfLinkLocal = (address: string): string | null => {
  if (!/^fe[89ab]/.test(address)) return null
  const groups = groupsOf(address)
  if (groups === null) return null
  const hex = groups
    .slice(4)
    .map((group) => group.toString(16).padStart(4, "0"))
    .join("")
  if (hex.slice(6, 10) !== "fffe") return null
  const first = (Number.parseInt(hex.slice(0, 2), 16) ^ 2).toString(16).padStart(2, "0")
  return macOf(`${first}${hex.slice(2, 6)}${hex.slice(10)}`.replace(/(..)(?=.)/g, "$1:"))
}

/** Names and addresses that devices have as they leave the factory. */
const DEFAULT_NAMES = new Set([
  "mikrotik",
  "routeros",
  "switch",
  "router",
  "localhost",
  "ubnt",
  "openwrt",
])
const DEFAULT_ADDRESSES = new Set(["192.168.88.1", "192.168.1.1", "192.168.1.20", "192.168.0.1"])
export const isDefaultName = (name: string): boolean =>
  DEFAULT_NAMES.has(name) || /^(?:rb|crs|ccr|hap|css|swos)[\w+-]*$/.test(name)
export const isDefaultAddress = (address: string): boolean => DEFAULT_ADDRESSES.has(address)

const MAX_NAME = 200
/** Up to the first control character: some devices and tools write the rest of a field behind it. */
export const shownName = (text: string): string => {
  const clean = text.slice(0, MAX_NAME).trim()
  const end = [...clean].findIndex((char) => char < " " || char === "\u007f")
  return end < 0 ? clean : clean.slice(0, end).trim()
}
/** To compare: lower case, without a domain, unless it is all that tells it from others. */
export const nameOf = (text: string | null): string | null => {
  const clean = text === null ? "" : shownName(text).toLowerCase()
  if (clean === "") return null
  const [host = ""] = clean.split(".", 1)
  return host === "" || isDefaultName(host) || ipv4(clean) !== null ? clean : host
}
/** Fewer letters say too little to be the beginning of a longer name. */
const MIN_SHORTENED = 8
export const isShortened = (short: string, long: string): boolean =>
  short.length >= MIN_SHORTENED && short.length < long.length && long.startsWith(short)

/** A port of a bridge, as RouterOS names it to its neighbours: `bridge/ether3`. */
export const isBridgePort = (text: string | null): boolean =>
  text !== null && /^bridge[^/]*\//i.test(text)

/** The port itself, of `bridge/ether3` or `ether3,bridge`. */
export const portName = (text: string | null): string | null => {
  if (text === null) return null
  const [first = ""] = text.slice(0, MAX_NAME).split(",", 1)
  const name = first.split("/").at(-1)?.trim() ?? ""
  return name === "" ? null : name
}
