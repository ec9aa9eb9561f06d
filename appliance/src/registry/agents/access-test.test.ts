/**
 * The access test sends secrets, so a saved one goes only where a device is polled with it already.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Task } from "@ispvm/wire"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import type { TestRequest } from "../../api/access-test.ts"
import { MethodsInput } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createInventory } from "../inventory/inventory.ts"
import type { KnownAgent } from "./agents.ts"

let rig: Rig
let agent: KnownAgent
let operator: Actor
let credentialId: string
let listed: string
const PIN = "a".repeat(64)
const stored = MethodsInput.parse({ routerosApi: { fingerprint: PIN }, snmp: {} })
const ADDRESS = "192.0.2.10"

before(async () => {
  rig = await openRig()
  operator = { ...rig.actor, role: "operator" }
  const { id } = await rig.enrolled("near")
  const key = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ key: number }[]>`select key from agents.agent where id = ${id}`,
  )
  agent = { id, key: key[0]?.key ?? 0, org: rig.org, name: "near" } as KnownAgent
  rig.agents.receive(agent, null)
  const inventory = createInventory({
    db: rig.dbs.ui,
    secrets: rig.secrets,
    onError: assert.ifError,
  })
  const secret = {
    username: "watch",
    password: "the-password",
    snmpCommunity: "the-community",
    snmpV3: null,
  }
  credentialId = (await inventory.createCredential(rig.actor, { name: "core", ...secret })).id
  listed = (
    await inventory.createCredential(rig.actor, {
      name: "listed",
      ...secret,
      allowedNetworks: ["198.51.100.0/24"],
    })
  ).id
  await inventory.createDevice(rig.actor, {
    name: "r1",
    address: ADDRESS,
    siteId: null,
    roles: [],
    agentId: id,
    credentialId,
    methods: stored,
    note: "",
  })
})
after(() => rig.close())

const request = (over: Partial<TestRequest>): TestRequest => ({
  agentId: agent.id,
  address: ADDRESS,
  methods: stored,
  credentialId,
  credential: null,
  ...over,
})
/** What the agent was asked to try, or the code with which the test was rejected. */
const tried = async (actor: Actor, over: Partial<TestRequest>): Promise<string | Task> => {
  rig.agents.receive(agent, null)
  const running = rig.agents
    .test(actor, request(over))
    .catch((error: unknown) => (error instanceof HttpError ? error.code : String(error)))
  // A poll that stays open would take the task of the next request.
  const polling = new AbortController()
  const nextTest = async (): Promise<Task | undefined> => {
    // An earlier change of the inventory may still have a reload task in the queue.
    for (;;) {
      const tasks = await rig.agents.takeTasks(agent, 30_000, polling.signal)
      const found = tasks.find(({ kind }) => kind === "test-access")
      if (found !== undefined || polling.signal.aborted) return found
    }
  }
  const first = await Promise.race([running, nextTest()]).finally(() => polling.abort())
  if (typeof first === "string") return first
  const task = first as Task | undefined
  assert.ok(task?.kind === "test-access")
  rig.agents.complete(agent, {
    kind: "test-access",
    id: task.id,
    ok: true,
    steps: [],
    fingerprint: null,
    facts: null,
  })
  await running
  return task
}
const typed = (over: object) => ({
  username: null,
  password: null,
  snmpCommunity: null,
  snmpV3: null,
  ...over,
})

const CASES: readonly (readonly [string, Partial<TestRequest>, string])[] = [
  ["at the device's own place", {}, "tried"],
  ["at another address", { address: "203.0.113.66" }, "secret-needed"],
  ["at another port", { methods: { ...stored, snmp: { port: 9_161 } } }, "secret-needed"],
  [
    "with another certificate",
    { methods: MethodsInput.parse({ routerosApi: { fingerprint: "b".repeat(64) } }) },
    "secret-needed",
  ],
  [
    "without TLS",
    { methods: MethodsInput.parse({ routerosApi: { port: 8_728, tls: false } }) },
    "secret-needed",
  ],
  [
    "without a certificate, when no password is sent",
    { methods: MethodsInput.parse({ routerosApi: {} }), address: "203.0.113.66" },
    "tried",
  ],
  [
    "with one of two secrets typed",
    { address: "203.0.113.66", credential: typed({ password: "the-password" }) },
    "secret-needed",
  ],
  [
    "with both typed",
    { address: "203.0.113.66", credential: typed({ password: "x", snmpCommunity: "y" }) },
    "tried",
  ],
]
for (const [name, over, expected] of CASES)
  test(`an operator tests a saved credential ${name}: ${expected}`, async () => {
    const outcome = await tried(operator, over)
    assert.equal(typeof outcome === "string" ? outcome : "tried", expected)
    assert.notEqual(typeof (await tried(rig.actor, over)), "string")
  })

test("a typed secret is sent alone, without any saved one", async () => {
  const outcome = await tried(operator, {
    address: "203.0.113.66",
    credential: typed({ password: "x", snmpCommunity: "y" }),
  })
  assert.ok(typeof outcome !== "string")
  assert.match(JSON.stringify(outcome), /"password":"x".*"community":"y"/)
  assert.doesNotMatch(JSON.stringify(outcome), /the-password|the-community/)
})

test("inside the credential's networks, an operator may test standard ports", async () => {
  const over = { credentialId: listed, address: "198.51.100.9" }
  assert.notEqual(typeof (await tried(operator, over)), "string")
  assert.equal(await tried(operator, { ...over, address: "203.0.113.9" }), "secret-needed")
})

for (const address of [
  "127.0.0.1",
  "localhost",
  "127.1",
  "::1",
  "169.254.169.254",
  "fe80::1",
  "224.0.0.1",
  "0.0.0.0",
  "255.255.255.255",
])
  test(`${address} is never tested`, async () => {
    for (const actor of [operator, rig.actor])
      for (const methods of [stored, MethodsInput.parse({ tcpPort: 22 }), MethodsInput.parse({})])
        assert.equal(await tried(actor, { address, methods, credentialId: null }), "invalid")
  })

test("allowed networks are part of the assignment and change its revision", async () => {
  const before = await rig.agents.assignment(agent)
  assert.equal(before.allowedNetworks, undefined)
  await rig.agents.change(rig.actor, agent.id, {
    allowedNetworks: ["192.0.2.0/24", "127.0.0.1/32"],
  })
  const now = await rig.agents.assignment(agent)
  assert.deepEqual(now.allowedNetworks, ["192.0.2.0/24", "127.0.0.1/32"])
  assert.notEqual(now.revision, before.revision)
  assert.notEqual(typeof (await tried(rig.actor, { address: "127.0.0.1" })), "string")
  assert.equal(await tried(rig.actor, { address: "203.0.113.1" }), "invalid")
  await rig.agents.change(rig.actor, agent.id, { allowedNetworks: [] })
})
