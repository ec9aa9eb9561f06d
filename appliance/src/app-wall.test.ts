/** Wall displays over HTTP: what a link opens, what it does not, and how it ends. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type AppRig, openApp, problemOf } from "../test/app-rig.ts"
import { WallDisplay, WallDisplayCreated, WallSession } from "./api/wall-displays.ts"
import { withoutPersons } from "./platform/http/wall-access.ts"

let rig: AppRig
let cookies: Awaited<ReturnType<AppRig["claim"]>>
before(async () => {
  rig = await openApp()
  cookies = await rig.claim()
})
after(() => rig.close())

const ID = "5f0c1f8e-5f0e-4c43-8f5c-3f1d2a4b5c6d"
const create = async (): Promise<WallDisplayCreated> => {
  const body = { name: "NOC", pages: ["map", "overview"], secondsPerPage: 30 }
  const answer = await rig.send("/api/v1/wall-displays", {
    method: "POST",
    cookie: cookies.admin,
    body,
  })
  assert.equal(answer.status, 201, answer.text)
  return WallDisplayCreated.parse(answer.json)
}
const exchange = (token: string) =>
  rig.send("/api/v1/wall-sessions", { method: "POST", body: { token } })
const open = async (token: string) => {
  const answer = await exchange(token)
  assert.equal(answer.status, 201, answer.text)
  const { session, ...settings } = WallSession.parse(answer.json)
  return { headers: { authorization: `Bearer ${session}` }, session, settings }
}
const listed = async (id: string): Promise<WallDisplay> => {
  const { json } = await rig.send("/api/v1/wall-displays", { cookie: cookies.admin })
  const { items } = z.object({ items: z.array(WallDisplay) }).parse(json)
  const found = items.find((each) => each.id === id)
  assert.ok(found)
  return found
}

test("a wall session is refused by every writing route, and reads what its pages show alone", async () => {
  const { token } = await create()
  const { headers, settings } = await open(token)
  assert.deepEqual([settings.pages, settings.secondsPerPage], [["map", "overview"], 30])
  const readable: string[] = []
  let refused = 0
  for (const { method, path, permission, body } of rig.app.routes) {
    if (permission === "public" || path === "/live") continue
    const answer = await rig.send(`/api/v1${path.replaceAll(/\{\w+\}/g, ID)}`, {
      // An administrator's cookie beside it must not make it more.
      ...{ method, headers, cookie: cookies.admin },
      ...(body ? { body: {} } : {}),
    })
    if (answer.status === 200) readable.push(`${method} ${path}`)
    else {
      refused += 1
      assert.equal(problemOf(answer, path).code, "wall-read-only", `${method} ${path}`)
    }
  }
  assert.ok(refused > 100, String(refused))
  assert.deepEqual(readable.sort(), [
    ...["GET /agents", "GET /collectors", "GET /incidents", "GET /overview", "GET /topology"],
  ])
})

test("what a wall display reads names no person", async () => {
  const site = { method: "POST", cookie: cookies.admin, body: { name: "Hill", note: "Call Ayşe" } }
  assert.equal((await rig.send("/api/v1/sites", site)).status, 201)
  const { headers } = await open((await create()).token)
  const { text } = await rig.send("/api/v1/topology", { headers })
  assert.match(text, /Hill/)
  assert.doesNotMatch(text, /Ayşe/)
  const incident = { number: 7, acknowledgedBy: "Ayşe", feedback: { by: "Ayşe" }, ownerId: ID }
  assert.deepEqual(withoutPersons({ incidents: [incident], recentEvents: [{ text: "Ayşe" }] }), {
    incidents: [{ number: 7, acknowledgedBy: null, feedback: null, ownerId: null }],
    recentEvents: [],
  })
})

test("a link ends when it is revoked or expires, and its session with it", async () => {
  const { id, token } = await create()
  assert.equal((await listed(id)).lastUsedAtMs, null)
  const { headers } = await open(token)
  assert.equal((await listed(id)).lastUsedFrom, "127.0.0.1")
  const code = async () =>
    problemOf(await rig.send("/api/v1/topology", { headers }), "topology").code
  const until = (when: string) =>
    rig.superuser((sql) =>
      sql.unsafe(`update auth.wall_display set expires_at = now() + interval '${when}'`),
    )
  await until("-1 second")
  assert.equal(await code(), "wall-expired")
  assert.equal(problemOf(await exchange(token), "expired").code, "wall-expired")
  await until("1 day")
  const revoked = await rig.send(`/api/v1/wall-displays/${id}/revoke`, {
    ...{ method: "POST", cookie: cookies.admin },
  })
  assert.equal(revoked.status, 204)
  assert.equal(await code(), "wall-unknown")
  assert.equal(problemOf(await exchange(token), "revoked").code, "wall-revoked")
  assert.equal((await listed(id)).state, "revoked")
})

test("secrets are stored nowhere, a link is no session, and its use is in the audit log", async () => {
  const { token } = await create()
  const { session } = await open(token)
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await rig.send("/api/v1/topology", { headers })).status, 401)
  const rows = await rig.superuser((sql) =>
    sql.unsafe(`select (select string_agg(d::text, '') from auth.wall_display d) as displays,
      (select string_agg(s::text, '') from auth.wall_session s) as sessions,
      (select string_agg(e::text, '') from audit.entry e) as audit`),
  )
  const stored = JSON.stringify(rows)
  for (const secret of [token, session]) assert.ok(!stored.includes(secret.slice(-43)))
  for (const action of ["created", "opened", "revoked"])
    assert.match(stored, new RegExp(`wall-display\\.${action}`))
})

test("links that are guessed are limited", async () => {
  const codes: string[] = []
  for (let n = 0; n < 40; n += 1)
    codes.push(problemOf(await exchange(`ispvm_wall_${"x".repeat(43)}`), "guess").code)
  assert.deepEqual([codes[0], codes.at(-1)], ["wall-unknown", "too-many"])
})
