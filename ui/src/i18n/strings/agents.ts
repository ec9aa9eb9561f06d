import type { Agent } from "@ispvm/appliance/api/agents"
import { plural } from "../format/plural.ts"
import { createSkewText } from "../format/skew.ts"

type UpdateState = NonNullable<Agent["update"]>["state"]
const skewText = createSkewText({ s: "s", min: "min", h: "h", d: "d" }, ".")

/** Label of an agent that is online, by the reason of its status. Its notes say more. */
const problem: Readonly<Record<string, string>> & { readonly other: string } = {
  "identity-shared": "Duplicate identity",
  "samples-rejected": "Samples rejected",
  "clock-skew": "Clock skew",
  other: "Problem",
}

const state: Record<Agent["enrolment"], string> = {
  none: "Never enrolled",
  waiting: "Waiting for enrolment",
  enrolled: "Live",
  revoked: "Revoked",
}

export const agents = {
  failed: "The agents could not be loaded",
  emptyTitle: "No agents yet",
  emptyText:
    "An agent is a small program near your routers. It probes and polls them, and buffers the results while the appliance is unreachable. One agent per location is enough. Add an agent and run the command that is shown.",
  add: "Add agent",
  state,
  offline: "Offline",
  problem,
  count: (n: number) => plural(n, { one: "# agent", other: "# agents" }),
  columns: {
    state: "Status",
    name: "Name",
    seen: "Heartbeat",
    version: "Version",
    certificate: "Certificate",
    buffer: "Backlog",
    devices: "Devices",
    skew: "Clock",
    can: "Capabilities",
    site: "Site",
    host: "Host",
    attachedTo: "Connected to",
  },
  days: (n: number) => plural(n, { one: "# day left", other: "# days left" }),
  expired: "expired",
  empty: "empty",
  batches: (n: number) => plural(n, { one: "# batch", other: "# batches" }),
  oldest: (span: string) => `oldest ${span}`,
  skew: (ms: number) =>
    Math.abs(ms) < 1_000 ? "in sync" : `${skewText(Math.abs(ms))} ${ms > 0 ? "ahead" : "behind"}`,
  icmp: "Ping",
  noIcmp: "No ping",
  noIcmpHint: "Devices are probed by TCP only. Install fping on the host and restart the agent.",
  syslog: (port: number) => `Syslog ${port}`,
  noSyslog: "No syslog",
  update: {
    label: "Update",
    states: {
      current: () => "Up to date",
      waiting: (version: string) => `Waits for its turn: ${version}`,
      updating: (version: string) => `Is being updated to ${version}`,
      failed: (version: string) => `Went back from ${version}`,
    } as const satisfies Record<UpdateState, (version: string) => string>,
    reasons: {
      "no-heartbeat": "The new release did not reach the appliance within a minute.",
      "no-answer": "The agent did not say within half an hour how it went.",
      "install-failed": "The package could not be installed.",
      killed: "The update was ended before it was done, or the machine stopped.",
      "not-started": "The new release did not start.",
      "foreign-key":
        "It is signed with a key that the agent's machine does not trust (/etc/ispvm-agent/trust.d).",
      other: "The journal of ispvm-agent-update on the agent's machine says why.",
    } as Readonly<Record<string, string>> & { readonly other: string },
    stopped: "No further agent is updated until this one works.",
    retry: "Try update again",
    retried: (name: string) => `${name} is offered the update again.`,
  },
  notes: "Notes",
  notesCount: (n: number) => plural(n, { one: "# note", other: "# notes" }),
  form: {
    heading: "Add agent",
    editHeading: (name: string) => `Edit ${name}`,
    name: "Name",
    nameHint: "For example the name of its location: ankara-pop",
    site: "Site",
    device: "Connected to",
    deviceHint:
      "The router that the host of the agent is connected to. Upstream and downstream are seen from there.",
    networks: "Allowed networks",
    networksHint:
      "Networks that the agent may contact, for example 10.0.0.0/8. Separate several with spaces. If empty: all, except loopback, link-local and its own addresses.",
    none: "Unknown",
    make: "Add agent",
    save: "Save",
    saved: (name: string) => `${name} was saved.`,
  },
  enrol: {
    heading: "Enrolment",
    text: "Run this command on the host of the agent. It passes the token on standard input. The token is valid once, for ten minutes.",
    again:
      "Create a new token to move the agent to another host, or after its certificate has expired.",
    make: "Create token",
    anew: "Create new token",
    left: (span: string) => `Valid for another ${span}`,
    over: "The token has expired. Create a new one.",
    pendingElsewhere:
      "A token exists. It was shown only once, when it was created. A new token replaces it.",
    waiting: "Waiting for the agent to connect…",
    live: (name: string) => `${name} is live.`,
    next: "Assign routers",
    elsewhere: (address: string, agentApiUrl: string) =>
      `${address} is a loopback address of this machine. On another host, replace it with ${agentApiUrl}, or open this page at an address that the host can reach.`,
    loopback: (url: string) =>
      `The agent API listens at ${url}, a loopback address. The command works only on this machine. To connect agents on other hosts, set ISPVM_AGENT_API_BIND to a network address and restart the appliance.`,
  },
  more: "Devices, load and what it sends",
  edit: "Edit",
  revoke: "Revoke",
  revokeHeading: (name: string) => `Revoke ${name}?`,
  revokeText: (n: number) =>
    n === 0
      ? "All its requests are rejected until it is enrolled again."
      : `All its requests are rejected, and its ${plural(n, { one: "device is", other: "# devices are" })} not monitored until it is enrolled again.`,
  revoked: (name: string) => `${name} was revoked.`,
  remove: "Delete",
  removeHeading: (name: string) => `Delete ${name}?`,
  removeText: (n: number) =>
    n === 0
      ? "It monitors no devices. This cannot be undone."
      : `Its ${plural(n, { one: "device is kept, and is", other: "# devices are kept, and are" })} not monitored until you assign another agent.`,
  removed: (name: string) => `${name} was deleted.`,
  gone: "This agent was deleted.",
} as const
