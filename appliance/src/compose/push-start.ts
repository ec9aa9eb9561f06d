/** Starts the push API listener, its counters and the steps after a report. */
import type { Authority } from "@ispvm/pki"
import type { Config } from "../config.ts"
import type { Pipeline } from "../flow/pipeline.ts"
import type { Pushes } from "../flow/push/push.ts"
import { createPushListener } from "../listeners/routers/push-listener.ts"
import type { Companions } from "../operate/companion/companion.ts"
import type { Clock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import type { Log } from "../platform/log.ts"

type Deps = {
  readonly config: Config
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly authority: Authority
  readonly companions: Companions
  readonly pipeline: Pipeline
  readonly pushes: Pushes
}
/** Gives the port it listens on. */
export const startPushListener = async (
  { config, clock, counters, log, authority, companions, pipeline, pushes }: Deps,
  stack: AsyncDisposableStack,
): Promise<number> => {
  const requests = counters.counter("push_requests_total", "Requests to the push API, by outcome", [
    "outcome",
  ])
  const droppedConnections = counters.counter(
    "push_connections_refused_total",
    "Connections of routers refused before TLS, by reason",
    ["reason"],
  )
  const handshakes = counters.counter(
    "push_handshakes_total",
    "TLS handshakes of routers, by suite",
    ["suite"],
  )
  const listener = createPushListener({
    keys: companions,
    authority,
    clock,
    accept: async (router, push, address) => {
      const outcome = await pipeline.push(router, push, address)
      // The router does not wait for the steps after its first report, which can be repeated.
      if (outcome.ok && outcome.accepted.events.some(({ name }) => name === "reported-in"))
        void companions
          .reported(router.org, router.device)
          .catch((error: unknown) =>
            log.error(
              { err: error },
              "a router has reported in, and its account was not taken over",
            ),
          )
      return outcome
    },
    onRejected: pushes.recordRejection,
    binds: config.pushBind,
    port: config.ISPVM_PUSH_PORT,
    publicHost: config.publicHost,
    tls: config.ISPVM_PUSH_TLS,
    counters: {
      request: (outcome) => requests.inc({ outcome }),
      droppedConnection: (reason) => droppedConnections.inc({ reason }),
      handshake: (suite) => handshakes.inc({ suite }),
    },
    log,
  })
  stack.defer(() => listener.stop())
  return (await listener.start()).port
}
