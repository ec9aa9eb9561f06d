/**
 * The agent's own state: /metrics and /healthz on 127.0.0.1. They contain nothing about devices.
 */
import http from "node:http"
import type { Logger } from "pino"
import { collectDefaultMetrics, Gauge, Registry } from "prom-client"

/** Metric names with their current values. */
export type Snapshot = Readonly<Record<string, { readonly help: string; readonly value: number }>>
export type Health = { readonly ok: boolean; readonly reasons: readonly string[] }
type Deps = {
  readonly port: number
  readonly snapshot: () => Snapshot
  readonly health: () => Health
  readonly log: Logger
}
export type HealthServer = { readonly port: number; stop(): Promise<void> }

const render = async (
  registry: Registry,
  gauges: Map<string, Gauge>,
  snapshot: Snapshot,
): Promise<string> => {
  for (const [name, { help, value }] of Object.entries(snapshot)) {
    const gauge = gauges.get(name) ?? new Gauge({ name, help, registers: [registry] })
    gauges.set(name, gauge)
    gauge.set(value)
  }
  return registry.metrics()
}

const listen = (server: http.Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", reject)
      const bound = server.address()
      resolve(typeof bound === "object" && bound !== null ? bound.port : port)
    })
  })

const PORT_IN_USE = "the port for /metrics and /healthz is in use; another port is used instead"

/** Listens on the given port, or on any free one if it is in use. */
export const startHealth = async ({ port, snapshot, health, log }: Deps): Promise<HealthServer> => {
  const registry = new Registry()
  const gauges = new Map<string, Gauge>()
  collectDefaultMetrics({ register: registry, prefix: "ispvm_agent_" })
  const answer = async (
    url: string,
  ): Promise<{ readonly status: number; readonly type: string; readonly body: string }> => {
    if (url === "/metrics")
      return {
        status: 200,
        type: registry.contentType,
        body: await render(registry, gauges, snapshot()),
      }
    if (url !== "/healthz")
      return { status: 404, type: "text/plain", body: "/metrics or /healthz\n" }
    const { ok, reasons } = health()
    return {
      status: ok ? 200 : 503,
      type: "application/json",
      body: `${JSON.stringify({ ok, reasons })}\n`,
    }
  }
  const server = http.createServer((incoming, outgoing) => {
    void answer(incoming.url?.split("?")[0] ?? "")
      .catch((err: unknown) => {
        log.error({ err }, "the metrics could not be collected")
        return {
          status: 500,
          type: "text/plain",
          body: "the metrics could not be collected; see the agent's log\n",
        }
      })
      .then(({ status, type, body }) => {
        outgoing.writeHead(status, { "content-type": type })
        outgoing.end(body)
      })
  })
  const chosen = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    // A second agent on this machine gets a port of its own for its metrics.
    if (error.code === "EADDRINUSE" && port !== 0) return listen(server, 0)
    throw new Error(
      `/metrics and /healthz cannot listen on 127.0.0.1 port ${port}. ISPVM_AGENT_HEALTH_PORT selects another port.`,
      {
        cause: error,
      },
    )
  })
  server.on("error", (err) =>
    log.warn({ err }, "a connection for /metrics or /healthz could not be accepted"),
  )
  if (port !== 0 && chosen !== port) log.warn({ requested: port, bound: chosen }, PORT_IN_USE)
  return {
    port: chosen,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
