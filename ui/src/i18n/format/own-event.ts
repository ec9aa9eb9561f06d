/**
 * Events that the appliance words itself from a router's report (flow/push/sentences.ts), and those
 * of a link in a router's log, for other languages. Pure.
 */
export type OwnEvent =
  | { readonly is: "link-down" | "link-up"; readonly name: string }
  | {
      readonly is: "netwatch"
      readonly host: string
      readonly state: string
      readonly loss: string
    }
  | { readonly is: "onboarded"; readonly done: string; readonly failed: string }
  | { readonly is: "neighbour"; readonly name: string; readonly state: string }
  | { readonly is: "sessions"; readonly was: string; readonly count: string }

/** Null: text of a router or an agent. */
export const parseOwnEvent = (message: string): OwnEvent | null => {
  const logged = /^(?:(\S+) )?link (up|down)\b.*$/.exec(message)
  if (logged !== null)
    return { is: logged[2] === "down" ? "link-down" : "link-up", name: logged[1] ?? "" }
  const link = /^(\S+) (lost|has) its link(?: \d+ times since its last report)?$/.exec(message)
  if (link !== null)
    return { is: link[2] === "lost" ? "link-down" : "link-up", name: link[1] ?? "" }
  const watch = /^Netwatch host (.+) is (\w+)(?:, (\S+) % of its probes lost)?$/.exec(message)
  if (watch !== null)
    return { is: "netwatch", host: watch[1] ?? "", state: watch[2] ?? "", loss: watch[3] ?? "" }
  const ran = /^Onboarding script ran: (\d+) parts? done(?:\. \d+ failed: (.*))?\.$/.exec(message)
  if (ran !== null) return { is: "onboarded", done: ran[1] ?? "", failed: ran[2] ?? "" }
  const peer = /^((?:BGP|OSPF) neighbour .+) is (\w+(?:, .*)?)$/.exec(message)
  if (peer !== null) return { is: "neighbour", name: peer[1] ?? "", state: peer[2] ?? "" }
  const sessions = /^PPP sessions (?:fell|rose) from (\d+) to (\d+)$/.exec(message)
  if (sessions !== null) return { is: "sessions", was: sessions[1] ?? "", count: sessions[2] ?? "" }
  return null
}
