/** Addresses in texts: where they are, and the shortened form of each. */
const IPV4 = /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?!\d|\.\d)/g
/** At least two colons: a time has two, but no more than two digits in each part. */
const IPV6 = /(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)([0-9A-Fa-f:]{3,45})(?!\w)/g
const MAC =
  /(?<![\w:-])([0-9A-Fa-f]{2})([:-])([0-9A-Fa-f]{2})\2([0-9A-Fa-f]{2})(?:\2[0-9A-Fa-f]{2}){3}(?![\w-]|:\w)/g
const TIME = /^\d{1,2}:\d{2}:\d{2}:?$/
const isMac = (text: string): boolean => /^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}:?$/.test(text)

const first48 = (address: string): string => {
  const [head = "", tail = ""] = address.split("::")
  const left = head.split(":").filter((part) => part !== "")
  const right = tail.split(":").filter((part) => part !== "")
  const missing = address.includes("::") ? Math.max(0, 8 - left.length - right.length) : 0
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right]
  return `${groups.slice(0, 3).join(":")}::`
}

/**
 * IPv4 to /24, IPv6 to /48, MAC addresses to the vendor's part, wherever they are in a text. Those
 * in `kept` stay.
 */
export const withoutAddresses = (
  text: string,
  kept: Pick<ReadonlySet<string>, "has"> = new Set(),
): string =>
  text
    .replaceAll(MAC, (_, a: string, sign: string, b: string, c: string) =>
      [a, b, c, "00", "00", "00"].join(sign),
    )
    .replaceAll(IPV4, (found, start: string) => (kept.has(found) ? found : `${start}.0`))
    .replaceAll(IPV6, (found: string) => {
      if (TIME.test(found) || isMac(found) || kept.has(found)) return found
      // "address: " at the end of a text's part: the colon is not of the address.
      const isPart = found.endsWith(":") && !found.endsWith("::")
      return isPart ? `${first48(found.slice(0, -1))}:` : first48(found)
    })

/** Whether a text is nothing but addresses, their ports and masks, and what joins them. */
export const isAddress = (text: string): boolean =>
  /[0-9A-Fa-f]/.test(text) &&
  /^[\s,;:/%!()<>[\]\d-]*$/.test(text.replaceAll(MAC, "").replaceAll(IPV4, "").replaceAll(IPV6, ""))
