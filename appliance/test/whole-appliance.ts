/**
 * A whole appliance in this process, on a database and data folder that the test has prepared, and
 * its API as an operator uses it.
 */
import assert from "node:assert/strict"
import { type App, startApp } from "../src/app.ts"
import { readConfig } from "../src/config.ts"
import { createLog } from "../src/platform/log.ts"

export type Json = Readonly<Record<string, unknown>>
export type WholeAppliance = {
  readonly app: App
  /** Logs in; throws if the login is rejected. */
  readonly logIn: (email: string, password: string) => Promise<void>
  /** Uses the set-up code once, and is logged in. */
  readonly setUp: () => Promise<void>
  /** Of `/api/v1`; throws if the status is an error. */
  readonly get: (path: string) => Promise<Json>
  readonly send: (method: string, path: string, body?: object) => Promise<Json>
}

const SETUP_CODE = "open-sesame-now"

/** `databaseUrl`: as a user who may create roles. The caller stops `app`. */
export const startWholeAppliance = async (
  dataDir: string,
  databaseUrl: string,
): Promise<WholeAppliance> => {
  const asked = readConfig(
    {
      ISPVM_DATA_DIR: dataDir,
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_SETUP_CODE: SETUP_CODE,
      DATABASE_URL: databaseUrl,
    },
    [],
  )
  assert.ok(asked.kind === "start")
  const app = await startApp({
    config: asked.config,
    log: createLog("silent"),
    signal: new AbortController().signal,
  })
  let cookie = ""
  const ask = async (method: string, path: string, body?: object): Promise<Json> => {
    const answer = await fetch(`${app.url}/api/v1${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
    cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie
    return text === "" ? {} : JSON.parse(text)
  }
  return {
    app,
    logIn: async (email, password) => void (await ask("POST", "/session", { email, password })),
    setUp: async () => {
      const account = {
        organisation: "Net",
        name: "Ada",
        email: "ada@example.net",
        password: "a long password",
      }
      await ask("POST", "/setup", { setupCode: SETUP_CODE, ...account })
    },
    get: (path) => ask("GET", path),
    send: ask,
  }
}
