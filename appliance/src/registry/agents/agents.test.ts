import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { Assignment, type Task, type TestResult } from "@ispvm/wire"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import { makeOrg } from "../../../test/make-flow.ts"
import { TestAnswer, type TestRequest } from "../../api/access-test.ts"
import { Agent } from "../../api/agents.ts"
import { MethodsInput } from "../../api/inventory.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { KnownAgent } from "./agents.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const never = new AbortController().signal
const isRejection = (status: number, code: string) => (error: unknown) =>
  error instanceof HttpError && error.status === status && error.code === code
const create = async (name: string): Promise<string> =>
  (await rig.agents.create(rig.actor, { name, siteId: null, deviceId: null })).id
const known = async (name: string): Promise<KnownAgent> => {
  const { id } = await rig.enrolled(name)
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<KnownAgent[]>`
    select id, key, org_id as org, name from agents.agent where id = ${id}`,
  )
  assert.ok(row)
  return row
}
const addDevice = async (
  name: string,
  agent: string,
  credential: string | null,
): Promise<string> => {
  const methods = MethodsInput.parse({ routerosApi: {}, snmp: {} })
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ id: string }[]>`
    insert into inventory.device (org_id, name, address, methods, agent_id, credential_id)
    values (${rig.org}, ${name}, '192.0.2.1', ${tx.json(methods)}, ${agent}, ${credential}) returning id`,
  )
  assert.ok(row)
  return row.id
}
const addCredential = async (name: string): Promise<string> => {
  const input = {
    name,
    username: "monitor",
    password: "pa55word-of-a-router",
    snmpCommunity: "c0mmunity-of-a-router",
    snmpV3: null,
  }
  return (await rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.create(tx, rig.org, input))).id
}
const audit = (subject: string) =>
  rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ action: string; actor: string; detail: unknown }[]>`
    select action, actor, detail from audit.entry where subject_id = ${subject} order by id`,
  )
const request = (agentId: string, fields: Partial<TestRequest> = {}): TestRequest => ({
  agentId,
  address: "192.0.2.1",
  methods: MethodsInput.parse({ routerosApi: {} }),
  credentialId: null,
  credential: { username: "u", password: "typed-by-hand", snmpCommunity: null, snmpV3: null },
  ...fields,
})

test("each step in the life of an agent is an audit row", async () => {
  const id = await create("life")
  assert.equal((await rig.agents.one(rig.org, id)).enrolment, "none")
  const { token, command } = await rig.agents.token(rig.actor, id, "noc.example.net")
  assert.equal(
    command,
    `printf '%s\\n' ${token} | npm run agent -- --url https://noc.example.net:8444 --token -`,
  )
  assert.equal((await rig.agents.one(rig.org, id)).enrolment, "waiting")
  assert.equal((await rig.enrolWith(token)).status, 200)
  const agent = await rig.agents.one(rig.org, id)
  assert.ok(Agent.safeParse(agent).success)
  assert.deepEqual(
    [agent.enrolment, agent.tokenExpiresAtMs, agent.statusReason],
    ["enrolled", null, "offline"],
  )
  assert.match(agent.certificateSerial ?? "", /^[0-9a-f]{34}$/)
  await rig.agents.change(rig.actor, id, { name: "life-2" })
  await rig.agents.revoke(rig.actor, id)
  await rig.agents.remove(rig.actor, id)
  await assert.rejects(rig.agents.one(rig.org, id), isRejection(404, "not-found"))
  const rows = await audit(id)
  assert.deepEqual(
    rows.map(({ action, actor }) => [action, actor]),
    [
      ["agent.created", "a@b.c"],
      ["agent.token-made", "a@b.c"],
      ["agent.enrolled", "agent life"],
      ["agent.changed", "a@b.c"],
      ["agent.revoked", "a@b.c"],
      ["agent.removed", "a@b.c"],
    ],
  )
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(token.split(".")[1] ?? "x"))
})

test("a name is unique, and the site must exist in this organisation", async () => {
  const id = await create("twin")
  const input = { name: "other-twin", siteId: null, deviceId: null }
  await assert.rejects(create("twin"), isRejection(409, "name-taken"))
  await rig.agents.create(rig.actor, input)
  await assert.rejects(
    rig.agents.change(rig.actor, id, { name: "other-twin" }),
    isRejection(409, "name-taken"),
  )
  await assert.rejects(
    rig.agents.change(rig.actor, id, { siteId: randomUUID() }),
    isRejection(422, "invalid"),
  )
  await assert.rejects(
    rig.agents.create(rig.actor, { ...input, name: "n", deviceId: randomUUID() }),
    isRejection(422, "invalid"),
  )
  await assert.rejects(
    rig.agents.change(rig.actor, randomUUID(), {}),
    isRejection(404, "not-found"),
  )
})

