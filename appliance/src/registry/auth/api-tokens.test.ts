import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { AccountId } from "../../platform/ids.ts"
import { newApiToken } from "./api-token.ts"
import { createApiTokens } from "./api-tokens.ts"

const NAT = "192.0.2.7"
let db: TestDatabase
let actor: Actor
const clock = { now: () => nowMs }
let nowMs = 0
const codeOf = (error: unknown): string => (error instanceof HttpError ? error.code : String(error))
const failure = (work: Promise<unknown>): Promise<string> => work.then(() => "none", codeOf)

before(async () => {
  db = await testDatabase()
  const account = await db.dbs.ui.asOrg(db.org, async (tx) => {
    const [row] = await tx`
      insert into auth.account (org_id, email, name, role, password_hash)
      values (${db.org}, 'ada@example.net', 'Ada', 'admin', 'scrypt$x') returning id`
    return AccountId.parse(row?.id)
  })
  const person = { email: "ada@example.net", name: "Ada", role: "admin", address: NAT } as const
  actor = { ...person, account, org: db.org }
})
after(() => db.close())

const open = async () => {
  const tokens = createApiTokens({ db: db.dbs.ui, clock })
  const input = { name: "play", permissions: ["inventory:read"] as const, expiresInDays: 1 }
  const made = () => tokens.create(actor, { ...input, permissions: [...input.permissions] })
  return { tokens, made }
}

test("a token that requests too much has to wait, and another one does not", async () => {
  const { tokens, made } = await open()
  const [busy, calm] = [await made(), await made()]
  for (let n = 0; n < 300; n += 1) await tokens.actor(busy.token, NAT)
  assert.equal(await failure(tokens.actor(busy.token, NAT)), "too-many")
  assert.equal(await failure(tokens.actor(calm.token, NAT)), "none")
  nowMs += 1_000
  assert.equal(await failure(tokens.actor(busy.token, NAT)), "none")
})

test("unknown tokens of a source are limited, and do not stop a token that was used from there", async () => {
  const { tokens, made } = await open()
  const { token } = await made()
  await tokens.actor(token, NAT)
  const codes: string[] = []
  for (let n = 0; n < 120; n += 1) codes.push(await failure(tokens.actor(newApiToken().text, NAT)))
  assert.equal(codes[0], "token-unknown")
  assert.equal(codes.at(-1), "too-many")
  assert.equal(await failure(tokens.actor(token, NAT)), "none")
  assert.equal(await failure(tokens.actor(newApiToken().text, "198.51.100.9")), "token-unknown")
})

test("at most a hundred tokens are in use, and ended ones are forgotten after a month", async () => {
  const { tokens, made } = await open()
  const first = await made()
  while ((await failure(made())) === "none");
  assert.equal(await failure(made()), "too-many-tokens")
  await tokens.revoke(actor, first.id)
  assert.equal(await failure(made()), "none")
  const shown = async () => (await tokens.list(db.org)).some(({ id }) => id === first.id)
  await tokens.forgetEnded(db.org)
  assert.equal(await shown(), true)
  await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx`update auth.api_token set revoked_at = now() - interval '31 days' where id = ${first.id}`,
  )
  await tokens.forgetEnded(db.org)
  assert.equal(await shown(), false)
})
