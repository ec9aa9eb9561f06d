/** OSPF and BGP neighbours and netwatch hosts, as RouterOS 6 and 7 log them. Pure and linear. */
import { isIP } from "node:net"
import { defined, deviceMeaning, type Meaning } from "./meaning-type.ts"

/**
 * A `key: value` pair of a RouterOS block up to the closing bracket; pairs may be separated by
 * spaces only.
 */
const valueAt = (text: string, key: string): string | undefined => {
  for (const mark of [`${key}: `, `${key}:`, `${key}=`]) {
    const at = text.indexOf(mark)
    if (at < 0 || (at > 0 && /[\w-]/.test(text[at - 1] ?? ""))) continue
    const from = at + mark.length
    const word = /^[^\s,;}\]]{1,255}/.exec(text.slice(from, from + 256))?.[0]
    if (word !== undefined) return word
  }
  return undefined
}

/** `event down [ type: icmp, host: 192.0.2.1 ]`; there may be other fields. */
export const netwatch = (text: string): Meaning | null => {
  const state = text.startsWith("event up [")
    ? "up"
    : text.startsWith("event down [")
      ? "down"
      : null
  if (state === null || !text.endsWith("]")) return null
  const inner = text.slice(text.indexOf("[") + 1, -1)
  const host = valueAt(inner, "host")
  const name = valueAt(inner, "name") ?? host
  return deviceMeaning(`watch-${state}`, {
    name,
    host,
    type: valueAt(inner, "type")?.replaceAll("_", "-"),
  })
}

const wordsAfter = (text: string, mark: string): string | null => {
  const at = text.lastIndexOf(mark)
  return at < 0 ? null : text.slice(at + mark.length)
}
const firstWord = (text: string | null | undefined): string | undefined => {
  const word = text
    ?.slice(0, 256)
    .trim()
    .split(/[\s,;:}\]]/, 1)[0]
  return word === "" ? undefined : word
}
/** Makes `ExStart`, `2-Way` and `TwoWay` comparable. */
const stateOf = (word: string | undefined): string =>
  (word ?? "").toLowerCase().replaceAll(/[^a-z0-9]/g, "")

/**
 * v7: `INST { version: 2 router-id: R } AREA { A } interface { T ADDR%IF } neighbor { router-id: N
 * state: Old } state change to New`; v6: `OSPFv2 neighbor N: state change from Old to New`. Steps
 * between down and full are not events.
 */
export const ospfNeighbour = (text: string): Meaning | null => {
  if (!text.includes("state change ")) return null // A search from the end takes longer.
  const change = wordsAfter(text, "state change ")
  if (change === null) return null
  const about = wordsAfter(text, "neighbor ") ?? wordsAfter(text, "neighbour ")
  if (about === null) return null
  const isBlock = about.startsWith("{")
  const from = change.startsWith("from ")
    ? firstWord(change.slice("from ".length))
    : valueAt(about, "state")
  const to = firstWord(wordsAfter(` ${change}`, " to "))
  const address = isBlock ? valueAt(about, "router-id") : neighbourWord(about)
  const [was, now] = [stateOf(from), stateOf(to)]
  if (now === "" || address === undefined) return null
  const isUp = now === "full"
  if (!isUp && was !== "full" && (now !== "down" || was === "down")) return null
  const port = firstWord(
    text.includes("interface {") ? /%([^\s}]{1,255})/.exec(text)?.[1] : undefined,
  )
  const detail = from === undefined ? to : `${from} to ${to ?? ""}`
  return {
    name: isUp ? "peer-up" : "peer-down",
    interface: null,
    attributes: defined({ protocol: "ospf", name: port, address, detail }),
  }
}

/** An IPv6 address keeps its colons; a colon after the word is not part of it. */
const neighbourWord = (text: string): string | undefined => {
  const word =
    text
      .slice(0, 256)
      .trimStart()
      .split(/[\s,;]/, 1)[0] ?? ""
  const bare = word.endsWith(":") && !word.endsWith("::") ? word.slice(0, -1) : word
  return bare === "" ? undefined : bare
}

const BGP_DOWN = [
  "hold timer expired",
  "holdtimer expired",
  "session closed",
  "connection closed",
  "session disconnected",
  "peer down",
  "state change from established",
  "changed state from established",
  "cease",
]
const BGP_UP = [
  "session established",
  "connection established",
  "peer up",
  "} established",
  "to established",
]

const ipOf = (word: string | undefined): string | undefined =>
  word !== undefined && isIP(word) !== 0 ? word : undefined

const bgpAddress = (text: string): string | undefined =>
  valueAt(text, "r_addr") ??
  valueAt(text, "remote-address") ??
  valueAt(text, "remote.address") ??
  valueAt(text, "RemoteAddress") ??
  valueAt(text, "remote") ??
  ipOf(neighbourWord(wordsAfter(text, "peer ") ?? wordsAfter(text, "neighbor ") ?? ""))

const isNamed = (text: string, topics: readonly string[]): boolean => {
  if (topics.length > 0) return false
  const start = text.slice(0, 200)
  return start.includes("l_addr: ") || start.includes("remote.address: ")
}

/**
 * Only under the topic, and only if the neighbour is named: v6 logs its address in a separate line.
 */
export const bgpPeer = (text: string, topics: readonly string[]): Meaning | null => {
  if (!topics.includes("bgp") && !text.startsWith("BGP ") && !isNamed(text, topics)) return null
  const lower = text.toLowerCase()
  const isDown = BGP_DOWN.some((words) => lower.includes(words))
  const isUp = !isDown && !lower.startsWith("tcp ") && BGP_UP.some((words) => lower.includes(words))
  const address = isDown || isUp ? bgpAddress(text) : undefined
  if (address === undefined) return null
  return deviceMeaning(isUp ? "peer-up" : "peer-down", {
    protocol: "bgp",
    address,
    detail: text.slice(0, 200),
  })
}
