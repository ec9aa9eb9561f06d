/** Probes of services: ICMP, TCP, HTTP(S), DNS, paths; one row a probe and agent. */
import { PROBE_OUTCOMES } from "../probes.ts"
import { defineFamily } from "./family.ts"
import { bool, gauge, state } from "./field.ts"

export const service = defineFamily({
  name: "service",
  title: "Service probes",
  description: "Answers of services that agents probe: ICMP, TCP, HTTP(S), DNS, and paths to them",
  key: { by: "name", field: "service", maxNames: { agent: 500, router: 1 } },
  fields: {
    isUp: bool("service.up", "the service answers as expected; none of a path"),
    outcome: state("service.outcome", PROBE_OUTCOMES, "what the probe found"),
    totalMs: gauge("service.total_ms", "ms", "time of the whole probe, or round trip", {
      hasExtremes: true,
    }),
    nameMs: gauge("service.name_ms", "ms", "name resolution"),
    connectMs: gauge("service.connect_ms", "ms", "TCP connection"),
    tlsMs: gauge("service.tls_ms", "ms", "TLS handshake"),
    firstByteMs: gauge("service.first_byte_ms", "ms", "time from the request to the first byte"),
    lossPct: gauge("service.loss_pct", "%", "probes without an answer"),
    certificateDays: gauge("service.certificate_days", "days", "days until the certificate ends", {
      isSigned: true,
    }),
    hops: gauge("service.hops", "count", "routers on the path", { isWhole: true }),
  },
  charts: [{ title: "Service probes", metrics: ["service.total_ms"], top: 8 }],
})
