/** Probes of services: TCP, HTTP(S), DNS; one row a target of the agent that probes it. */
import { defineFamily } from "./family.ts"
import { bool, gauge } from "./field.ts"

export const service = defineFamily({
  name: "service",
  title: "Service probes",
  description: "Answers of services that the agent probes: TCP, HTTP(S), DNS",
  key: { by: "name", field: "service", maxNames: { agent: 500, router: 1 } },
  fields: {
    isUp: bool("service.up", "the service answers as expected"),
    totalMs: gauge("service.total_ms", "ms", "time of the whole probe", { hasExtremes: true }),
    nameMs: gauge("service.name_ms", "ms", "name resolution"),
    connectMs: gauge("service.connect_ms", "ms", "TCP connection"),
    tlsMs: gauge("service.tls_ms", "ms", "TLS handshake"),
    firstByteMs: gauge("service.first_byte_ms", "ms", "time to the first byte"),
  },
  charts: [{ title: "Service probes", metrics: ["service.total_ms"], top: 8 }],
})
