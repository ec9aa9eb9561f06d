/** The whole appliance on its own port: every route is called, whatever module it belongs to. */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { z } from "zod"
import { makeAuthority } from "../test/authority.ts"
import { type TestDatabase, testDatabase } from "../test/database.ts"
import { ENDPOINTS } from "./api/endpoints.ts"
import { PERMISSIONS, Problem } from "./api/shared.ts"
import { type App, startApp } from "./app.ts"
import { readConfig } from "./config.ts"
import type { Route } from "./platform/http/http.ts"
import { createLog } from "./platform/log.ts"
import { databaseUrl } from "./platform/postgres/database-url.ts"

const CODE = "open-sesame-now"
let db: TestDatabase
let dataDir: string
let app: App
const cookies = { admin: "", viewer: "" }

before(async () => {
  db = await testDatabase({ isSetUp: false })
  dataDir = mkdtempSync(join(tmpdir(), "ispvm-app-"))
  await makeAuthority(dataDir)
  // The shared test server's roles have passwords already: this appliance gets them.
  copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
  const parsed = readConfig(
    {
      ISPVM_DATA_DIR: dataDir,
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_SETUP_CODE: CODE,
      DATABASE_URL: databaseUrl(db.superuser),
    },
    [],
  )
  assert.ok(parsed.kind === "start")
  app = await startApp({
    config: parsed.config,
    log: createLog("silent"),
    signal: new AbortController().signal,
  })
})
after(async () => {
  await app.stop()
  await db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

type RequestOptions = {
  readonly method?: string
  readonly body?: unknown
  readonly cookie?: string
  readonly headers?: Record<string, string>
}
const send = async (
  path: string,
  { method = "GET", body, cookie = "", headers = {} }: RequestOptions = {},
) => {
  const raw = typeof body === "string" ? body : JSON.stringify(body)
  const answer = await fetch(`${app.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(cookie === "" ? {} : { cookie }),
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
const problemOf = (answer: Awaited<ReturnType<typeof send>>, what: string) => {
  assert.match(
    answer.headers.get("content-type") ?? "",
    /^application\/problem\+json/,
    `${what}: ${answer.status} ${answer.text}`,
  )
  const problem = Problem.parse(answer.json)
  assert.equal(problem.status, answer.status)
  return problem
}
const cookieOf = (answer: { headers: Headers }) =>
  answer.headers.getSetCookie()[0]?.split(";")[0] ?? ""
const ID = "5f0c1f8e-5f0e-4c43-8f5c-3f1d2a4b5c6d"
const pathOf = ({ path }: Route) =>
  `/api/v1${path.replace("{name}", "snmp.health").replaceAll(/\{\w+\}/g, ID)}`
const writes = () => app.routes.filter(({ method }) => method !== "GET")
const nameOf = ({ method, path }: Route) => `${method} ${path}`

test("a new appliance is claimed with its code, once", async () => {
  const setup = {
    setupCode: "open sesame-NOW",
    organisation: "Net",
    name: "Ada",
    email: "Ada@example.net",
    password: "a long password",
  }
  const rejected = await send("/api/v1/setup", {
    method: "POST",
    body: { ...setup, setupCode: "nonsense" },
  })
  assert.equal(problemOf(rejected, "setup").fields?.[0]?.path, "setupCode")
  const done = await send("/api/v1/setup", { method: "POST", body: setup })
  assert.equal(done.status, 201)
  cookies.admin = cookieOf(done)
  assert.match(done.headers.getSetCookie()[0] ?? "", /HttpOnly; SameSite=Strict/)
  assert.equal((await send("/api/v1/setup", { method: "POST", body: setup })).status, 409)
  const account = {
    name: "Vic",
    email: "vic@example.net",
    role: "viewer",
    password: "another long one",
  }
  assert.equal(
    (await send("/api/v1/accounts", { method: "POST", body: account, cookie: cookies.admin }))
      .status,
    201,
  )
  const login = await send("/api/v1/session", {
    method: "POST",
    body: { email: account.email, password: account.password },
  })
  cookies.viewer = cookieOf(login)
  assert.equal(login.status, 201)
})

test("each route names a permission that exists, and only setup, login and session are public", () => {
  const open = app.routes.filter(({ permission }) => permission === "public").map(nameOf)
  assert.deepEqual(open.sort(), ["GET /session", "POST /session", "POST /setup"])
  for (const { permission, path } of app.routes)
    assert.ok(permission === "public" || permission in PERMISSIONS, path)
  const names = app.routes.map(nameOf)
  assert.equal(new Set(names).size, names.length, "a route stands twice")
  assert.deepEqual(names.sort(), Object.keys(ENDPOINTS).sort())
})

/**
 * How each writing route keeps a saved secret from being sent to a new destination; a new route has
 * to be added here.
 */
const SECRET_PATHS: Readonly<Record<string, "guarded" | "administrator" | "no destination">> = {
  "POST /devices": "guarded",
  "PATCH /devices/{id}": "guarded",
  "POST /devices/import": "guarded",
  "POST /devices/test": "guarded",
  "POST /devices/{id}/companion/script": "guarded", // Shows secrets: secrets:reveal.
  "POST /devices/{id}/companion/keys": "guarded",
  "POST /devices/{id}/companion/link": "guarded", // With new secrets.
  "POST /credentials": "administrator",
  "PATCH /credentials/{id}": "administrator",
  "DELETE /credentials/{id}": "administrator",
  "POST /agents": "administrator",
  "PATCH /agents/{id}": "administrator",
  "DELETE /agents/{id}": "administrator",
  "POST /agents/{id}/token": "administrator", // An enrolled agent receives secrets.
  "POST /agents/{id}/revoke": "administrator",
  "POST /accounts": "administrator",
  "PATCH /accounts/{id}": "administrator",
  "DELETE /accounts/{id}": "administrator",
}
const NO_DESTINATION =
  /^(\/(session|setup|regions|sites|links|incidents|collectors)\b|\/companion\/preview$|\/devices\/\{id\}(\/companion(\/verify|\/keys\/\{key\})?)?$)/

test("every writing route is known to keep saved secrets at their destination", () => {
  for (const route of writes()) {
    const kind =
      SECRET_PATHS[nameOf(route)] ??
      (NO_DESTINATION.test(route.path) ? "no destination" : "unknown")
    assert.notEqual(
      kind,
      "unknown",
      `${nameOf(route)}: can it change where a secret goes? Put it into the table.`,
    )
    if (kind !== "administrator") continue
    assert.ok(route.permission !== "public")
    assert.deepEqual([...PERMISSIONS[route.permission]], ["admin"], nameOf(route))
  }
})

test("without a session every other route answers 401", async () => {
  for (const route of app.routes.filter(({ permission }) => permission !== "public")) {
    const answer = await send(pathOf(route), {
      method: route.method,
      ...(route.body ? { body: {} } : {}),
    })
    assert.equal(problemOf(answer, nameOf(route)).status, 401, nameOf(route))
  }
})

test("a viewer gets 403 for every write except to the own session", async () => {
  for (const route of writes().filter(
    ({ permission }) => permission !== "public" && permission !== "session:own",
  )) {
    const answer = await send(pathOf(route), {
      method: route.method,
      cookie: cookies.viewer,
      ...(route.body ? { body: {} } : {}),
    })
    assert.equal(problemOf(answer, nameOf(route)).status, 403, nameOf(route))
  }
})

/** No field of any body accepts this: it is no string, number or list, and its key is unknown. */
const UNKNOWN_FIELD = { "no such key": 1 }
test("every body is checked: wrong types, invalid JSON, another type, too large, and each invalid field is named", async () => {
  for (const route of app.routes.filter(({ body }) => body !== undefined)) {
    const name = nameOf(route)
    const sendBody = (body: unknown, headers: Record<string, string> = {}) =>
      send(pathOf(route), { method: route.method, cookie: cookies.admin, body, headers })
    for (const body of ["{", "[]", '"text"', "null", "3", "\u0000"]) {
      const { status } = problemOf(await sendBody(body), `${name} ${body}`)
      assert.ok(status === 400 || status === 422, `${name} ${body}: ${status}`)
    }
    assert.equal(
      problemOf(await sendBody("{}", { "content-type": "text/plain" }), name).status,
      415,
    )
    assert.equal(
      problemOf(await sendBody("{}", { "content-type": "application/x-www-form-urlencoded" }), name)
        .status,
      415,
    )
    assert.equal(problemOf(await sendBody(`"${"x".repeat(route.maxBodyBytes)}"`), name).status, 413)
    assert.equal(problemOf(await sendBody("[".repeat(100_000)), name).status, 400)
    const unknown = problemOf(await sendBody({ "no such key": 1 }), name)
    assert.equal(unknown.status, 422, name)
    const fields = route.body instanceof z.ZodObject ? Object.keys(route.body.shape) : []
    for (const field of fields) {
      const problem = problemOf(await sendBody({ [field]: UNKNOWN_FIELD }), name)
      assert.equal(problem.status, 422, name)
      assert.ok(
        problem.fields?.some(({ path }) => path === field || path.startsWith(`${field}.`)),
        `${name} ${field}: ${JSON.stringify(problem)}`,
      )
    }
  }
})

test("an invalid id answers 404, like one that does not exist", async () => {
  for (const route of app.routes.filter(({ path }) => path.includes("{id}"))) {
    const rejected = await send(`/api/v1${route.path.replace("{id}", "not-an-id")}`, {
      method: route.method,
      cookie: cookies.admin,
      ...(route.body ? { body: {} } : {}),
    })
    const problem = problemOf(rejected, nameOf(route))
    assert.deepEqual([problem.status, problem.code], [404, "not-found"], nameOf(route))
    assert.match(problem.detail ?? "", /not-an-id/, nameOf(route))
    if (route.body !== undefined || route.query !== undefined) continue
    const nothing = await send(pathOf(route), { method: route.method, cookie: cookies.admin })
    assert.equal(problemOf(nothing, nameOf(route)).status, 404, nameOf(route))
  }
})

test("answers match their schemas", async () => {
  const lists = app.routes.filter(
    ({ method, path, answer }) => method === "GET" && !path.includes("{") && answer !== undefined,
  )
  assert.ok(lists.length > 8)
  for (const route of lists) {
    const { status, json, text } = await send(pathOf(route), { cookie: cookies.admin })
    assert.equal(status, 200, `${nameOf(route)}: ${text}`)
    assert.deepEqual(route.answer?.parse(json), json, nameOf(route))
  }
})

test("text that cannot be stored is rejected at its field", async () => {
  for (const note of ["a\u0000b", "half \ud800 pair"]) {
    const answer = await send("/api/v1/sites", {
      method: "POST",
      cookie: cookies.admin,
      body: { name: "S", note },
    })
    assert.deepEqual(
      problemOf(answer, "sites").fields?.map(({ path }) => path),
      ["note"],
    )
  }
})

test("a write from a page of another site is rejected", async () => {
  const body = { name: "Forged" }
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ] as Record<string, string>[]) {
    const answer = await send("/api/v1/regions", {
      method: "POST",
      cookie: cookies.admin,
      body,
      headers,
    })
    assert.equal(problemOf(answer, JSON.stringify(headers)).code, "foreign-origin")
  }
  const own = await send("/api/v1/regions", {
    method: "POST",
    cookie: cookies.admin,
    body,
    headers: { origin: app.url },
  })
  assert.equal(own.status, 201)
})

test("an unknown path is a problem document with the allowed methods; other paths belong to the UI", async () => {
  assert.equal(problemOf(await send("/api/v1/nothing"), "nothing").status, 404)
  const wrongMethodAnswer = await send("/api/v1/sites", {
    method: "PUT",
    cookie: cookies.admin,
    body: {},
  })
  assert.equal(problemOf(wrongMethodAnswer, "PUT").status, 405)
  assert.match(wrongMethodAnswer.headers.get("allow") ?? "", /POST/)
  for (const path of ["/", "/devices/x"])
    assert.match((await send(path)).headers.get("content-type") ?? "", /text\/html/)
  assert.equal((await send("/no-such-file.js")).status, 404)
  const raw = await new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(app.url)
    request({ hostname, port, path: "/../../package.json%00" }, (answer) =>
      resolve(answer.resume().statusCode ?? 0),
    )
      .on("error", reject)
      .end()
  })
  assert.ok(raw >= 400 && raw < 500, String(raw))
  const broken = problemOf(
    await send("/api/v1/devices/%c3%28", { cookie: cookies.admin }),
    "broken path",
  )
  assert.ok(broken.status >= 400 && broken.status < 500)
})

test("health, readiness, metrics, the API's description, and headers of every answer", async () => {
  assert.deepEqual((await send("/healthz")).json, { ok: true })
  assert.deepEqual((await send("/readyz")).json, { ready: true, missing: [] })
  assert.match(
    (await send("/metrics")).text,
    /ispvm_http_seconds_bucket\{.*route="\/api\/v1\/sites"/,
  )
  const { json, headers } = await send("/api/openapi.json")
  const described = z
    .object({
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
      components: z.object({
        securitySchemes: z.object({ session: z.object({ in: z.string(), name: z.string() }) }),
      }),
    })
    .parse(json)
  assert.deepEqual(described.components.securitySchemes.session, {
    in: "cookie",
    name: cookies.admin.split("=")[0],
  })
  for (const { method, path } of app.routes)
    assert.ok(described.paths[`/api/v1${path}`]?.[method.toLowerCase()], path)
  assert.match(
    headers.get("content-security-policy") ?? "",
    /default-src 'self'.*frame-ancestors 'none'/,
  )
  assert.equal(headers.get("x-content-type-options"), "nosniff")
  assert.equal(headers.get("strict-transport-security"), null)
})

/** As fetch cannot: with any Host header. */
const statusAs = (path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(`${app.url}${path}`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on("error", reject).end()
  })

test("another site's name is answered 421 on every route, own names and addresses are not", async () => {
  const foreign = { host: "rebound.attacker.example", cookie: cookies.admin }
  for (const route of app.routes.filter(({ method }) => method === "GET"))
    assert.equal(await statusAs(pathOf(route), foreign), 421, route.path)
  for (const path of ["/", "/metrics", "/api/openapi.json", "/nothing"])
    assert.equal(await statusAs(path, foreign), 421, path)
  for (const host of ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "192.0.2.9"])
    assert.equal(await statusAs("/api/v1/session", { host }), 200, host)
  assert.equal(await statusAs("/readyz", { host: "probe" }), 200)
  assert.equal(await statusAs("/readyz", { host: "probe", "x-forwarded-for": "203.0.113.9" }), 421)
})

test("metrics are for this host or after login, and a proxy on this host opens them to nobody", async () => {
  assert.equal(await statusAs("/metrics", {}), 200)
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "via"]) {
    assert.equal(await statusAs("/metrics", { [name]: "203.0.113.9" }), 401, name)
    assert.equal(
      await statusAs("/metrics", { [name]: "203.0.113.9", cookie: cookies.viewer }),
      200,
      name,
    )
  }
  assert.equal(await statusAs("/metrics", { host: "192.0.2.9" }), 401)
})

test("a session ends with the logout, and with its account", async () => {
  const login = () =>
    send("/api/v1/session", {
      method: "POST",
      body: { email: "VIC@example.net", password: "another long one" },
    })
  const first = cookieOf(await login())
  assert.equal((await send("/api/v1/session", { method: "DELETE", cookie: first })).status, 204)
  assert.equal((await send("/api/v1/sites", { cookie: first })).status, 401)
  const { items } = z
    .object({ items: z.array(z.object({ id: z.string(), email: z.string() })) })
    .parse((await send("/api/v1/accounts", { cookie: cookies.admin })).json)
  const idOf = (email: string) => items.find((account) => account.email === email)?.id ?? ""
  const change = (email: string, body: object) =>
    send(`/api/v1/accounts/${idOf(email)}`, { method: "PATCH", cookie: cookies.admin, body })
  assert.equal((await change("vic@example.net", { disabled: true })).status, 200)
  assert.equal((await send("/api/v1/sites", { cookie: cookies.viewer })).status, 401)
  assert.equal((await login()).status, 401)
  for (const body of [{ disabled: true }, { role: "viewer" }])
    assert.equal(problemOf(await change("ada@example.net", body), "last").code, "last-admin")
  const removed = await send(`/api/v1/accounts/${idOf("ada@example.net")}`, {
    method: "DELETE",
    cookie: cookies.admin,
  })
  assert.equal(problemOf(removed, "last").code, "last-admin")
})

test("guessing is slowed down", async () => {
  const answers: number[] = []
  for (let guess = 0; guess < 7; guess += 1) {
    answers.push(
      (
        await send("/api/v1/session", {
          method: "POST",
          body: { email: "ada@example.net", password: `guess ${guess}` },
        })
      ).status,
    )
  }
  assert.deepEqual(answers.slice(0, 5), [401, 401, 401, 401, 401])
  assert.equal(answers.at(-1), 429)
})
