/** Routes behind the real HTTP pipeline of the UI API, for an actor who may do everything. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { HttpOptions } from "../src/listeners/ui/http.ts"
import { createHttp } from "../src/listeners/ui/ui-listener.ts"
import { createCounters } from "../src/platform/counters.ts"
import { createTrustedProxies } from "../src/platform/http/client-address.ts"
import type { Route } from "../src/platform/http/http.ts"
import { openApi } from "../src/platform/http/openapi.ts"
import type { OrgId } from "../src/platform/ids.ts"
import { createLog } from "../src/platform/log.ts"
import { makeActor } from "./make.ts"

export type ServedRoutes = {
  /** Of the API. */
  readonly url: string
  readonly get: (path: string) => Promise<{ readonly status: number; readonly json: unknown }>
  /** As a page of this origin sends it. */
  readonly send: (
    method: string,
    path: string,
    body: Buffer | object,
  ) => Promise<{ readonly status: number; readonly json: unknown }>
  readonly openApi: unknown
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** `more` replaces what the actor is known by. */
export const serveRoutes = async (
  routes: readonly Route[],
  org: OrgId,
  more: Partial<Pick<HttpOptions, "authenticate" | "recall" | "shared">> = {},
): Promise<ServedRoutes> => {
  const app = createHttp({
    routes,
    authenticate: async () => makeActor(org),
    ...more,
    uiFiles: async () => false,
    guards: { tls: false, tilesUrl: null, faultInjectionUrl: null, publicBaseUrl: null },
    counters: createCounters({ process: false }),
    log: createLog("silent"),
    version: "0",
    hostNames: () => [],
    proxies: createTrustedProxies([]),
    metrics: { token: null, isOpenLocally: false },
    readiness: async () => [],
  })
  const handle = app.callback()
  const server = createServer((request, response) => void handle(request, response))
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    get: async (path) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`)
      return { status: response.status, json: await response.json() }
    },
    send: async (method, path, body) => {
      const isBytes = Buffer.isBuffer(body)
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: {
          origin: `http://127.0.0.1:${port}`,
          "content-type": isBytes ? "application/octet-stream" : "application/json",
        },
        body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, json: text === "" ? null : JSON.parse(text) }
    },
    openApi: openApi(routes, { version: "0", base: "/api/v1", cookie: "session" }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
