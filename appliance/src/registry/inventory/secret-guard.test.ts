/** An operator must not get a saved secret sent to an address of their own, by any trick. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../../../test/make.ts"
import { type DeviceInput, MethodsInput, type TypedSecret } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { Inventory } from "./inventory.ts"

let db: TestDatabase
let inventory: Inventory
let admin: Actor
let operator: Actor
let agents: readonly [string, string]
let credential: string
let listed: string

const PIN = "a".repeat(64)
const OTHER_PIN = "b".repeat(64)
const pinned = MethodsInput.parse({ routerosApi: { fingerprint: PIN }, snmp: {} })
const api = (over: object) =>
  MethodsInput.parse({
    ...pinned,
    routerosApi: { port: 8729, tls: true, fingerprint: PIN, ...over },
  })

before(async () => {
  db = await testDatabase()
  inventory = makeInventory(db)
  admin = makeActor(db.org)
  operator = { ...makeActor(db.org), role: "operator", email: "op@example.net" }
  const made = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ id: string }[]>`
      insert into agents.agent (org_id, name) values (${db.org}, 'near'), (${db.org}, 'far') returning id`,
  )
  agents = [made[0]?.id ?? "", made[1]?.id ?? ""]
  const secret = {
    username: "watch",
    password: "the-password",
    snmpCommunity: "the-community",
    snmpV3: null,
  }
  credential = (await inventory.createCredential(admin, { name: "core", ...secret })).id
  const networks = { allowedNetworks: ["198.51.100.0/24", "2001:db8::/32"] }
  listed = (await inventory.createCredential(admin, { name: "listed", ...secret, ...networks })).id
})
after(() => db.close())

const codeOf = (error: unknown): string => (error instanceof HttpError ? error.code : String(error))
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => "done", codeOf)
const stored = async (over: Partial<DeviceInput> = {}): Promise<string> => {
  const device = makeDevice({
    agentId: agents[0],
    credentialId: credential,
    methods: pinned,
    ...over,
  })
  return (await inventory.createDevice(admin, device)).id
}
const csv = (...cells: string[]): string =>
  `name,address,agent,credential,api_port,api_tls,fingerprint,snmp_port\n${cells.join(",")}\n`

const CHANGES: readonly (readonly [string, Parameters<Inventory["changeDevice"]>[2], string])[] = [
  ["a new name", { name: "renamed", note: "n" }, "done"],
  ["the same place, said again", { address: "192.0.2.10", methods: pinned }, "done"],
  ["another address", { address: "203.0.113.66" }, "secret-needed"],
  ["a name in place of the address", { address: "evil.example.net" }, "secret-needed"],
  ["another API port", { methods: api({ port: 4_444 }) }, "secret-needed"],
  ["no TLS", { methods: api({ port: 8_728, tls: false, fingerprint: null }) }, "secret-needed"],
  ["another certificate", { methods: api({ fingerprint: OTHER_PIN }) }, "secret-needed"],
  ["no certificate: no password is sent", { methods: api({ fingerprint: null }) }, "done"],
  ["no API", { methods: { ...pinned, routerosApi: null } }, "done"],
  ["another SNMP port", { methods: { ...pinned, snmp: { port: 9_161 } } }, "secret-needed"],
  ["no agent: nobody asks", { agentId: null }, "done"],
  ["no credential", { credentialId: null }, "done"],
]
for (const [name, patch, expected] of CHANGES)
  test(`an operator gives a device ${name}: ${expected}; an administrator may`, async () => {
    const id = await stored()
    const change = {
      ...patch,
      ...(patch.name === undefined ? {} : { name: `${patch.name}-${id.slice(0, 8)}` }),
    }
    assert.equal(await outcome(inventory.changeDevice(operator, id, change)), expected)
    assert.equal(await outcome(inventory.changeDevice(admin, id, change)), "done")
  })

test("another agent is another destination: its network may have another host at that address", async () => {
  const id = await stored()
  assert.equal(
    await outcome(inventory.changeDevice(operator, id, { agentId: agents[1] })),
    "secret-needed",
  )
})

test("a secret removed in one step cannot be sent to another destination in the next", async () => {
  const id = await stored()
  for (const away of [
    { agentId: null },
    { methods: api({ fingerprint: null }) },
    { methods: { ...pinned, routerosApi: null, snmp: null } },
  ]) {
    await inventory.changeDevice(admin, id, {
      address: "192.0.2.10",
      agentId: agents[0],
      methods: pinned,
    })
    assert.equal(await outcome(inventory.changeDevice(operator, id, { ...away })), "done")
    const back = {
      address: "203.0.113.66",
      agentId: agents[0],
      methods: api({ fingerprint: OTHER_PIN }),
    }
    assert.equal(await outcome(inventory.changeDevice(operator, id, back)), "secret-needed")
  }
})

test("a new device with a saved credential is a new destination, even where one was deleted before", async () => {
  const device = () =>
    makeDevice({
      address: "203.0.113.66",
      agentId: agents[0],
      credentialId: credential,
      methods: pinned,
    })
  assert.equal(await outcome(inventory.createDevice(operator, device())), "secret-needed")
  const id = await stored()
  await inventory.removeDevice(operator, id)
  assert.equal(await outcome(inventory.createDevice(operator, device())), "secret-needed")
  // Unpinned over TLS, no password is sent; SNMP would send its community.
  const unpinned = MethodsInput.parse({ routerosApi: {}, snmp: null })
  const quiet = makeDevice({ agentId: agents[0], credentialId: credential, methods: unpinned })
  const { id: made } = await inventory.createDevice(operator, quiet)
  assert.equal(
    await outcome(
      inventory.changeDevice(operator, made, { methods: api({ fingerprint: OTHER_PIN }) }),
    ),
    "secret-needed",
  )
})

test("an import is checked in the same way, and a rejected line changes nothing", async () => {
  await inventory.changeDevice(admin, await stored({ name: "listed-one" }), {})
  const lines: readonly (readonly string[])[] = [
    ["listed-one", "203.0.113.66", "", "", "", "", "", ""],
    ["listed-one", "192.0.2.10", "far", "", "", "", "", ""],
    ["listed-one", "192.0.2.10", "", "", "8728", "no", "", ""],
    ["listed-one", "192.0.2.10", "", "", "", "yes", OTHER_PIN, ""],
    ["listed-one", "192.0.2.10", "", "", "", "", "", "9161"],
    ["brand-new", "203.0.113.66", "near", "core", "", "", "", "161"],
  ]
  for (const line of lines) {
    const answer = await inventory.importCsv(operator, csv(...line), false)
    assert.deepEqual([answer.created, answer.updated], [0, 0], line.join())
    assert.equal(answer.rejected[0]?.column, "credential", line.join())
    assert.match(answer.rejected[0]?.message ?? "", /again to use it for another address/)
  }
  const allowed = await inventory.importCsv(
    admin,
    csv("brand-new", "203.0.113.66", "near", "core", "", "", "", "161"),
    false,
  )
  assert.equal(allowed.created, 1)
})

const TYPED: readonly (readonly [string, TypedSecret | null, string])[] = [
  ["nothing", null, "secret-needed"],
  ["one of two", { password: "the-password" }, "secret-needed"],
  ["a wrong one", { password: "a guess", snmpCommunity: "the-community" }, "secret-wrong"],
  ["both", { password: "the-password", snmpCommunity: "the-community" }, "done"],
]
for (const [name, typed, expected] of TYPED)
  test(`an operator types ${name}: ${expected}`, async () => {
    const id = await stored()
    assert.equal(
      await outcome(inventory.changeDevice(operator, id, { address: "203.0.113.7" }, typed)),
      expected,
    )
  })

test("a rejection names each secret by its field; the audit names why it was allowed, and no secret", async () => {
  const id = await stored()
  const error = await inventory
    .changeDevice(operator, id, { address: "203.0.113.7" })
    .catch((caught: unknown) => caught)
  assert.ok(error instanceof HttpError)
  assert.deepEqual(
    error.fields?.map(({ path }) => path),
    ["secret.password", "secret.snmpCommunity"],
  )
  assert.match(error.message, /Type the password and SNMP community of "core" again/)
  await inventory.changeDevice(
    operator,
    id,
    { address: "203.0.113.7" },
    { password: "the-password", snmpCommunity: "the-community" },
  )
  const [row] = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<
        { detail: object }[]
      >`select detail from audit.entry where subject_id = ${id} order by id desc limit 1`,
  )
  assert.equal(Reflect.get(row?.detail ?? {}, "secretUse"), "typed-again")
  assert.doesNotMatch(JSON.stringify(row), /the-password|the-community/)
})

test("a saved secret cannot be found by guessing", async () => {
  const fresh = makeInventory(db)
  const id = await stored()
  const guess = (password: string) =>
    outcome(
      fresh.changeDevice(
        operator,
        id,
        { address: "203.0.113.8" },
        { password, snmpCommunity: "the-community" },
      ),
    )
  for (let n = 0; n < 5; n += 1) assert.equal(await guess(`guess ${n}`), "secret-wrong")
  assert.equal(await guess("the-password"), "too-many-tries")
})

const NETWORKS: readonly (readonly [string, Partial<DeviceInput>, string])[] = [
  ["inside, by the standard ports", { address: "198.51.100.7", methods: pinned }, "done"],
  ["inside, of IPv6", { address: "2001:db8::7", methods: pinned }, "done"],
  ["outside", { address: "203.0.113.7", methods: pinned }, "secret-needed"],
  [
    "a name, which may lead anywhere",
    { address: "r.example.net", methods: pinned },
    "secret-needed",
  ],
  [
    "a number, which a name server may be asked for",
    { address: "0xc6336407", methods: pinned },
    "secret-needed",
  ],
  [
    "inside, at a port of somebody's own",
    { address: "198.51.100.7", methods: api({ port: 4_444 }) },
    "secret-needed",
  ],
  [
    "inside, without TLS",
    { address: "198.51.100.7", methods: api({ port: 8_728, tls: false, fingerprint: null }) },
    "secret-needed",
  ],
]
for (const [name, over, expected] of NETWORKS)
  test(`a credential with allowed networks is used ${name}: ${expected}`, async () => {
    const device = makeDevice({ agentId: agents[0], credentialId: listed, ...over })
    assert.equal(await outcome(inventory.createDevice(operator, device)), expected)
  })

test("the account made for one device is sent where that device is, whatever credential it has", async () => {
  const id = await stored({ credentialId: null })
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`update secrets.credential set device_id = ${id} where id = ${listed}`,
  )
  assert.equal(
    await outcome(inventory.changeDevice(operator, id, { address: "203.0.113.66" })),
    "secret-needed",
  )
  assert.equal(
    await outcome(
      inventory.changeDevice(operator, id, { methods: api({ fingerprint: OTHER_PIN }) }),
    ),
    "secret-needed",
  )
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`update secrets.credential set device_id = null where id = ${listed}`,
  )
})

const ADDRESSES: readonly (readonly [string, Partial<DeviceInput["methods"]>, string, string])[] = [
  ["127.0.0.1", { snmp: { port: 161 } }, "invalid", "invalid"],
  ["localhost", { snmp: { port: 161 } }, "invalid", "invalid"],
  ["0x7f.1", { snmp: { port: 161 } }, "invalid", "invalid"],
  ["::ffff:127.0.0.1", { snmp: { port: 161 } }, "invalid", "invalid"],
  ["169.254.169.254", {}, "invalid", "invalid"],
  [
    "169.254.3.3",
    { routerosApi: { port: 8729, tls: true, fingerprint: null } },
    "invalid",
    "invalid",
  ],
  ["fe80::1", { snmp: { port: 161 } }, "invalid", "invalid"],
  ["224.0.0.5", {}, "invalid", "invalid"],
  ["0.0.0.0", {}, "invalid", "invalid"],
  ["127.0.0.1", {}, "done", "done"],
  ["127.0.0.1", { tcpPort: 5_432 }, "invalid", "done"],
]
for (const [address, methods, byOperator, byAdmin] of ADDRESSES)
  test(`a device at ${address} with ${JSON.stringify(methods)}: ${byOperator} for an operator, ${byAdmin} for an administrator`, async () => {
    const device = () =>
      makeDevice({ address, agentId: agents[0], methods: MethodsInput.parse(methods) })
    assert.equal(await outcome(inventory.createDevice(operator, device())), byOperator)
    assert.equal(await outcome(inventory.createDevice(admin, device())), byAdmin)
    const line = csv(
      "x-in-a-list",
      address,
      "near",
      "",
      "",
      "",
      "",
      methods.snmp === undefined ? "" : "161",
    )
    if (methods.snmp !== undefined)
      assert.equal((await inventory.importCsv(admin, line, false)).rejected[0]?.column, "address")
  })

test("an agent's allowed networks permit special addresses in them, and nothing outside", async () => {
  await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx`update agents.agent set allowed_networks = '{127.0.0.0/8,192.0.2.0/24}' where id = ${agents[1]}`,
  )
  const at = (address: string) =>
    outcome(
      inventory.createDevice(
        admin,
        makeDevice({ address, agentId: agents[1], methods: MethodsInput.parse({ snmp: {} }) }),
      ),
    )
  assert.equal(await at("127.0.0.1"), "done")
  assert.equal(await at("192.0.2.77"), "done")
  assert.equal(await at("203.0.113.77"), "invalid")
  assert.equal(await at("169.254.169.254"), "invalid")
})
