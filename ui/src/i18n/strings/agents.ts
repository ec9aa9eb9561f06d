import type { Agent } from "@ispvm/appliance/api/agents"
import { plural } from "../format/plural.ts"

/** Of an agent that is heard, by the reason of its status; the notes say the rest. */
/** Tenths of a second where they matter, else the largest unit that says it. */
const skewText = (ms: number): string => {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}

const problem: Readonly<Record<string, string>> & { readonly other: string } = {
  "identity-shared": "Two machines",
  "samples-rejected": "Refused",
  "clock-skew": "Clock wrong",
  other: "Problem",
}

const state: Record<Agent["enrolment"], string> = {
  none: "Never enrolled",
  waiting: "Waiting for it",
  enrolled: "Live",
  revoked: "Revoked",
}

export const agents = {
  failed: "The agents could not be loaded",
  emptyTitle: "No agent yet",
  emptyText:
    "An agent is a small program that runs near your routers: it reads them, keeps what it read while the line here is down, and sends it on. One per place is enough. Make one, and run the command it gives you.",
  add: "Make an agent",
  state,
  offline: "Silent",
  problem,
  count: (n: number) => plural(n, { one: "# agent", other: "# agents" }),
  columns: {
    state: "State",
    name: "Name",
    seen: "Heartbeat",
    version: "Version",
    certificate: "Certificate",
    buffer: "Buffered",
    devices: "Devices",
    skew: "Clock",
    can: "Can",
    site: "Site",
    host: "Host",
    attachedTo: "Stands at",
  },
  days: (n: number) => plural(n, { one: "# day left", other: "# days left" }),
  expired: "expired",
  empty: "empty",
  batches: (n: number) => plural(n, { one: "# batch", other: "# batches" }),
  oldest: (span: string) => `oldest ${span}`,
  skew: (ms: number) =>
    Math.abs(ms) < 1_000 ? "in step" : `${skewText(Math.abs(ms))} ${ms > 0 ? "ahead" : "behind"}`,
  icmp: "Ping",
  noIcmp: "No ping",
  noIcmpHint: "Reachability is judged by TCP alone. Install fping on its host and start it again.",
  syslog: (port: number) => `Syslog ${port}`,
  noSyslog: "No syslog",
  notes: "Notes",
  form: {
    heading: "Make an agent",
    editHeading: (name: string) => `Change ${name}`,
    name: "Name",
    nameHint: "Of the place it stands at, such as ankara-pop",
    site: "Site",
    device: "Stands at",
    deviceHint: "The router its host hangs on. What lies behind what is reckoned from there.",
    networks: "Allowed networks",
    networksHint:
      "The only networks it may contact, such as 10.0.0.0/8; several with a space. Empty: everywhere but loopback, link-local and its own addresses.",
    none: "Not known yet",
    make: "Make it",
    save: "Save",
    saved: (name: string) => `${name} was saved.`,
  },
  enrol: {
    heading: "Enrolment",
    text: "Run this command on the agent's host. The token goes in by standard input; it is valid once, for ten minutes.",
    again: "To move it to another host, or after its certificate ran out, make a new token.",
    make: "Make a token",
    anew: "Make a new token",
    left: (span: string) => `Good for ${span} more`,
    over: "The token has run out unused. Make a new one.",
    pendingElsewhere:
      "A token is out, and was shown once when it was made. Lost it? A new one replaces it.",
    waiting: "Waiting for it to call in…",
    live: (name: string) => `${name} is live.`,
    next: "Give it routers",
    elsewhere: (address: string, agentApiUrl: string) =>
      `${address} is this machine alone. On another host put ${agentApiUrl} in its place, or open this page by an address that host can reach.`,
    loopback: (url: string) =>
      `Agents are let in at ${url} only, which is this machine alone: the command works on no other. Start the appliance with ISPVM_AGENT_API_BIND set to an address of its network to let others in.`,
  },
  edit: "Change",
  revoke: "Revoke",
  revokeHeading: (name: string) => `Revoke ${name}?`,
  revokeText: (n: number) =>
    n === 0
      ? "From its next request on it is refused, until it is enrolled again."
      : `From its next request on it is refused, and its ${plural(n, { one: "device is", other: "# devices are" })} watched by nobody until it is enrolled again.`,
  revoked: (name: string) => `${name} was revoked.`,
  remove: "Delete",
  removeHeading: (name: string) => `Delete ${name}?`,
  removeText: (n: number) =>
    n === 0
      ? "It watches no device. This cannot be undone."
      : `Its ${plural(n, { one: "device stays and is", other: "# devices stay and are" })} watched by nobody until another agent takes over.`,
  removed: (name: string) => `${name} was deleted.`,
  gone: "This agent was deleted.",
} as const
