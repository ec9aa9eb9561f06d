/** By what an address is counted where strangers are limited. */
import { isIPv6 } from "node:net"

/** The first 64 bits of an IPv6 address are one customer, who has all the rest to choose from. */
const prefixOf = (address: string): string => {
  const [head = "", tail] = address.split("::", 2)
  const front = head === "" ? [] : head.split(":")
  const back = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`
}

/** Without a zone, and IPv4 that was reached by way of IPv6 as IPv4. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "")

/** An IPv4 address, or the /64 of an IPv6 one. */
export const sourceOf = (address: string | undefined): string => {
  const plain = plainAddress(address)
  return isIPv6(plain) ? prefixOf(plain) : plain
}