test("another organisation can neither read nor change it", async () => {
  const id = await create("private")
  const org = await makeOrg(rig, "Other")
  const stranger = { ...rig.actor, org }
  assert.deepEqual(await rig.agents.all(org), [])
  for (const touch of [
    () => rig.agents.change(stranger, id, { name: "mine" }),
    () => rig.agents.remove(stranger, id),
    () => rig.agents.token(stranger, id, "x"),
    () => rig.agents.revoke(stranger, id),
    () => rig.agents.test(stranger, request(id)),
  ])
    await assert.rejects(touch(), isRejection(404, "not-found"))
})

test("an assignment contains the decrypted secrets, its audit row only the names of the credentials", async () => {
  const agent = await known("watcher")
  const credential = await addCredential("core")
  await addDevice("core-1", agent.id, credential)
  await addDevice("core-2", agent.id, credential)
  const assignment = Assignment.parse(await rig.agents.assignment(agent))
  assert.equal(assignment.devices.length, 2)
  assert.equal(assignment.devices[0]?.access.routerosApi?.password, "pa55word-of-a-router")
  assert.deepEqual(assignment.devices[0]?.access.snmp, {
    port: 161,
    community: "c0mmunity-of-a-router",
  })
  const last = (await audit(agent.id)).at(-1)
  assert.equal(last?.action, "credential.sent-to-agent")
  assert.deepEqual(last?.detail, {
    credentials: [credential],
    devices: 2,
    revision: assignment.revision,
  })
  assert.doesNotMatch(JSON.stringify(await audit(agent.id)), /pa55word|c0mmunity/)
})

test("a credential that cannot be decrypted affects only its own devices", async () => {
  const agent = await known("half-blind")
  const [good, bad] = [await addCredential("good"), await addCredential("bad")]
  await addDevice("seen", agent.id, good)
  await addDevice("unseen", agent.id, bad)
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`update secrets.credential set sealed = '\\x00' where id = ${bad}`,
  )
  const before = rig.faults.length
  const { devices } = await rig.agents.assignment(agent)
  assert.deepEqual(
    devices.map(({ name, access }) => [name, access.routerosApi !== null, access.icmp]),
    [
      ["seen", true, true],
      ["unseen", false, true],
    ],
  )
  assert.equal(rig.faults.length, before + 1)
})

test("a change of the inventory changes the revision and notifies the affected agents only", async () => {
  const [agent, other] = [await known("called"), await known("not-called")]
  const credential = await addCredential("edge")
  const was = await rig.agents.revision(agent)
  const poll = rig.agents.takeTasks(agent, 5_000, never)
  const device = await addDevice("edge-1", agent.id, credential)
  rig.changes.emit({ org: rig.org, what: "device", id: device })
  assert.deepEqual(
    (await poll).map((task: Task) => task.kind),
    ["reload"],
  )
  const now = await rig.agents.revision(agent)
  assert.notEqual(now, was)
  assert.equal((await rig.agents.assignment(agent)).revision, now)
  assert.deepEqual(await rig.agents.takeTasks(other, 0, never), [])
  const again = rig.agents.takeTasks(agent, 5_000, never)
  await rig.dbs.ui.asOrg(rig.org, (tx) =>
    rig.secrets.change(tx, rig.org, credential, { password: "new" }),
  )
  rig.changes.emit({ org: rig.org, what: "credential", id: credential })
  assert.equal((await again).length, 1)
  assert.notEqual(await rig.agents.revision(agent), now)
})

test("an agent's last report about itself survives a restart", async () => {
  const agent = await known("remembered")
  const atMs = rig.clock.now() + 1_500
  const capabilities = { icmp: false, syslogPort: 514 }
  const sizes = { devices: 0, bufferBatches: 7, bufferBytes: 1, oldestBufferedAtMs: 5 }
  const heartbeat = {
    protocol: 1,
    atMs,
    version: "9.9",
    startedAtMs: 1,
    hostname: "pop",
    revision: "",
    capabilities,
    notes: ["a note"],
  }
  rig.agents.receive(agent, { ...heartbeat, ...sizes })
  await rig.agents.stop()
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ skew: number; version: string }[]>`
    select clock_skew_ms as skew, heartbeat ->> 'version' as version from agents.agent where id = ${agent.id}`,
  )
  assert.deepEqual([row?.skew, row?.version], [1_500, "9.9"])
  const shown = await rig.agents.one(rig.org, agent.id)
  assert.deepEqual(
    [shown.status, shown.clockSkewMs, shown.icmp, shown.notes],
    ["ok", 1_500, false, [{ code: "agent.own-note", params: { text: "a note" } }]],
  )
})

test("an agent's sign of life carries its time by the appliance's clock", async () => {
  const agent = await known("herald")
  const news: unknown[] = []
  const stop = rig.agents.seen.on((seen) => news.push(seen))
  rig.agents.receive(agent, null)
  stop()
  assert.deepEqual(news, [{ org: rig.org, agentId: agent.id, atMs: rig.clock.now() }])
})

