import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import type { Route } from "../../platform/http/http.ts"
import { routes } from "./routes.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

/** Like http.ts: parses, handles, and also checks the answer against its schema. */
const call = async (
  method: string,
  path: string,
  { params, body }: { params?: unknown; body?: unknown } = {},
) => {
  const route: Route | undefined = routes({
    agents: rig.agents,
    collectionCosts: async () => new Map(),
  }).find((each) => each.method === method && each.path === path)
  assert.ok(route, `${method} ${path} is not mounted`)
  const input = {
    params: route.params?.parse(params),
    query: undefined,
    body: route.body?.parse(body),
    ctx: { hostname: "noc" },
  }
  const answer = await route.handle(input as unknown as Parameters<Route["handle"]>[0], rig.actor)
  if (route.answer === undefined) assert.equal(answer, undefined)
  return route.answer?.parse(answer)
}

test("every route answers as its schema says, from the creation of an agent to its removal", async () => {
  const { id } = (await call("POST", "/agents", { body: { name: " pop " } })) as { id: string }
  const params = { id }
  const list = (await call("GET", "/agents")) as { items: { name: string }[] }
  assert.deepEqual(
    list.items.map(({ name }) => name),
    ["pop"],
  )
  assert.deepEqual(await call("PATCH", "/agents/{id}", { params, body: { name: "pop-2" } }), { id })
  const token = (await call("POST", "/agents/{id}/token", { params })) as { command: string }
  assert.match(token.command, /ispvm1\.\S+ \| npm run agent -- --url https:\/\/noc:8444 --token -$/)
  const tested = (await call("POST", "/devices/test", {
    body: { agentId: id, address: "192.0.2.1", methods: {} },
  })) as {
    ok: boolean
  }
  assert.equal(tested.ok, false)
  await call("POST", "/agents/{id}/revoke", { params })
  const agent = (await call("GET", "/agents/{id}", { params })) as {
    name: string
    enrolment: string
  }
  assert.deepEqual([agent.name, agent.enrolment], ["pop-2", "revoked"])
  await call("DELETE", "/agents/{id}", { params })
  assert.deepEqual(await call("GET", "/agents"), { items: [], next: null })
})

const OTHERS: Readonly<Record<string, string>> = {
  "/devices/test": "inventory:write",
  "/devices/{id}/reading": "inventory:read",
}
const WRITES: Readonly<Record<string, string>> = { "/redaction": "redaction:write" }
test("reading needs agents:read, changing agents:write, and an access test what adding a device needs", () => {
  const deps = { agents: rig.agents, collectionCosts: async () => new Map() }
  for (const { method, path, permission } of routes(deps))
    assert.equal(
      permission,
      OTHERS[path] ?? (method === "GET" ? "agents:read" : (WRITES[path] ?? "agents:write")),
      path,
    )
})
