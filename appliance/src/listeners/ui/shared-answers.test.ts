/** Answers shared by those who may see the same, and by nobody else. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { gunzipSync } from "node:zlib"
import { makeActor } from "../../../test/make.ts"
import { serveRoutes } from "../../../test/serve-routes.ts"
import { type Actor, endpoint, type Route, route } from "../../platform/http/http.ts"
import { createSharedAnswers, type SharedAnswers } from "../../platform/http/shared-answers.ts"
import { OrgId } from "../../platform/ids.ts"

const ORGS = [
  OrgId.parse("00000000-0000-4000-8000-000000000001"),
  OrgId.parse("00000000-0000-4000-8000-000000000002"),
]
const [ONE, OTHER] = ORGS as [OrgId, OrgId]
const SESSION = "<pppoe-ali.kaya>"

/** Who asks is in a header; `nowMs` and `changes` are set by the test. */
const start = async () => {
  const state = { nowMs: 0, changes: 0, made: [] as string[], fails: false }
  const shared: SharedAnswers = createSharedAnswers({
    steadyMs: () => state.nowMs,
    changesOf: () => state.changes,
  })
  const topology = {
    ...route({
      ...endpoint("GET /links"),
      permission: "inventory:read",
      isShared: true,
      summary: "",
      handle: async () => ({ items: [], next: null, total: 0 }),
    }),
    // Any answer: texts of sessions and names of people are what differs between audiences.
    answer: undefined,
    handle: async (_: unknown, actor: Actor | null) => {
      state.made.push(String(actor?.org))
      if (state.fails) throw new Error("the database is away")
      return { org: actor?.org, text: SESSION, ownerName: "Ayşe", long: "x".repeat(2_000) }
    },
    path: "/topology",
  } satisfies Route
  const write = route({
    ...endpoint("DELETE /links/{id}"),
    permission: "inventory:write",
    summary: "",
    handle: async () => undefined,
  })
  const served = await serveRoutes([topology, write], ONE, {
    shared,
    authenticate: async (ctx) => {
      const [org, kind = "admin"] = (ctx.get("x-actor") || "one").split(" ")
      const actor = makeActor(org === "other" ? OTHER : ONE)
      const token = { id: "t", name: "t", permissions: ["inventory:read"] } as const
      if (kind === "masked") return { ...actor, token }
      return kind === "wall" ? { ...actor, token: { ...token, isWall: true } } : actor
    },
  })
  const get = async (actor: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${served.url}/topology`, {
      headers: { "x-actor": actor, ...headers },
    })
    return { response, text: await response.text() }
  }
  return { state, served, get }
}

test("shared: one organisation never gets the answer of another one", async () => {
  const { state, served, get } = await start()
  await using _ = served
  const texts = await Promise.all(["one", "other", "one", "other"].map((actor) => get(actor)))
  assert.deepEqual(
    texts.map(({ text }) => JSON.parse(text).org),
    [ONE, OTHER, ONE, OTHER],
  )
  assert.deepEqual(state.made.toSorted(), ORGS, "each was made once")
})

test("shared: who may not see subscribers, and a wall display, have answers of their own", async () => {
  const { state, served, get } = await start()
  await using _ = served
  for (const round of [1, 2]) {
    const all = JSON.parse((await get("one")).text)
    assert.deepEqual([all.text, all.ownerName], [SESSION, "Ayşe"], `round ${round}`)
    const masked = JSON.parse((await get("one masked")).text)
    assert.doesNotMatch(masked.text, /ali/)
    assert.equal(masked.ownerName, "Ayşe")
    const wall = JSON.parse((await get("one wall")).text)
    assert.doesNotMatch(wall.text, /ali/)
    assert.equal(wall.ownerName, null)
  }
  assert.equal(state.made.length, 3)
})

test("shared: a change, a write and a second each make a new answer; a failure is not kept", async () => {
  const { state, served, get } = await start()
  await using _ = served
  const made = async (): Promise<number> => {
    const { response } = await get("one")
    assert.equal(response.status, 200)
    return state.made.length
  }
  assert.equal(await made(), 1)
  assert.equal(await made(), 1)
  state.changes += 1
  assert.equal(await made(), 2)
  await served.send("DELETE", `/links/${ONE}`, {})
  assert.equal(await made(), 3)
  state.nowMs += 999
  assert.equal(await made(), 3)
  state.nowMs += 1
  assert.equal(await made(), 4)
  state.changes += 1
  state.fails = true
  assert.equal((await get("one")).response.status, 500)
  state.fails = false
  assert.equal(await made(), 6)
})

test("shared: an answer that was begun before a change serves nobody after it", async () => {
  let release = (): void => undefined
  let changes = 0
  const shared = createSharedAnswers({ steadyMs: () => 0, changesOf: () => changes })
  const key = { org: ONE, audience: "people with subscribers", path: "/topology" } as const
  const before = shared.answer(
    key,
    () =>
      new Promise((resolve) => {
        release = () => resolve("old")
      }),
  )
  changes += 1
  const after = await shared.answer(key, async () => "new")
  release()
  assert.deepEqual([String((await before).json), String(after.json)], ['"old"', '"new"'])
  assert.equal(String((await shared.answer(key, async () => "third")).json), '"new"')
})

test("shared: what the client has is not sent again, and the rest is compressed", async () => {
  const { served, get } = await start()
  await using _ = served
  const { response, text } = await get("one")
  assert.equal(response.headers.get("content-encoding"), "gzip")
  assert.equal(response.headers.get("cache-control"), "no-store")
  const etag = response.headers.get("etag") ?? ""
  const again = await get("one", { "if-none-match": etag })
  assert.deepEqual([again.response.status, again.text], [304, ""])
  const masked = await get("one masked", { "if-none-match": etag })
  assert.equal(masked.response.status, 200, "the answer of somebody else is another one")
  const plain = await get("one", { "accept-encoding": "identity" })
  assert.equal(plain.response.headers.get("content-encoding"), null)
  assert.equal(plain.text, text)
})

test("shared: a compressed answer is the answer", async () => {
  const shared = createSharedAnswers({ steadyMs: () => 0, changesOf: () => 0 })
  const key = { org: ONE, audience: "people with subscribers", path: "/topology" } as const
  const packed = await shared.answer(key, async () => ({ name: "İzmir" }))
  assert.deepEqual(gunzipSync(await packed.gzipped()), packed.json)
})
