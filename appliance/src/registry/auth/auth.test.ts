import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { createAccounts } from "./accounts.ts"
import { createAttemptLimit } from "./attempt-limit.ts"
import { type Auth, createAuth, hashToken } from "./auth.ts"
import { checkPassword, hashPassword } from "./password.ts"

/** Cheap, so that the tests are quick; the form of a hash is the same. */
const cost = { n: 16, r: 1, p: 1 }
const here = { address: "192.0.2.7", userAgent: "test" }
let db: TestDatabase
let nowMs = 0
const clock = { now: () => nowMs }
const onError = (error: unknown) => {
  throw error
}
const make = (): Auth => createAuth({ db: db.dbs.ui, clock, onError, cost })
const codeOf = (error: unknown): string => (error instanceof HttpError ? error.code : String(error))
const codeOfError = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "no refusal", codeOf)

before(async () => {
  db = await testDatabase({ isSetUp: false })
})
after(() => db.close())

const setup = {
  organisation: "Net",
  name: "Ada",
  email: "ada@example.net",
  password: "a long password",
}

test("a set-up code claims an appliance once, also with two claims at once, and an earlier code is invalid", async () => {
  const auth = make()
  const setUpOrgs: OrgId[] = []
  auth.setupDone.on((org) => setUpOrgs.push(org))
  const first = await auth.prepareSetup(null)
  const second = await auth.prepareSetup(null)
  assert.match(first ?? "", /^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/)
  const stored = await db.dbs.ui.sql<
    { value: string }[]
  >`select value from platform.setting where key = 'auth.setup-code'`
  assert.match(stored[0]?.value ?? "", /^scrypt\$/)
  assert.equal(
    await codeOfError(auth.setUp({ ...setup, setupCode: first ?? "" }, here)),
    "wrong-setup-code",
  )
  const setupCode = ` ${second?.toLowerCase().replaceAll("-", " ")} `
  const ends = await Promise.allSettled([
    auth.setUp({ ...setup, setupCode }, here),
    auth.setUp({ ...setup, setupCode }, here),
  ])
  assert.deepEqual(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected"])
  assert.equal(setUpOrgs.length, 1)
  assert.equal(await auth.prepareSetup("again-and-again"), null)
  assert.equal(
    (await db.dbs.ui.sql`select from platform.setting where key = 'auth.setup-code'`).length,
    0,
  )
})

test("the stored row of a session is not a token, and the session ends with the logout", async () => {
  const auth = make()
  const { token, actor } = await auth.login({ email: setup.email, password: setup.password }, here)
  assert.equal((await auth.actor(token, here))?.account, actor.account)
  const [row] = await db.dbs.ui.asOrg(
    actor.org,
    (tx) =>
      tx<
        { hash: Buffer }[]
      >`select token_hash as hash from auth.session where token_hash = ${hashToken(token)}`,
  )
  assert.ok(row)
  assert.equal(await auth.actor(row.hash.toString("base64url"), here), null)
  await auth.logout(token, here)
  assert.equal(await auth.actor(token, here), null)
})

test("an expired session is invalid and is deleted", async () => {
  const auth = make()
  const { token, actor } = await auth.login({ email: setup.email, password: setup.password }, here)
  const within = <T>(work: (tx: Tx) => Promise<T>) => db.dbs.ui.asOrg(actor.org, work)
  await within(
    (tx) =>
      tx`update auth.session set expires_at = now() - interval '1 second' where token_hash = ${hashToken(token)}`,
  )
  assert.equal(await auth.actor(token, here), null)
  await auth.forgetExpired(actor.org)
  assert.equal(
    (await within((tx) => tx`select from auth.session where token_hash = ${hashToken(token)}`))
      .length,
    0,
  )
})

test("an unknown account and a wrong password have the same answer, and guessing has to wait", async () => {
  const auth = make()
  const guess = (email: string, password = "wrong") =>
    codeOfError(auth.login({ email, password }, here))
  assert.equal(await guess("nobody@example.net"), "wrong-login")
  for (let tries = 0; tries < 5; tries += 1) assert.equal(await guess(setup.email), "wrong-login")
  assert.equal(await guess(setup.email, setup.password), "too-many-tries")
  nowMs += 2_000
  assert.equal(await guess(setup.email, setup.password), "no refusal")
  // After a correct password the count starts again.
  assert.equal(await guess(setup.email), "wrong-login")
})

test("guessing by strangers, from one address or at one account, locks others out for seconds at most", async () => {
  const auth = make()
  const guess = (email: string, address: string) =>
    codeOfError(auth.login({ email, password: "wrong" }, { ...here, address }))
  for (let n = 0; n < 100; n += 1) {
    await guess(`somebody${n}@example.net`, "192.0.2.99")
    await guess(setup.email, `198.51.100.${n}`)
    if (n > 25) nowMs += 10_000
  }
  assert.equal(await guess("another@example.net", "192.0.2.99"), "wrong-login")
  assert.equal(await guess("another@example.net", "192.0.2.99"), "too-many-tries")
  nowMs += 10_000
  const login = auth.login(
    { email: setup.email, password: setup.password },
    { ...here, address: "192.0.2.99" },
  )
  assert.equal(await codeOfError(login), "no refusal")
})

test("strangers cannot lock out a known browser or a known address", async () => {
  const auth = make()
  nowMs += 3_600_000
  const right = { email: setup.email, password: setup.password }
  const { browser } = await auth.login(right, { ...here, address: "192.0.2.200" })
  const guess = (address: string) =>
    codeOfError(auth.login({ ...right, password: "wrong" }, { ...here, address }))
  const strangers: string[] = []
  for (let n = 0; n < 120; n += 1)
    strangers.push(await guess(n % 2 === 0 ? `198.51.100.${n}` : `2001:db8:${n}::1`))
  assert.ok(strangers.includes("too-many-tries"))
  const elsewhere = { ...here, address: "203.0.113.77" }
  assert.equal(await codeOfError(auth.login(right, elsewhere)), "too-many-tries")
  assert.equal(
    await codeOfError(auth.login(right, { ...elsewhere, browser: "made.up" })),
    "too-many-tries",
  )
  assert.equal(await codeOfError(auth.login(right, { ...elsewhere, browser })), "no refusal")
  assert.equal(
    await codeOfError(auth.login(right, { ...here, address: "192.0.2.200" })),
    "no refusal",
  )
})

test("one IPv6 customer counts as one source, and a known browser's own guesses are counted too", async () => {
  const auth = make()
  nowMs += 3_600_000
  const right = { email: setup.email, password: setup.password }
  const from = (address: string, browser = "") =>
    codeOfError(auth.login({ ...right, password: "wrong" }, { ...here, address, browser }))
  for (let n = 0; n < 5; n += 1) assert.equal(await from(`2001:db8:77:1::${n + 1}`), "wrong-login")
  assert.equal(await from("2001:db8:77:1::99"), "too-many-tries")
  assert.equal(await from("2001:db8:77:2::1"), "wrong-login")
  const { browser } = await auth.login(right, here)
  for (let n = 0; n < 5; n += 1) assert.equal(await from(`203.0.113.${n}`, browser), "wrong-login")
  assert.equal(await from("203.0.113.9", browser), "too-many-tries")
  nowMs += 3_600_000
})

test("the own password cannot be guessed through an open session without waiting", async () => {
  const auth = make()
  const accounts = createAccounts({ db: db.dbs.ui, clock, cost })
  const { actor, token } = await auth.login({ email: setup.email, password: setup.password }, here)
  const change = (current: string) =>
    codeOfError(accounts.changeOwnPassword(actor, current, setup.password, hashToken(token)))
  for (let tries = 0; tries < 5; tries += 1) assert.equal(await change("guess"), "invalid")
  assert.equal(await change(setup.password), "too-many-tries")
  nowMs += 60_000
  assert.equal(await change(setup.password), "no refusal")
})

test("changing the own password needs the current one and ends every other session", async () => {
  const auth = make()
  const accounts = createAccounts({ db: db.dbs.ui, clock, cost })
  const one = await auth.login({ email: setup.email, password: setup.password }, here)
  const other = await auth.login({ email: setup.email, password: setup.password }, here)
  const change = (current: string) =>
    accounts.changeOwnPassword(one.actor, current, "a new long password", hashToken(one.token))
  assert.equal(await codeOfError(change("not it")), "invalid")
  await change(setup.password)
  assert.notEqual(await auth.actor(one.token, here), null)
  assert.equal(await auth.actor(other.token, here), null)
})

test("two admins who demote each other at once do not both succeed", async () => {
  const auth = make()
  const accounts = createAccounts({ db: db.dbs.ui, clock, cost })
  const { actor } = await auth.login({ email: setup.email, password: "a new long password" }, here)
  const second = await accounts.create(actor, {
    name: "Bob",
    email: "bob@example.net",
    role: "admin",
    password: "also a long one",
  })
  const ends = await Promise.all([
    codeOfError(accounts.change(actor, second.id, { role: "viewer" })),
    codeOfError(accounts.change(actor, actor.account, { role: "viewer" })),
  ])
  assert.deepEqual(ends.sort(), ["last-admin", "no refusal"])
  assert.equal(
    await codeOfError(
      accounts.create(actor, {
        name: "B",
        email: "BOB@example.net",
        role: "viewer",
        password: "also a long one",
      }),
    ),
    "email-taken",
  )
})

test("a hash contains its cost, and composed and decomposed accents are the same password", async () => {
  const hash = await hashPassword("Łódź é", cost)
  assert.match(hash, /^scrypt\$16\$1\$1\$/)
  assert.equal(await checkPassword("Łódź e\u0301", hash), true)
  assert.equal(await checkPassword("Lodz e", hash), false)
  assert.equal(await checkPassword("x", "md5$abc"), false)
})

test("waits double up to a limit, expire, and cannot fill the memory", () => {
  let at = 0
  const attemptLimit = createAttemptLimit({ now: () => at })
  const keys = [{ key: "a", free: 2 }]
  assert.deepEqual(
    [attemptLimit.attempt(keys), attemptLimit.attempt(keys), attemptLimit.attempt(keys)],
    [0, 0, 2_000],
  )
  at += 2_000
  assert.deepEqual([attemptLimit.attempt(keys), attemptLimit.attempt(keys)], [0, 4_000])
  for (let n = 0; n < 30; n += 1) {
    at += attemptLimit.attempt(keys)
    attemptLimit.attempt(keys)
  }
  assert.ok(attemptLimit.attempt(keys) <= 15 * 60_000)
  at += 31 * 60_000
  assert.deepEqual([attemptLimit.attempt(keys), attemptLimit.attempt(keys)], [0, 0])
  for (let n = 0; n < 25_000; n += 1) attemptLimit.attempt([{ key: `k${n}`, free: 1 }])
  assert.equal(attemptLimit.attempt([{ key: "k0", free: 1 }]), 0) // The oldest entry was evicted.
  assert.ok(attemptLimit.attempt([{ key: "k24999", free: 1 }]) > 0)
})

test("attempts rejected by a full queue do not evict the counts of others", () => {
  const attemptLimit = createAttemptLimit({ now: () => 0 })
  const victim = [{ key: "victim", free: 1 }]
  attemptLimit.attempt(victim)
  for (let n = 0; n < 25_000; n += 1) {
    const keys = [{ key: `k${n}`, free: 5 }]
    attemptLimit.attempt(keys)
    attemptLimit.refund(keys)
  }
  assert.ok(attemptLimit.attempt(victim) > 0)
})
