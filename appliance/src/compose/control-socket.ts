/**
 * A Unix socket for the programs of this machine, open to root and the appliance's own user. Kept
 * compatible: `ispvm update` of one release asks the process of the next one.
 *
 *   POST /self-test  →  200 {"ok":true,"checks":[{"name":"incident","ok":true,"tookMs":3120,"detail":""}]}
 *   GET /evaluation  →  200 {"sinceMs":230}  since alerts were last evaluated; null: not yet
 */
import { once } from "node:events"
import { chmodSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import type { Log } from "../platform/log.ts"
import { detectSyntheticFault, type SelfTestDeps } from "./self-test.ts"

export const CONTROL_SOCKET = "control.sock"

export type ControlDeps = SelfTestDeps & {
  /** The folder of the socket. */
  readonly folder: string
  /** What keeps the appliance from serving. */
  readonly readiness: () => Promise<readonly string[]>
  readonly sinceEvaluatedMs: () => number | null
  readonly completedJobs: () => number
  readonly log: Log
}
type Check = {
  readonly name: "readiness" | "scheduler" | "evaluation" | "incident"
  readonly ok: boolean
  readonly tookMs: number
  readonly detail: string
}

const INCIDENT_MS = 15_000
/** Timers run twice a second. */
const EVALUATED_MS = 5_000

const require = (condition: boolean, fault: string): void => {
  if (!condition) throw new Error(fault)
}

/** In the order of what needs what. */
const checksOf = (
  deps: ControlDeps,
): readonly (readonly [Check["name"], () => Promise<void>])[] => [
  [
    "readiness",
    async () => {
      const missing = await deps.readiness()
      require(missing.length === 0, missing.join("; "))
    },
  ],
  [
    "scheduler",
    async () => require(deps.completedJobs() > 0, "no scheduled job has completed since the start"),
  ],
  [
    "evaluation",
    async () => {
      const sinceMs = deps.sinceEvaluatedMs()
      require(sinceMs !== null && sinceMs < EVALUATED_MS, "alerts are not evaluated")
    },
  ],
  ["incident", () => detectSyntheticFault(deps, INCIDENT_MS)],
]

const runChecks = async (deps: ControlDeps): Promise<readonly Check[]> => {
  const checks: Check[] = []
  for (const [name, check] of checksOf(deps)) {
    const startedMs = performance.now()
    const fault = await check().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    const tookMs = Math.round(performance.now() - startedMs)
    checks.push({ name, ok: fault === null, tookMs, detail: fault ?? "" })
    if (fault !== null) break
  }
  return checks
}

export const startControlSocket = async (
  deps: ControlDeps,
  stack: AsyncDisposableStack,
): Promise<void> => {
  const path = join(deps.folder, CONTROL_SOCKET)
  let running: Promise<readonly Check[]> | null = null
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/evaluation") {
      response.writeHead(200, { "content-type": "application/json" })
      response.end(JSON.stringify({ sinceMs: deps.sinceEvaluatedMs() }))
      return
    }
    if (request.method !== "POST" || request.url !== "/self-test") {
      response.writeHead(404).end()
      return
    }
    running ??= runChecks(deps).finally(() => {
      running = null
    })
    running.then(
      (checks) => {
        const ok = checks.every((check) => check.ok)
        deps.log.info({ ok, checks }, "self-test")
        response.writeHead(200, { "content-type": "application/json" })
        response.end(JSON.stringify({ ok, checks }))
      },
      () => response.writeHead(500).end(),
    )
  })
  rmSync(path, { force: true })
  server.listen(path)
  await once(server, "listening")
  chmodSync(path, 0o600)
  stack.defer(async () => {
    const closed = once(server, "close")
    server.close()
    server.closeAllConnections()
    await closed
  })
}
