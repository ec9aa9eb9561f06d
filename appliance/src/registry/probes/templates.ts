/** Probes that belong together, with the values that are usual for them. Pure. */
import type { ProbeInput, ProbesFromTemplate, ProbeTemplate } from "../../api/probes.ts"

type Row = Pick<ProbeInput, "segment" | "check" | "everyS" | "timeoutMs"> & {
  readonly suffix: string
}

const ping = (host: string): ProbeInput["check"] => ({ kind: "icmp", host, packets: 5 })
const path = (host: string): ProbeInput["check"] => ({ kind: "trace", host, hops: 20 })
/** A name of the root zone, which every resolver can answer. */
const question = (server: string): ProbeInput["check"] => ({
  ...{ kind: "dns", server, port: 53, name: ".", type: "NS", expects: "" },
})

const ROWS: Readonly<Record<ProbeTemplate, (host: string) => readonly Row[]>> = {
  "customer-gateway": (host) => [
    { suffix: "ping", segment: "last-mile", check: ping(host), everyS: 30, timeoutMs: 1_000 },
  ],
  upstream: (host) => [
    { suffix: "ping", segment: "upstream", check: ping(host), everyS: 30, timeoutMs: 1_000 },
    { suffix: "path", segment: "upstream", check: path(host), everyS: 300, timeoutMs: 1_000 },
  ],
  resolver: (host) => [
    { suffix: "ping", segment: "service", check: ping(host), everyS: 30, timeoutMs: 1_000 },
    { suffix: "DNS", segment: "service", check: question(host), everyS: 30, timeoutMs: 3_000 },
  ],
}

export const probesFromTemplate = ({
  template,
  host,
  deviceId,
  agents,
}: ProbesFromTemplate): readonly ProbeInput[] =>
  ROWS[template](host).map(({ suffix, ...row }) => ({
    ...row,
    name: `${host.slice(0, 70)} ${suffix}`,
    deviceId,
    agents,
    isEnabled: true,
  }))
