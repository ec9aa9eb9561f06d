/** The form of a probe, and the request it makes. Pure. */
import type { Probe, ProbeSegment } from "@ispvm/appliance/api/probes"
import type { BodyOf } from "../../api/call.ts"

export const KINDS = ["icmp", "tcp", "http", "dns", "trace"] as const
export const SEGMENTS = [
  "last-mile",
  "aggregation",
  "upstream",
  "service",
] as const satisfies readonly ProbeSegment[]
export const DNS_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "TXT"] as const

export type ProbeForm = {
  readonly name: string
  readonly deviceId: string
  readonly segment: string
  readonly kind: string
  readonly host: string
  readonly port: string
  readonly url: string
  readonly status: string
  /** In the answer. Not `contains`: a form has a method of that name, which its fields replace. */
  readonly pageText: string
  readonly isVerified: boolean
  readonly server: string
  readonly dnsName: string
  readonly dnsType: string
  readonly expects: string
  readonly everyS: string
  readonly timeoutMs: string
  readonly agents: readonly string[]
  readonly isEnabled: boolean
}
export const blankProbe = (deviceId: string): ProbeForm => ({
  ...{ name: "", deviceId, segment: "service", kind: "http", host: "", port: "443", url: "" },
  ...{ status: "200-399", pageText: "", isVerified: true, server: "", dnsName: "", dnsType: "A" },
  ...{ expects: "", everyS: "30", timeoutMs: "3000", agents: [], isEnabled: true },
})

type Body = BodyOf<"POST /probes">
type Check = Body["check"]
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text))
const segmentOf = (text: string): ProbeSegment =>
  SEGMENTS.find((segment) => segment === text) ?? "service"

/** `200-299`, or one code. */
const statusOf = (text: string): [number, number] => {
  const [from = "", to = from] = text.split("-")
  return [numberOf(from), numberOf(to)]
}

const REDIRECTS = 3
const PACKETS = 5
const HOPS = 20
const checkOf = (form: ProbeForm): Check => {
  const host = form.host.trim()
  switch (form.kind) {
    case "icmp":
      return { kind: "icmp", host, packets: PACKETS }
    case "tcp":
      return { kind: "tcp", host, port: numberOf(form.port) }
    case "trace":
      return { kind: "trace", host, hops: HOPS }
    case "dns":
      return {
        kind: "dns",
        server: form.server.trim(),
        port: 53,
        name: form.dnsName.trim(),
        type: DNS_TYPES.find((type) => type === form.dnsType) ?? "A",
        expects: form.expects.trim(),
      }
    default:
      return {
        kind: "http",
        url: form.url.trim(),
        method: "GET",
        status: statusOf(form.status),
        contains: form.pageText,
        redirects: REDIRECTS,
        isVerified: form.isVerified,
      }
  }
}

/** `was`: the probe that is changed; what the form does not show of its check is kept. */
export const probeBody = (form: ProbeForm, was: Probe | null): Body => {
  const check = checkOf(form)
  const kept =
    was?.check.kind === check.kind
      ? Object.fromEntries(
          Object.entries(was.check).filter(([name]) =>
            ["packets", "hops", "redirects", "method"].includes(name),
          ),
        )
      : {}
  const kept53 = was?.check.kind === "dns" && check.kind === "dns" ? { port: was.check.port } : {}
  return {
    name: form.name,
    deviceId: form.deviceId,
    segment: segmentOf(form.segment),
    check: { ...check, ...kept, ...kept53 } as Check,
    everyS: numberOf(form.everyS),
    timeoutMs: numberOf(form.timeoutMs),
    agents: [...form.agents],
    isEnabled: form.isEnabled,
  }
}

const fieldsOf = (check: Probe["check"]): Partial<ProbeForm> => {
  switch (check.kind) {
    case "icmp":
    case "trace":
      return { host: check.host }
    case "tcp":
      return { host: check.host, port: String(check.port) }
    case "http":
      return {
        url: check.url,
        status: check.status.join("-"),
        pageText: check.contains,
        isVerified: check.isVerified,
      }
    case "dns":
      return {
        server: check.server,
        dnsName: check.name,
        dnsType: check.type,
        expects: check.expects,
      }
  }
}
export const formOfProbe = (probe: Probe): ProbeForm => ({
  ...blankProbe(probe.deviceId),
  ...fieldsOf(probe.check),
  name: probe.name,
  segment: probe.segment,
  kind: probe.check.kind,
  everyS: String(probe.everyS),
  timeoutMs: String(probe.timeoutMs),
  agents: probe.agents,
  isEnabled: probe.isEnabled,
})

/** What a probe asks, in one line. */
export const targetText = (check: Probe["check"]): string => {
  switch (check.kind) {
    case "icmp":
    case "trace":
      return check.host
    case "tcp":
      return `${check.host}:${check.port}`
    case "http":
      return check.url
    case "dns":
      return `${check.name} ${check.type} @${check.server}`
  }
}
