/** What is shown of a run: its name, and why it ended. Pure. */
import type { Diagnostic, DiagnosticRun } from "@ispvm/appliance/api/diagnostics"
import { pageTexts } from "../../i18n/strings/page-strings.ts"

const strings = pageTexts.diagnostics

/** `Ping to 192.0.2.1`, `Interface ether1`. */
export const runName = (diagnostic: Diagnostic): string => {
  const name = strings.actions[diagnostic.action]
  switch (diagnostic.action) {
    case "ping":
    case "traceroute":
      return diagnostic.address === null ? name : `${name} ${strings.target(diagnostic.address)}`
    case "interface":
      return `${name} ${diagnostic.interface}`
    case "configuration":
      return `${name}: ${strings.sections[diagnostic.section]}`
    case "bgp":
    case "ospf":
    case "neighbours":
    case "log":
      return name
  }
}

type Ended = Pick<DiagnosticRun, "outcome" | "message" | "diagnostic">
/** The outcome, and what the agent adds to it. */
export const outcomeText = ({ outcome, message, diagnostic }: Ended): string => {
  if (outcome === null) return strings.running
  const text = strings.outcomes[outcome]
  if (outcome === "not-permitted") return `${text}. ${missingPolicy(diagnostic)}`
  return message === "" || outcome === "cancelled" || outcome === "done"
    ? text
    : `${text}: ${message}`
}
const missingPolicy = ({ action }: Diagnostic): string =>
  action === "ping" || action === "traceroute" ? strings.lacksTest : strings.lacksRead
