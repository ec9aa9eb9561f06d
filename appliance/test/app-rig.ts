/** A whole appliance for tests of its UI API, which nobody has claimed yet. */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Problem } from "../src/api/shared.ts"
import { type App, startApp } from "../src/app.ts"
import { readConfig } from "../src/config.ts"
import { createLog } from "../src/platform/log.ts"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { openSql } from "../src/platform/postgres/db.ts"
import { NO_TRACING, type Tracing } from "../src/platform/tracing/tracing.ts"
import { makeAuthority } from "./authority.ts"
import { testDatabase } from "./database.ts"

const SETUP_CODE = "open-sesame-now"
/** As a person types it. */
export const SETUP = {
  setupCode: "open sesame-NOW",
  organisation: "Net",
  name: "Ada",
  email: "Ada@example.net",
  password: "a long password",
}
export const VIEWER = {
  name: "Vic",
  email: "vic@example.net",
  role: "viewer",
  password: "another long one",
}

type RequestOptions = {
  readonly method?: string
  readonly body?: unknown
  readonly cookie?: string
  readonly headers?: Record<string, string>
}
export type ApiAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}
const createSend =
  ({ url }: App) =>
  async (
    path: string,
    { method = "GET", body, cookie = "", headers = {} }: RequestOptions = {},
  ): Promise<ApiAnswer> => {
    const raw = typeof body === "string" ? body : JSON.stringify(body)
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === "" ? {} : { cookie }),
        // Between the hooks and the tests of a process, the server may end a connection that is kept.
        connection: "close",
        ...headers,
      },
      ...(raw === undefined ? {} : { body: raw }),
    })
    const text = await answer.text()
    const json: unknown = answer.headers.get("content-type")?.includes("json")
      ? JSON.parse(text)
      : null
    return { status: answer.status, headers: answer.headers, text, json }
  }
export const problemOf = (answer: ApiAnswer, what: string) => {
  assert.match(
    answer.headers.get("content-type") ?? "",
    /^application\/problem\+json/,
    `${what}: ${answer.status} ${answer.text}`,
  )
  const problem = Problem.parse(answer.json)
  assert.equal(problem.status, answer.status)
  return problem
}
export const cookieOf = (answer: ApiAnswer): string =>
  answer.headers.getSetCookie()[0]?.split(";")[0] ?? ""

/** As fetch cannot: with any Host header. */
const createStatusAs =
  ({ url }: App) =>
  (path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}${path}`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.on("error", reject).end()
    })

type AppRigOptions = {
  /** Fills the data folder before the appliance starts. */
  readonly prepare?: (dataDir: string) => void
  readonly settings?: Readonly<Record<string, string>>
  readonly tracing?: Tracing
}
export const openApp = async ({
  prepare,
  settings = {},
  tracing = NO_TRACING,
}: AppRigOptions = {}) => {
  const db = await testDatabase({ isSetUp: false })
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-app-"))
  await makeAuthority(dataDir)
  prepare?.(dataDir)
  // The shared test server's roles have passwords already: this appliance gets them.
  copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
  const parsed = readConfig(
    {
      ISPVM_DATA_DIR: dataDir,
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_SETUP_CODE: SETUP_CODE,
      DATABASE_URL: databaseUrl(db.superuser),
      ...settings,
    },
    [],
  )
  assert.ok(parsed.kind === "start")
  const { config } = parsed
  const signal = new AbortController().signal
  const app = await startApp({ config, log: createLog("silent"), signal, tracing })
  const send = createSend(app)
  return {
    app,
    dataDir,
    /** As the program's role. */
    databaseUrl: db.url,
    send,
    statusAs: createStatusAs(app),
    /** In its database, past row-level security. */
    superuser: async <T>(work: (sql: ReturnType<typeof openSql>) => PromiseLike<T>): Promise<T> => {
      const sql = openSql(db.superuser, { name: "test", max: 1 })
      try {
        return await work(sql)
      } finally {
        await sql.end()
      }
    },
    /** Claims the appliance and adds a viewer; answers the cookies of both. */
    claim: async () => {
      const admin = cookieOf(await send("/api/v1/setup", { method: "POST", body: SETUP }))
      await send("/api/v1/accounts", { method: "POST", body: VIEWER, cookie: admin })
      const { email, password } = VIEWER
      const login = await send("/api/v1/session", { method: "POST", body: { email, password } })
      return { admin, viewer: cookieOf(login) }
    },
    close: async (): Promise<void> => {
      await app.stop()
      await db.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type AppRig = Awaited<ReturnType<typeof openApp>>
