/** API tokens over HTTP: what they open, what they do not, and how each of them ends. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type AppRig, openApp, problemOf } from "../test/app-rig.ts"
import { ApiToken, ApiTokenCreated } from "./api/tokens.ts"

let rig: AppRig
let cookies: Awaited<ReturnType<AppRig["claim"]>>
before(async () => {
  rig = await openApp()
  cookies = await rig.claim()
})
after(() => rig.close())

const create = async (
  permissions: readonly string[],
  name = "ansible",
): Promise<ApiTokenCreated> => {
  const answer = await rig.send("/api/v1/tokens", {
    method: "POST",
    cookie: cookies.admin,
    body: { name, permissions },
  })
  assert.equal(answer.status, 201, answer.text)
  return ApiTokenCreated.parse(answer.json)
}
type Sent = NonNullable<Parameters<AppRig["send"]>[1]>
const sendWith = (token: string, path: string, { headers, ...options }: Sent = {}) =>
  rig.send(`/api/v1${path}`, {
    ...options,
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
const codeWith = async (token: string, path: string, options?: Sent): Promise<string> => {
  const problem = problemOf(await sendWith(token, path, options), path)
  return `${problem.status} ${problem.code}`
}
const listed = async (id: string): Promise<ApiToken> => {
  const { json } = await rig.send("/api/v1/tokens", { cookie: cookies.admin })
  const found = z
    .object({ items: z.array(ApiToken) })
    .parse(json)
    .items.find((each) => each.id === id)
  assert.ok(found)
  return found
}
const inDatabase = (text: string, values: string[] = []) =>
  rig.superuser((sql) => sql.unsafe(text, values))

test("a token needs no session and no origin, and does what its permissions say", async () => {
  const { token } = await create(["inventory:read", "inventory:write"])
  assert.match(token, /^ispvm_api_[\w-]{49}$/)
  assert.equal((await sendWith(token, "/sites")).status, 200)
  const made = await sendWith(token, "/sites", {
    method: "POST",
    body: { name: "Hill" },
    headers: { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" },
  })
  assert.equal(made.status, 201, made.text)
  assert.equal(await codeWith(token, "/agents"), "403 token-scope")
  assert.equal(await codeWith(token, "/tokens"), "403 token-scope")
  assert.equal(await codeWith(token, "/session", { method: "DELETE" }), "403 token-scope")
})

test("a request with a token and a session is no more than its token", async () => {
  const { token } = await create(["inventory:read"])
  const both = { cookie: cookies.admin }
  assert.equal(await codeWith(token, "/accounts", both), "403 token-scope")
  assert.equal(await codeWith("ispvm_api_x", "/sites", both), "401 token-unknown")
  const basic = await rig.send("/api/v1/regions", {
    method: "POST",
    cookie: cookies.admin,
    body: { name: "Forged" },
    headers: { authorization: "Basic eDp5", origin: "https://evil.example" },
  })
  assert.equal(problemOf(basic, "basic").code, "foreign-origin")
})

test("unknown, expired and revoked tokens have codes of their own, and so have those of a disabled account", async () => {
  const { id, token } = await create(["inventory:read"])
  const last = token.at(-1) === "A" ? "B" : "A"
  assert.equal(await codeWith(`${token.slice(0, -1)}${last}`, "/sites"), "401 token-unknown")
  const set = (what: string) => inDatabase(`update auth.api_token set ${what} where id = $1`, [id])
  await set("expires_at = now() - interval '1 second'")
  assert.equal(await codeWith(token, "/sites"), "401 token-expired")
  assert.equal((await listed(id)).state, "expired")
  await set("expires_at = now() + interval '1 day'")
  assert.equal((await sendWith(token, "/sites")).status, 200)
  await inDatabase("update auth.account set disabled = true")
  assert.equal(await codeWith(token, "/sites"), "401 token-blocked")
  await inDatabase("update auth.account set disabled = false")
  const revoke = () =>
    rig.send(`/api/v1/tokens/${id}/revoke`, { method: "POST", cookie: cookies.admin })
  assert.equal((await revoke()).status, 204)
  assert.equal(await codeWith(token, "/sites"), "401 token-revoked")
  assert.equal((await revoke()).status, 204, "revoked twice is revoked")
  assert.equal((await listed(id)).state, "revoked")
})

test("a token never does more than the account that made it", async () => {
  const { id, token } = await create(["inventory:write", "accounts:write"])
  const body = { name: "Plain" }
  await inDatabase("update auth.account set role = 'viewer' where email = 'ada@example.net'")
  const denied = await codeWith(token, "/regions", { method: "POST", body })
  await inDatabase("update auth.account set role = 'admin' where email = 'ada@example.net'")
  assert.equal(denied, "403 forbidden")
  assert.equal((await sendWith(token, "/regions", { method: "POST", body })).status, 201)
  const { json } = await rig.send("/api/v1/audit?limit=1", { cookie: cookies.admin })
  const [entry] = z.object({ items: z.array(z.object({ actor: z.string() })) }).parse(json).items
  assert.equal(entry?.actor, "ada@example.net (API token ansible)")
  assert.equal((await listed(id)).createdBy, "ada@example.net")
})

test("another organisation's things are not there for a token", async () => {
  const { token } = await create(["inventory:read", "inventory:write"])
  const other = await rig.superuser(async (sql) => {
    const [org] = await sql<
      { id: string }[]
    >`insert into orgs.org (name) values ('Other') returning id`
    const [site] = await sql<
      { id: string }[]
    >`insert into inventory.site (org_id, name) values (${org?.id ?? ""}, 'Theirs') returning id`
    return { org: org?.id ?? "", site: site?.id ?? "" }
  })
  assert.doesNotMatch((await sendWith(token, "/sites")).text, /Theirs/)
  const path = `/sites/${other.site}`
  const body = { name: "Mine" }
  assert.equal(await codeWith(token, path, { method: "PATCH", body }), "404 not-found")
  assert.equal(await codeWith(token, path, { method: "DELETE" }), "404 not-found")
  await inDatabase("update auth.api_token set org_id = $1 where secret_hash = $2", [
    other.org,
    `\\x${createHash("sha256").update(token).digest("hex")}`,
  ])
  assert.equal(await codeWith(token, "/sites"), "401 token-unknown", "its account is of another")
  await inDatabase("delete from inventory.site where org_id = $1", [other.org])
})

test("the text is stored nowhere, and its use is noted", async () => {
  const { id, token } = await create(["inventory:read"])
  assert.equal((await listed(id)).lastUsedAtMs, null)
  await sendWith(token, "/sites")
  const { lastUsedAtMs, lastUsedFrom, ending } = await listed(id)
  assert.ok(lastUsedAtMs !== null && lastUsedFrom === "127.0.0.1")
  assert.equal(token.endsWith(ending), true)
  const rows = await inDatabase(
    "select t::text || coalesce((select string_agg(e::text, '') from audit.entry e), '') as all from auth.api_token t",
  )
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(token.slice(10, 53)))
})

test("only admins see, create and revoke tokens, and no token may make one", async () => {
  for (const [method, path, body] of [
    ["GET", "/tokens", undefined],
    ["POST", "/tokens", { name: "x", permissions: ["inventory:read"] }],
  ] as const) {
    const answer = await rig.send(`/api/v1${path}`, { method, cookie: cookies.viewer, body })
    assert.equal(problemOf(answer, path).code, "forbidden")
  }
  for (const permissions of [["tokens:write"], ["session:own"], ["no:such"], []]) {
    const answer = await rig.send("/api/v1/tokens", {
      method: "POST",
      cookie: cookies.admin,
      body: { name: "x", permissions },
    })
    assert.equal(problemOf(answer, String(permissions)).status, 422)
  }
})
