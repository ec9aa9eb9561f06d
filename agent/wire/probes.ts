/** Probes of services: what an agent checks besides its devices. */
import { z } from "zod"
import { Port } from "./access.ts"
import { DeviceId, Name } from "./values.ts"

/** Limits of a probe. Both ends check them. */
export const PROBE_LIMITS = {
  /** Per agent. */
  probes: 500,
  /** Rules expect a value at least every five minutes. */
  everyMs: { min: 10_000, max: 240_000 },
  /** A path is not an alert's value, and costs up to 30 packets. */
  traceEveryMs: { min: 60_000, max: 3_600_000 },
  timeoutMs: { min: 100, max: 10_000 },
  hops: 30,
} as const

/** A host name or address, without brackets, port or path. It never reaches a shell. */
export const ProbeHost = z
  .string()
  .max(253)
  .regex(/^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/)
const isProbeUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hostname, hash } = new URL(text)
  return (
    (protocol === "http:" || protocol === "https:") &&
    // A URL is shown and stored in the clear: it is no place for a secret.
    username === "" &&
    password === "" &&
    hash === "" &&
    ProbeHost.safeParse(hostname.replace(/^\[(.*)\]$/, "$1")).success
  )
}
export const ProbeUrl = z.string().max(1_000).refine(isProbeUrl)
export const DNS_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "TXT"] as const
export const DnsName = z.union([
  z.literal("."),
  z
    .string()
    .max(253)
    .regex(/^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_-]{1,63}\.?$/),
])

/** No control characters, and nothing that Postgres cannot hold. */
const oneLine = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)

export const ProbeCheck = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("icmp"),
    host: ProbeHost,
    /** Echo requests a round. */
    packets: z.int().min(1).max(10),
  }),
  z.strictObject({ kind: z.literal("tcp"), host: ProbeHost, port: Port }),
  z.strictObject({
    kind: z.literal("http"),
    url: ProbeUrl,
    method: z.enum(["GET", "HEAD"]),
    /** Status codes from … to that are expected. */
    status: z.tuple([z.int().min(100).max(599), z.int().min(100).max(599)]),
    /** Text that the first 64 KiB of the body contain; empty: any body. */
    contains: oneLine(200),
    redirects: z.int().min(0).max(5),
    /** Whether a certificate that does not match is a failure. Its days are reported anyway. */
    isVerified: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("dns"),
    server: ProbeHost,
    port: Port,
    name: DnsName,
    type: z.enum(DNS_TYPES),
    /** One of the answers; empty: any. */
    expects: oneLine(255),
  }),
  z.strictObject({
    kind: z.literal("trace"),
    host: ProbeHost,
    hops: z.int().min(1).max(PROBE_LIMITS.hops),
  }),
])
export type ProbeCheck = z.infer<typeof ProbeCheck>
export type ProbeKind = ProbeCheck["kind"]

/**
 * A probe of one agent. `device`: what its values and alerts are about. `name`: of its series,
 * different for each agent.
 */
export const AssignedProbe = z.strictObject({
  id: z.uuid(),
  device: DeviceId,
  name: Name,
  everyMs: z.int().min(PROBE_LIMITS.everyMs.min).max(PROBE_LIMITS.traceEveryMs.max),
  timeoutMs: z.int().min(PROBE_LIMITS.timeoutMs.min).max(PROBE_LIMITS.timeoutMs.max),
  check: ProbeCheck,
})
export type AssignedProbe = z.infer<typeof AssignedProbe>

/** Request header of an agent that fetches its assignment: what it accepts besides devices. */
export const ACCEPTS_HEADER = "ispvm-accepts"
export const ACCEPTS_PROBES = "probes"

/** Codes of what a probe found, from the least bad; they never change their meaning. */
export const PROBE_OUTCOMES = {
  ok: 0,
  "wrong-answer": 1,
  "wrong-status": 2,
  "too-many-redirects": 3,
  "not-the-protocol": 4,
  "dns-name-missing": 5,
  "dns-server-failure": 6,
  "dns-refused": 7,
  "dns-error": 8,
  "certificate-invalid": 9,
  "tls-failed": 10,
  "connection-refused": 11,
  "connection-closed": 12,
  "name-not-found": 13,
  "no-route": 14,
  "no-answer": 15,
  "not-allowed": 16,
  "not-possible": 17,
} as const
export type ProbeOutcome = keyof typeof PROBE_OUTCOMES
