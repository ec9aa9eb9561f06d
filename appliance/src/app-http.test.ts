/** The whole appliance on its own port: what holds for every request, and sessions. */
import assert from "node:assert/strict"
import { request } from "node:http"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type AppRig, cookieOf, openApp, problemOf } from "../test/app-rig.ts"
import type { Route } from "./platform/http/http.ts"

let rig: AppRig
let cookies: Awaited<ReturnType<AppRig["claim"]>>
before(async () => {
  rig = await openApp()
  cookies = await rig.claim()
})
after(() => rig.close())

const ID = "5f0c1f8e-5f0e-4c43-8f5c-3f1d2a4b5c6d"
const pathOf = ({ path }: Route) =>
  `/api/v1${path.replace("{name}", "snmp.health").replaceAll(/\{\w+\}/g, ID)}`
test("a write from a page of another site is rejected", async () => {
  const body = { name: "Forged" }
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ] as Record<string, string>[]) {
    const answer = await rig.send("/api/v1/regions", {
      method: "POST",
      cookie: cookies.admin,
      body,
      headers,
    })
    assert.equal(problemOf(answer, JSON.stringify(headers)).code, "foreign-origin")
  }
  const own = await rig.send("/api/v1/regions", {
    method: "POST",
    cookie: cookies.admin,
    body,
    headers: { origin: rig.app.url },
  })
  assert.equal(own.status, 201)
})

test("an unknown path is a problem document with the allowed methods; other paths belong to the UI", async () => {
  assert.equal(problemOf(await rig.send("/api/v1/nothing"), "nothing").status, 404)
  const wrongMethodAnswer = await rig.send("/api/v1/sites", {
    method: "PUT",
    cookie: cookies.admin,
    body: {},
  })
  assert.equal(problemOf(wrongMethodAnswer, "PUT").status, 405)
  assert.match(wrongMethodAnswer.headers.get("allow") ?? "", /POST/)
  for (const path of ["/", "/devices/x"])
    assert.match((await rig.send(path)).headers.get("content-type") ?? "", /text\/html/)
  assert.equal((await rig.send("/no-such-file.js")).status, 404)
  const raw = await new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(rig.app.url)
    request({ hostname, port, path: "/../../package.json%00" }, (answer) =>
      resolve(answer.resume().statusCode ?? 0),
    )
      .on("error", reject)
      .end()
  })
  assert.ok(raw >= 400 && raw < 500, String(raw))
  const broken = problemOf(
    await rig.send("/api/v1/devices/%c3%28", { cookie: cookies.admin }),
    "broken path",
  )
  assert.ok(broken.status >= 400 && broken.status < 500)
})

test("health, readiness, metrics, the API's description, and headers of every answer", async () => {
  assert.deepEqual((await rig.send("/healthz")).json, { ok: true })
  assert.deepEqual((await rig.send("/readyz")).json, { ready: true, missing: [] })
  await rig.send("/api/v1/sites", { cookie: cookies.admin })
  assert.match(
    (await rig.send("/metrics")).text,
    /ispvm_http_seconds_bucket\{.*route="\/api\/v1\/sites"/,
  )
  const { json, headers } = await rig.send("/api/openapi.json")
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
  for (const { method, path } of rig.app.routes)
    assert.ok(described.paths[`/api/v1${path}`]?.[method.toLowerCase()], path)
  assert.match(
    headers.get("content-security-policy") ?? "",
    /default-src 'self'.*frame-ancestors 'none'/,
  )
  assert.equal(headers.get("x-content-type-options"), "nosniff")
  assert.equal(headers.get("strict-transport-security"), null)
})

test("another site's name is answered 421 on every route, own names and addresses are not", async () => {
  const foreign = { host: "rebound.attacker.example", cookie: cookies.admin }
  for (const route of rig.app.routes.filter(({ method }) => method === "GET"))
    assert.equal(await rig.statusAs(pathOf(route), foreign), 421, route.path)
  for (const path of ["/", "/metrics", "/api/openapi.json", "/nothing"])
    assert.equal(await rig.statusAs(path, foreign), 421, path)
  for (const host of ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "192.0.2.9"])
    assert.equal(await rig.statusAs("/api/v1/session", { host }), 200, host)
  assert.equal(await rig.statusAs("/readyz", { host: "probe" }), 200)
  assert.equal(
    await rig.statusAs("/readyz", { host: "probe", "x-forwarded-for": "203.0.113.9" }),
    421,
  )
})

test("metrics are for this host or after login, and a proxy on this host opens them to nobody", async () => {
  assert.equal(await rig.statusAs("/metrics", {}), 200)
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "via"]) {
    assert.equal(await rig.statusAs("/metrics", { [name]: "203.0.113.9" }), 401, name)
    assert.equal(
      await rig.statusAs("/metrics", { [name]: "203.0.113.9", cookie: cookies.viewer }),
      200,
      name,
    )
  }
  assert.equal(await rig.statusAs("/metrics", { host: "192.0.2.9" }), 401)
})

test("a session ends with the logout, and with its account", async () => {
  const login = () =>
    rig.send("/api/v1/session", {
      method: "POST",
      body: { email: "VIC@example.net", password: "another long one" },
    })
  const first = cookieOf(await login())
  assert.equal((await rig.send("/api/v1/session", { method: "DELETE", cookie: first })).status, 204)
  assert.equal((await rig.send("/api/v1/sites", { cookie: first })).status, 401)
  const { items } = z
    .object({ items: z.array(z.object({ id: z.string(), email: z.string() })) })
    .parse((await rig.send("/api/v1/accounts", { cookie: cookies.admin })).json)
  const idOf = (email: string) => items.find((account) => account.email === email)?.id ?? ""
  const change = (email: string, body: object) =>
    rig.send(`/api/v1/accounts/${idOf(email)}`, { method: "PATCH", cookie: cookies.admin, body })
  assert.equal((await change("vic@example.net", { disabled: true })).status, 200)
  assert.equal((await rig.send("/api/v1/sites", { cookie: cookies.viewer })).status, 401)
  assert.equal((await login()).status, 401)
  for (const body of [{ disabled: true }, { role: "viewer" }])
    assert.equal(problemOf(await change("ada@example.net", body), "last").code, "last-admin")
  const removed = await rig.send(`/api/v1/accounts/${idOf("ada@example.net")}`, {
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
        await rig.send("/api/v1/session", {
          method: "POST",
          body: { email: "ada@example.net", password: `guess ${guess}` },
        })
      ).status,
    )
  }
  assert.deepEqual(answers.slice(0, 5), [401, 401, 401, 401, 401])
  assert.equal(answers.at(-1), 429)
})
