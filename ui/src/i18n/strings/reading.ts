import type { LeaseReason, ReadingMethod } from "@ispvm/appliance/api/leases"

const methods: Readonly<Record<ReadingMethod, string>> = {
  "routeros-api": "RouterOS API",
  snmp: "SNMP",
  icmp: "Ping",
}
const leaseReasons: Readonly<Record<LeaseReason, string>> = {
  assigned: "Assigned to this agent",
  "agent-offline": "The agent before sent nothing",
  "device-not-reached": "The agent before could not reach the device",
  "agent-removed": "The agent before may no longer read the device",
  "preferred-is-back": "The preferred agent is stable again",
  "load-balanced": "This agent had fewer devices",
}
/** Reasons of a method that does not work; others are shown as they are. */
const methodReasons: Readonly<Record<string, string>> = {
  "no-answer": "No answer",
  "no-route": "No route",
  refused: "Connection refused",
  "timed-out": "Timed out",
  "wrong-credentials": "Wrong user or password",
  "not-permitted": "Not permitted",
  "tls-failed": "TLS failed",
  "wrong-certificate": "Another certificate",
  "unconfirmed-certificate": "Certificate not confirmed",
  "not-routeros": "Not a RouterOS API",
  "name-not-found": "Name not found",
  failed: "Failed",
}

export const reading = {
  tab: "Reading",
  failed: "How this device is read could not be loaded",
  methods,
  leaseReasons,
  methodReason: (reason: string): string => methodReasons[reason] ?? reason,
  worksAgain: "the preferred method works again",
  method: "Read by",
  noMethod: "No method works",
  agent: "Agent",
  noAgent: "None",
  because: "Because",
  preferredUsed: "It is the preferred method",
  order: "Order of methods",
  agents: "Agents",
  history: "Leases",
  columns: {
    agent: "Agent",
    role: "Role",
    from: "From",
    until: "Until",
    reason: "Reason",
  },
  holder: "Reads the device",
  incoming: "Reads beside it, and takes over",
  probes: "Probes only",
  offline: "Offline",
  works: "works",
  now: "now",
  form: {
    fallback: "If that agent cannot",
    fallbackHint: "This agent takes over within 15 s, and probes the device all the time.",
    nobody: "No other agent",
    site: "Any agent of its site",
    several: "Several agents",
    preferred: "Preferred method",
    preferredHint: "The other one is its fallback, and ping is the last.",
  },
}
