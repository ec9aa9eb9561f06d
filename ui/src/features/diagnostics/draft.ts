/** The form of a diagnostic: what is chosen, and the request made of it. Pure. */
import type {
  ConfigurationSection,
  Diagnostic,
  DiagnosticAction,
} from "@ispvm/appliance/api/diagnostics"

export type Draft = {
  readonly action: DiagnosticAction
  readonly from: "router" | "agent"
  readonly address: string
  readonly count: string
  readonly bytes: string
  readonly interface: string
  readonly lines: string
  readonly section: ConfigurationSection
}
export const EMPTY_DRAFT: Draft = {
  action: "ping",
  from: "agent",
  address: "",
  count: "4",
  bytes: "56",
  interface: "",
  lines: "50",
  section: "addresses",
}

/** The appliance checks it; a number that is none is sent as it is, and comes back with its error. */
export const diagnosticOf = (draft: Draft): Diagnostic => {
  const { action, from } = draft
  const address = draft.address.trim() === "" ? null : draft.address.trim()
  switch (action) {
    case "ping":
      return { action, from, address, count: Number(draft.count), bytes: Number(draft.bytes) }
    case "traceroute":
      return { action, from, address }
    case "interface":
      return { action, interface: draft.interface }
    case "log":
      return { action, lines: Number(draft.lines) }
    case "configuration":
      return { action, section: draft.section }
    case "bgp":
    case "ospf":
    case "neighbours":
      return { action }
  }
}

/** What is missing before it can be sent; empty: nothing. */
export const isComplete = ({ action, from, address, interface: port }: Draft): boolean => {
  if (action === "interface") return port !== ""
  if (action === "ping" || action === "traceroute") return from === "agent" || address.trim() !== ""
  return true
}
