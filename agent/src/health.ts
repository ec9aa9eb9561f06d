/** The agent's own state for whoever runs it: /metrics and /healthz on 127.0.0.1, nothing of the devices in it. */
import http from "node:http"
import type { Logger } from "pino"
import { collectDefaultMetrics, Gauge, Registry } from "prom-client"

/** Names as they appear on /metrics, each with its number now. */
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

const PORT_IN_USE =
  "another program uses the port for /metrics and /healthz; they are on another one"

/** On the port asked for, or on any free one where that is taken. */
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
        log.error({ err }, "the numbers for /metrics could not be told")
        return {
          status: 500,
          type: "text/plain",
          body: "the numbers cannot be told now; the agent's log says why\n",
        }
      })
      .then(({ status, type, body }) => {
        outgoing.writeHead(status, { "content-type": type })
        outgoing.end(body)
      })
  })
  const chosen = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    // A second agent on this machine is worth having, its numbers on a port of their own.
    if (error.code === "EADDRINUSE" && port !== 0) return listen(server, 0)
    throw new Error(
      `/metrics and /healthz cannot listen on 127.0.0.1 port ${port}: see ISPVM_AGENT_HEALTH_PORT.`,
      {
        cause: error,
      },
    )
  })
  server.on("error", (err) =>
    log.warn({ err }, "a connection for /metrics or /healthz could not be taken"),
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
