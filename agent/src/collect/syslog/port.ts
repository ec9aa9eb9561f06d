/** The name of a port out of what stands before "link down". Pure and linear. */

/** Names RouterOS itself gives to ports; where one stands, everything before it is not the port's. */
const DEFAULT_PORT =
  /^(?:<(?:pppoe|l2tp|pptp|sstp|ovpn)-.{1,200}>|(?:ether|sfp|sfp-sfpplus|sfpplus|sfp28-|sfp56-|qsfp28-|qsfp56-|qsfpplus|qsfp|combo|wlan|wifi|wifiwave|wlan60-|w60g-|lte|ppp-out|pppoe-out|l2tp-out|pptp-out|sstp-out|ovpn-out|eoip-tunnel|gre-tunnel|ipip-tunnel|6to4-tunnel|wireguard|vlan|vrrp|bridge|bonding|veth|vxlan|cap)\d[\w./-]{0,32})$/

/** `ether1`, `sfp-sfpplus2`, `<pppoe-anna>`: a name as RouterOS makes it, in one word. */
export const isDefaultPort = (word: string): boolean => DEFAULT_PORT.test(word)

const MAX_WORDS = 12

export type PortHints = {
  /** The names of this device's ports, as its API or SNMP gives them; false for all where they are not known. */
  readonly isPort: (name: string) => boolean
  /** Where the host ended was only guessed: words in front may still be the host's. */
  readonly isHostGuessed: boolean
}

/**
 * Null where it cannot be told which words are the port's: the event is then of the device alone, and the look it starts
 * finds the port. A name that is not a port's would be shown, stored and alarmed on for ever.
 */
export const portOf = (text: string, { isPort, isHostGuessed }: PortHints): string | null => {
  if (isPort(text)) return text
  const starts: number[] = []
  for (
    let at = text.indexOf(" ");
    at >= 0 && starts.length < MAX_WORDS;
    at = text.indexOf(" ", at + 1)
  )
    starts.push(at + 1)
  const known = starts.find((start) => isPort(text.slice(start)))
  if (known !== undefined) return text.slice(known)
  // A rule's prefix: "core router: ether1".
  const prefix = text.lastIndexOf(": ")
  if (prefix >= 0) return text.slice(prefix + 2).trim() || null
  if (!isHostGuessed || starts.length === 0) return text
  const named = [0, ...starts].find((start) =>
    isDefaultPort(text.slice(start).split(" ", 1)[0] ?? ""),
  )
  return named === undefined ? null : text.slice(named)
}
