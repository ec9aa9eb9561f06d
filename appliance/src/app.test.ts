/** The whole appliance on its own port: every route is called, whatever module it belongs to. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type AppRig, cookieOf, openApp, problemOf, SETUP, VIEWER } from "../test/app-rig.ts"
import { ENDPOINTS } from "./api/endpoints.ts"
import { PERMISSIONS } from "./api/shared.ts"
import type { Route } from "./platform/http/http.ts"

let rig: AppRig
const cookies = { admin: "", viewer: "" }
before(async () => {
  rig = await openApp()
})
after(() => rig.close())

const ID = "5f0c1f8e-5f0e-4c43-8f5c-3f1d2a4b5c6d"
const pathOf = ({ path }: Route) =>
  `/api/v1${path.replace("{name}", "snmp.health").replaceAll(/\{\w+\}/g, ID)}`
const writes = () => rig.app.routes.filter(({ method }) => method !== "GET")
const nameOf = ({ method, path }: Route) => `${method} ${path}`

test("a new appliance is claimed with its code, once", async () => {
  const setup = SETUP
  const rejected = await rig.send("/api/v1/setup", {
    method: "POST",
    body: { ...setup, setupCode: "nonsense" },
  })
  assert.equal(problemOf(rejected, "setup").fields?.[0]?.path, "setupCode")
  const done = await rig.send("/api/v1/setup", { method: "POST", body: setup })
  assert.equal(done.status, 201)
  cookies.admin = cookieOf(done)
  assert.match(done.headers.getSetCookie()[0] ?? "", /HttpOnly; SameSite=Strict/)
  assert.equal((await rig.send("/api/v1/setup", { method: "POST", body: setup })).status, 409)
  const account = VIEWER
  assert.equal(
    (await rig.send("/api/v1/accounts", { method: "POST", body: account, cookie: cookies.admin }))
      .status,
    201,
  )
  const login = await rig.send("/api/v1/session", {
    method: "POST",
    body: { email: account.email, password: account.password },
  })
  cookies.viewer = cookieOf(login)
  assert.equal(login.status, 201)
})

test("each route names a permission that exists, and only setup, login and session are public", () => {
  const open = rig.app.routes.filter(({ permission }) => permission === "public").map(nameOf)
  assert.deepEqual(open.sort(), [
    ...["GET /session", "GET /setup/restore", "POST /session", "POST /setup"],
    ...["POST /setup/restore", "POST /wall-sessions", "PUT /setup/restore/file"],
  ])
  for (const { permission, path } of rig.app.routes)
    assert.ok(permission === "public" || permission in PERMISSIONS, path)
  const names = rig.app.routes.map(nameOf)
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
  "POST /sites/import": "no destination",
  "POST /links/import": "no destination",
  "POST /devices/test": "guarded",
  "POST /discovery/run": "no destination",
  "POST /discovery/decisions": "guarded", // Devices are added as POST /devices adds them.
  "POST /devices/{id}/companion/script": "guarded", // Shows secrets: secrets:reveal.
  "POST /devices/{id}/companion/keys": "guarded",
  "POST /devices/{id}/companion/link": "guarded", // With new secrets.
  "POST /devices/{id}/diagnostics": "guarded", // To the address of the device alone.
  "POST /diagnostics/{id}/cancel": "no destination",
  "POST /credentials": "administrator",
  "PATCH /credentials/{id}": "administrator",
  "DELETE /credentials/{id}": "administrator",
  "POST /agents": "administrator",
  "PATCH /agents/{id}": "administrator",
  "DELETE /agents/{id}": "administrator",
  "POST /agents/{id}/token": "administrator", // An enrolled agent receives secrets.
  "POST /agents/{id}/revoke": "administrator",
  "POST /agents/{id}/update": "administrator",
  "PUT /redaction": "no destination",
  "POST /accounts": "administrator",
  "PATCH /accounts/{id}": "administrator",
  "DELETE /accounts/{id}": "administrator",
  "PUT /backup/settings": "administrator", // A target's secret is dropped with the place it was for.
  "POST /backup/key": "administrator", // Opens later backups.
  "POST /backup/runs": "administrator",
  "PUT /updates/bundle": "administrator", // Installed only if its signature is trusted.
  "POST /updates/runs": "administrator",
  "POST /notifications/channels": "administrator",
  "POST /notifications/preview": "administrator", // Sends nothing.
  "PUT /notifications/channels/{id}": "administrator", // A secret goes with its destination.
  "DELETE /notifications/channels/{id}": "administrator",
  "POST /notifications/channels/{id}/test": "administrator",
  "PUT /notifications/policies": "administrator",
  "PUT /notifications/schedules": "administrator",
  "POST /notifications/schedules/preview": "no destination",
  "POST /push/subscriptions": "no destination", // Its own secrets alone.
  "DELETE /push/subscriptions/{id}": "no destination",
  "PUT /notifications/heartbeat": "administrator",
  "POST /notifications/deliveries/{id}/replay": "administrator",
  "POST /tokens": "administrator", // A token may do what its account may.
  "POST /tokens/{id}/revoke": "administrator",
  "POST /wall-displays": "administrator",
  "POST /wall-displays/{id}/revoke": "administrator",
  "POST /wall-sessions": "no destination", // Its session reads what a wall display shows.
}
const NO_DESTINATION =
  /^(\/(session|setup|regions|sites|links|incidents|handovers|saved-filters|maintenance|probes|collectors|alert-rules)\b|\/companion\/preview$|\/devices\/\{id\}(\/companion(\/verify|\/keys\/\{key\})?)?$)/

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
  for (const route of rig.app.routes.filter(({ permission }) => permission !== "public")) {
    const answer = await rig.send(pathOf(route), {
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
    const answer = await rig.send(pathOf(route), {
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
  for (const route of rig.app.routes.filter(({ body }) => body !== undefined)) {
    const name = nameOf(route)
    const sendBody = (body: unknown, headers: Record<string, string> = {}) =>
      rig.send(pathOf(route), { method: route.method, cookie: cookies.admin, body, headers })
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
  for (const route of rig.app.routes.filter(({ path }) => path.includes("{id}"))) {
    const rejected = await rig.send(`/api/v1${route.path.replace("{id}", "not-an-id")}`, {
      method: route.method,
      cookie: cookies.admin,
      ...(route.body ? { body: {} } : {}),
    })
    const problem = problemOf(rejected, nameOf(route))
    assert.deepEqual([problem.status, problem.code], [404, "not-found"], nameOf(route))
    assert.match(problem.detail ?? "", /not-an-id/, nameOf(route))
    if (route.body !== undefined || route.query !== undefined) continue
    const nothing = await rig.send(pathOf(route), { method: route.method, cookie: cookies.admin })
    assert.equal(problemOf(nothing, nameOf(route)).status, 404, nameOf(route))
  }
})

test("answers match their schemas", async () => {
  const lists = rig.app.routes.filter(
    ({ method, path, answer }) => method === "GET" && !path.includes("{") && answer !== undefined,
  )
  assert.ok(lists.length > 8)
  for (const route of lists) {
    const { status, json, text } = await rig.send(pathOf(route), { cookie: cookies.admin })
    assert.equal(status, 200, `${nameOf(route)}: ${text}`)
    assert.deepEqual(route.answer?.parse(json), json, nameOf(route))
  }
})

test("text that cannot be stored is rejected at its field", async () => {
  for (const note of ["a\u0000b", "half \ud800 pair"]) {
    const answer = await rig.send("/api/v1/sites", {
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
