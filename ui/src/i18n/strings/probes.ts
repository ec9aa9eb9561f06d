import type { ProbeFinding, ProbeSegment, ProbeTemplate } from "@ispvm/appliance/api/probes"
import { plural } from "../format/plural.ts"

const list = (names: readonly string[]): string => names.join(", ")

const segments: Readonly<Record<ProbeSegment, string>> = {
  "last-mile": "Last mile",
  aggregation: "Aggregation",
  upstream: "Upstream",
  service: "Service",
}
const templates: Readonly<Record<ProbeTemplate, string>> = {
  "customer-gateway": "Customer gateway: ping",
  upstream: "Upstream health: ping and path",
  resolver: "Resolver: ping and DNS",
}
const outcomes: Readonly<Record<string, string>> = {
  ok: "Answers as expected",
  "wrong-answer": "Another answer than expected",
  "wrong-status": "Another status code than expected",
  "too-many-redirects": "Too many redirects",
  "not-the-protocol": "The answer is of another protocol",
  "dns-name-missing": "The name does not exist (NXDOMAIN)",
  "dns-server-failure": "The server failed (SERVFAIL)",
  "dns-refused": "The server refuses the question (REFUSED)",
  "dns-error": "The server answered with an error",
  "certificate-invalid": "The certificate is not valid",
  "tls-failed": "No TLS connection",
  "connection-refused": "Connection refused",
  "connection-closed": "The connection was closed",
  "name-not-found": "The name was not found",
  "no-route": "No route",
  "no-answer": "No answer",
  "not-allowed": "The agent may not contact this address",
  "not-possible": "The agent cannot run this probe",
}

const finding = ({ place, site, probes, agents, others, explains }: ProbeFinding): string => {
  const at = site === null ? "" : ` at ${site}`
  const more =
    explains === 0
      ? ""
      : ` It explains ${plural(explains, { one: "# more failing probe", other: "# more failing probes" })}.`
  const texts: Readonly<Record<ProbeFinding["place"], string>> = {
    agent: `Agent ${list(agents)} reaches nothing, and ${list(others)} does: the fault is at the agent.`,
    "last-mile": `Last mile${at}: ${list(probes)} does not answer, and nothing before it fails.`,
    aggregation: `Aggregation${at}: ${list(probes)} does not answer any agent.${more}`,
    upstream: `Upstream: ${list(probes)} does not answer any agent.${more}`,
    service: `Service: ${list(probes)} does not answer as expected, and nothing before it fails.`,
    path: `Path: ${list(probes)} does not answer ${list(agents)}, but answers ${list(others)}.`,
  }
  return texts[place]
}

/** Probes of services. */
export const probes = {
  title: "Probes",
  lead: "Agents check services besides the devices: from several agents at once, so that a fault can be placed.",
  failed: "The probes could not be loaded",
  emptyTitle: "No probes",
  emptyText: "Let agents check customer gateways, upstreams, resolvers and web sites.",
  emptyDevice: "No probe belongs to this device.",
  add: "Add a probe",
  edit: "Edit",
  run: "Run now",
  ran: (name: string) => `${name} runs now; its values follow within seconds.`,
  findings: "Where the fault is",
  finding,
  list: "Probes",
  segments,
  templates,
  outcomes,
  off: "switched off",
  everySeconds: (s: number) => `every ${s} s`,
  waiting: "No value yet",
  noAgents: "No agent runs it.",
  hops: (n: number) => plural(n, { one: "# hop", other: "# hops" }),
  path: "Path",
  pathWas: "Before",
  unansweredHop: "silent",
  notReached: "the host does not answer",
  loss: (text: string) => `${text} loss`,
  certificate: (days: number) =>
    days < 0
      ? "certificate has expired"
      : plural(Math.floor(days), {
          one: "certificate ends in # day",
          other: "certificate ends in # days",
        }),
  phases: {
    nameMs: "name",
    connectMs: "connect",
    tlsMs: "TLS",
    firstByteMs: "first byte",
  },
  form: {
    heading: "Add a probe",
    headingEdit: (name: string) => `Change ${name}`,
    template: "Template",
    noTemplate: "None: one probe of your own",
    templateHost: "Address of the gateway, target or resolver",
    name: "Name",
    nameHint: "Part of the names of its charts. It cannot be changed later.",
    device: "Device",
    deviceHint: "Charts and alerts of the probe are at this device, and so is its maintenance.",
    segment: "Part of the network",
    segmentHint:
      "Where its target is. It tells last mile, aggregation, upstream and service apart.",
    kind: "Kind",
    kinds: {
      icmp: "Ping (ICMP)",
      tcp: "TCP connection",
      http: "HTTP or HTTPS",
      dns: "DNS question",
      trace: "Path (traceroute)",
    },
    host: "Host",
    port: "Port",
    url: "Address (URL)",
    status: "Expected status codes",
    statusHint: "From and to, such as 200-299.",
    contains: "Text in the answer",
    verified: "The certificate has to be valid",
    server: "DNS server",
    dnsName: "Name",
    dnsType: "Type",
    expects: "Expected answer",
    every: "Interval in seconds",
    timeout: "Timeout in milliseconds",
    agents: "Agents",
    agentsHint: "None chosen: all agents run it.",
    enabled: "Switched on",
    save: "Save",
    saved: "The probe was saved.",
    made: (n: number) => plural(n, { one: "# probe was added.", other: "# probes were added." }),
    remove: "Remove",
    removed: "The probe was removed.",
    confirm: "Remove this probe? Its charts stay until their retention ends.",
  },
} as const
