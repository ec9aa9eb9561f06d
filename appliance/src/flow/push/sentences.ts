/** Reports of a router as sentences. Pure. */
import type { PushItem } from "@ispvm/wire/push"

type Of<K extends PushItem["kind"]> = Extract<PushItem, { kind: K }>
type ReportedItem = Exclude<PushItem, { kind: "heartbeat" }>

const PROTOCOLS = { bgp: "BGP", ospf: "OSPF" } as const
const named = (name: string, address: string): string =>
  name === "" || name === address
    ? address || "without a name"
    : address === ""
      ? name
      : `${name} (${address})`

const times = (downs: number | undefined): string =>
  downs === undefined ? "" : ` ${downs} times since its last report`

const peer = ({ protocol, name, address, state, detail }: Of<"peer">): string => {
  const word = detail === "" || detail === state ? "" : `, ${detail}`
  return `${PROTOCOLS[protocol]} neighbour ${named(name, address)} is ${state}${word}`
}
const sessions = ({ count, was }: Of<"sessions">): string =>
  `PPP sessions ${Number(count) < Number(was) ? "fell" : "rose"} from ${was} to ${count}`
const netwatch = ({ name, host, state, loss }: Of<"watch">): string => {
  const lost = loss === null || Number(loss) === 0 ? "" : `, ${loss} % of its probes lost`
  return `Netwatch host ${named(name, host)} is ${state}${lost}`
}
const hello = ({ done, failed }: Of<"hello">): string => {
  const summary = `Onboarding script ran: ${done.length} ${done.length === 1 ? "part" : "parts"} done`
  return failed.length === 0
    ? `${summary}.`
    : `${summary}. ${failed.length} failed: ${failed.join("; ")}.`
}

export const sentenceOf = (item: ReportedItem): string => {
  switch (item.kind) {
    case "link":
      return item.state === "down"
        ? `${item.name} lost its link${times(item.downs)}`
        : `${item.name} has its link`
    case "peer":
      return peer(item)
    case "sessions":
      return sessions(item)
    case "watch":
      return netwatch(item)
    case "hello":
      return hello(item)
  }
}