test("a test on an offline agent is a result that names the agent, and decrypts no secret", async () => {
  const id = await create("absent")
  const credentialId = await addCredential("unopened")
  const answer = TestAnswer.parse(await rig.agents.test(rig.actor, request(id, { credentialId })))
  assert.equal(answer.steps[0]?.reason, "never-enrolled")
  const { id: offline } = await rig.enrolled("offline")
  assert.equal(
    (await rig.agents.test(rig.actor, request(offline))).steps[0]?.reason,
    "agent-offline",
  )
  assert.deepEqual(
    (await audit(id)).map(({ action }) => action),
    ["agent.created"],
  )
})

/** Acts as the agent: takes the test and answers it. */
const answering = async (
  agent: KnownAgent,
  answer: Partial<TestResult>,
): Promise<Task | undefined> => {
  const [task] = await rig.agents.takeTasks(agent, 5_000, never)
  if (task?.kind === "test-access")
    rig.agents.complete(agent, {
      kind: "test-access",
      id: task.id,
      ok: true,
      steps: [],
      fingerprint: null,
      facts: null,
      ...answer,
    })
  return task
}

test("a test combines typed and saved values and shows the remedy of each step", async () => {
  const agent = await known("tester")
  rig.agents.receive(agent, null)
  const credentialId = await addCredential("saved")
  const credential = {
    username: null,
    password: "typed-by-hand",
    snmpCommunity: null,
    snmpV3: null,
  }
  const methods = MethodsInput.parse({ routerosApi: {}, snmp: {} })
  const running = rig.agents.test(
    rig.actor,
    request(agent.id, { credentialId, credential, methods }),
  )
  const steps: TestResult["steps"] = [
    { step: "tcp", reason: "refused", message: "port 8729 is closed", tookMs: 2 },
  ]
  const task = await answering(agent, { ok: false, steps })
  assert.ok(task?.kind === "test-access")
  assert.deepEqual(
    [task.access.routerosApi?.username, task.access.routerosApi?.password],
    ["monitor", "typed-by-hand"],
  )
  assert.deepEqual(task.access.snmp, { port: 161, community: "c0mmunity-of-a-router" })
  const answer = TestAnswer.parse(await running)
  assert.equal(answer.steps[0]?.remedy?.code, "remedy.refused")
  const entries = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select detail from audit.entry where action = 'device.access-tested'`,
  )
  assert.equal(entries.length, 1)
  assert.doesNotMatch(JSON.stringify(entries), /typed-by-hand|pa55word/)
})

test("a method without its secret is reported, not skipped", async () => {
  const agent = await known("thorough")
  rig.agents.receive(agent, null)
  const methods = MethodsInput.parse({ routerosApi: {}, snmp: {} })
  const running = rig.agents.test(rig.actor, request(agent.id, { credential: null, methods }))
  await answering(agent, { ok: true })
  const answer = await running
  assert.equal(answer.ok, false)
  assert.deepEqual(
    answer.steps.map(({ step, reason }) => [step, reason]),
    [
      ["login", "secret-missing"],
      ["snmp", "secret-missing"],
    ],
  )
})

test("an enrolment deletes old tokens and certificates, but not the newest certificate of an agent", async () => {
  const [lone, busy] = [await create("prune-lone"), await create("prune-busy")]
  const day = 86_400_000
  const at = (days: number) => new Date(rig.clock.now() + days * day)
  await rig.dbs.ui.asOrg(rig.org, async (tx) => {
    for (const [agent, name, issued, expires] of [
      [lone, "p1", -90, -60],
      [busy, "p2", -90, -60],
      [busy, "p3", -60, -30],
      [busy, "p4", -10, 20],
    ] as const)
      await tx`insert into agents.certificate (serial, org_id, agent_id, fingerprint, issued_at, expires_at)
        values (${name}, ${rig.org}, ${agent}, ${name}, ${at(issued)}, ${at(expires)})`
    for (const [name, expires, used] of [
      ["t1", -9, null],
      ["t2", -9, at(-8)],
      ["t3", -1, at(-1)],
    ] as const)
      await tx`insert into agents.token (secret_hash, org_id, agent_id, expires_at, used_at)
        values (${Buffer.from(name)}, ${rig.org}, ${lone}, ${at(expires)}, ${used})`
  })
  await rig.enrolled("prune-new")
  const left = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ name: string }[]>`
    select serial as name from agents.certificate where agent_id in (${lone}, ${busy})
    union select convert_from(secret_hash, 'UTF8') from agents.token where agent_id = ${lone} order by 1`,
  )
  assert.deepEqual(
    left.map(({ name }) => name),
    ["p1", "p4", "t3"],
  )
})
