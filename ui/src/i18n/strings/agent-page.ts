import type { AgentRole } from "@ispvm/appliance/api/leases"
import type { Redacted, RedactionState, SentKind } from "@ispvm/appliance/api/redaction"
import { plural } from "../format/plural.ts"

const kinds: Readonly<Record<SentKind, { readonly title: string; readonly text: string }>> = {
  samples: {
    title: "Samples",
    text: "Values of interfaces, sensors, queues, tunnels and radios. The names of queues, tunnels and radios may be those of customers.",
  },
  tables: {
    title: "Rows of tables",
    text: "Sessions, leases, neighbours, queues, routes and other tables of routers. Users, host names, comments and addresses of customers are here.",
  },
  events: {
    title: "Log lines and events",
    text: "Log lines and SNMP traps of routers, and what the agent itself finds, such as a reboot.",
  },
  probes: {
    title: "Probes",
    text: "Results of ping and of probes of services. They name no customers.",
  },
  facts: {
    title: "Facts",
    text: "Identity, board, release, and the names and comments of interfaces.",
  },
  answers: {
    title: "Answers to the appliance",
    text: "Results of access tests, and settings of routers that the companion page compares. No example is kept, because a setting may be a secret.",
  },
  diagnostics: {
    title: "Output of diagnostics",
    text: "What a person has run on a router. Secrets are left out by the agent.",
  },
  heartbeats: {
    title: "Heartbeats",
    text: "Every two seconds: version, host name, backlog and notes of the agent.",
  },
}
const redactions: Readonly<Record<Redacted, { readonly title: string; readonly text: string }>> = {
  users: {
    title: "Replace names of users by pseudonyms",
    text: "Users, accounts, host names, names of queues, tunnels and radio clients become HMACs with a key of the organisation, the same for the same name. Comments, and words of log lines that may be names, are left out.",
  },
  addresses: {
    title: "Shorten addresses of customers",
    text: "IPv4 addresses to /24, IPv6 to /48, MAC addresses to the vendor. Addresses of devices and neighbours stay.",
  },
}
const states: Readonly<Record<RedactionState, string>> = {
  applied: "In force",
  pending: "Waiting for the agent",
  offline: "The agent is offline",
  "too-old": "This agent's release does not know the switches. Update it.",
}

const roles: Readonly<Record<AgentRole, string>> = {
  reads: "Reads it",
  incoming: "Reads beside the holder, and takes over",
  probes: "Probes only",
}

export const agentPage = {
  tabs: {
    label: "Agent",
    sends: "What this agent sends",
  },
  devices: {
    title: "Devices and load",
    failed: "The devices of this agent could not be loaded",
    empty: "This agent has no devices",
    emptyText: "Assign routers to it, or name it as the agent that takes over.",
    label: "Devices",
    roles,
    figures: {
      reads: "Devices read",
      readsText: (probes: string) => `and ${probes} only probed`,
      busy: "Load of collectors",
      busyText: "100 % is one reading at all times",
      received: "Received from routers",
      receivedText: "a day, as measured",
      backlog: "Backlog",
      backlogText: "batches that wait for the appliance",
      lag: "Lag",
      lagText: "age of the oldest reading that waits",
      noLag: "none",
    },
    columns: {
      device: "Device",
      role: "Role",
      since: "Since",
      from: "Taken over from",
      preferred: "Preferred agent",
      method: "Method",
      cost: "Load",
    },
    noOther: "No other agent",
    thisOne: "this one",
    heldBy: (name: string) => `read by ${name}`,
    noMethod: "None works",
    slowed: (n: number) =>
      plural(n, { one: "# collector slowed down", other: "# collectors slowed down" }),
  },
  back: "All agents",
  gone: "There is no such agent",
  sent: {
    failed: "What the agent sends could not be loaded",
    lead: "Everything that this agent sends to the appliance, by kind. Counted as received, before compression.",
    since: "Counted since",
    kinds,
    messages: (n: string) => `${n} messages`,
    rows: (n: string) => `${n} rows`,
    nothing: "Nothing in the last hour",
    latest: "Latest message as received",
    cut: (shown: string, all: string) => `The first ${shown} of ${all} characters`,
    hidden: "You need the permission to see subscribers to see an example.",
    none: "No example was received since the appliance started.",
  },
  redaction: {
    heading: "What agents hide",
    failed: "The switches could not be loaded",
    lead: "Agents apply these switches themselves, before they store or send anything. They add to the settings of an agent's host (ISPVM_REDACT), which nothing here switches off.",
    before:
      "Nothing that was sent before a switch is rewritten. It stays in the appliance until its retention, and in backups.",
    names: redactions,
    save: "Save",
    newKey: "Use a new key",
    newKeyText: "Customers no longer match what was sent before.",
    saved: "The switches were saved. Agents apply them within seconds.",
    unchanged: "Nothing has changed",
    only: "Only administrators can change this.",
    here: "At this agent",
    columns: { what: "What", floor: "Setting of its host", appliance: "Switch", force: "State" },
    on: "On",
    off: "Off",
    state: (state: RedactionState): string => states[state],
    open: "Not hidden",
    key: {
      host: "The key of the pseudonyms is a file of the agent's host. The appliance does not have it.",
      appliance:
        "The key of the pseudonyms comes from the appliance. Who has its master key can find out who a pseudonym is by trying names.",
    },
    check: "Check of the key",
    mismatch: (names: string) =>
      `Customers do not match those of ${names}: these agents have another key.`,
    history: "Changes",
    version: (n: number) => `Version ${n}`,
    withNewKey: "new key",
    by: (name: string) => `by ${name}`,
    others: "Other agents",
    notApplied: (n: number) =>
      plural(n, {
        one: "# agent does not apply the switches yet",
        other: "# agents do not apply the switches yet",
      }),
  },
} as const
