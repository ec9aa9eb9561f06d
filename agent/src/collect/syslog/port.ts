/** Finds the interface name in the text before "link down". Pure and linear. */

/** Default interface names of RouterOS. Text before one is not part of the name. */
const DEFAULT_PORT =
  /^(?:<(?:pppoe|l2tp|pptp|sstp|ovpn)-.{1,200}>|(?:ether|sfp|sfp-sfpplus|sfpplus|sfp28-|sfp56-|qsfp28-|qsfp56-|qsfpplus|qsfp|combo|wlan|wifi|wifiwave|wlan60-|w60g-|lte|ppp-out|pppoe-out|l2tp-out|pptp-out|sstp-out|ovpn-out|eoip-tunnel|gre-tunnel|ipip-tunnel|6to4-tunnel|wireguard|vlan|vrrp|bridge|bonding|veth|vxlan|cap)\d[\w./-]{0,32})$/

/** `ether1`, `sfp-sfpplus2`, `<pppoe-anna>`: a default name of RouterOS, one word. */
export const isDefaultPort = (word: string): boolean => DEFAULT_PORT.test(word)

const MAX_WORDS = 12

export type PortHints = {
  /** The names of this device's interfaces from API or SNMP; always false if they are not known. */
  readonly isPort: (name: string) => boolean
  /** The end of the host was only guessed: the first words may belong to it. */
  readonly isHostGuessed: boolean
}

/**
 * Null if it is unclear which words are the interface: the event is then about the device, and the
 * poll it triggers finds the interface. A wrong name would be shown, stored and alerted on for
 * ever.
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
