import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import {
  Assignment,
  FEATURES_HEADER,
  formatRedactionHeader,
  REDACTION_HEADER,
  type RedactionReport,
} from "@ispvm/wire"
import { type Client, heartbeatOf, openRig, type Rig } from "../../../test/agent-rig.ts"
import { makeActor } from "../../../test/make.ts"
import { makeOrg } from "../../../test/make-flow.ts"
import { RedactionSettings } from "../../api/redaction.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const FEATURES = { [FEATURES_HEADER]: "redaction" }
const REPORT: RedactionReport = { floor: [], hide: [], version: 0, keyOf: null, keyCheck: null }
const assignmentOf = async (client: Client, headers: Record<string, string> = FEATURES) =>
  Assignment.parse((await rig.send("GET", "/assignment/v1", null, client, headers)).json)
const sendHeartbeat = (
  client: Client,
  report: Partial<RedactionReport> | null,
  features = FEATURES,
) =>
  rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client, {
    ...features,
    ...(report === null
      ? {}
      : { [REDACTION_HEADER]: formatRedactionHeader({ ...REPORT, ...report }) }),
  })
const change = (users: boolean, addresses: boolean, newKey = false) =>
  rig.agents.changeRedaction(rig.actor, { users, addresses, newKey })
const stateOf = async (id: string) =>
  RedactionSettings.parse(await rig.agents.redaction(rig.org)).agents.find((each) => each.id === id)

test("a switch is a version that reaches the agents which know it, and no others", async () => {
  const { id, client } = await rig.enrolled("switched")
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`
      insert into inventory.device (org_id, name, address, methods, agent_id)
      values (${rig.org}, 'switched', '192.0.2.1', '{}', ${id})`,
  )
  const plain = await assignmentOf(client)
  assert.equal(plain.redaction, undefined)
  await sendHeartbeat(client, {})
  assert.equal((await stateOf(id))?.state, "applied")

  const tasks = rig.send("GET", "/tasks/v1?wait=10000", null, client)
  const settings = await change(true, false)
  assert.deepEqual([settings.version, settings.users, settings.addresses], [1, true, false])
  assert.match((await tasks).text, /"kind":"reload"/)
  assert.equal((await stateOf(id))?.state, "pending")
  const switched = await assignmentOf(client)
  assert.notEqual(switched.revision, plain.revision)
  assert.deepEqual(switched.redaction?.hide, ["users"])
  assert.equal(switched.redaction?.version, 1)
  assert.equal((await assignmentOf(client, {})).redaction, undefined)

  await sendHeartbeat(client, {
    hide: ["users"],
    version: 1,
    keyOf: "appliance",
    keyCheck: "a".repeat(16),
  })
  const applied = await stateOf(id)
  assert.deepEqual(
    [applied?.state, applied?.hide, applied?.keyOf],
    ["applied", ["users"], "appliance"],
  )
  rig.pass(10_000)
  await change(true, true)
  assert.equal((await stateOf(id))?.state, "offline")
})

test("an agent of an earlier release is named: it hides nothing of it", async () => {
  await change(true, true)
  const { id, client } = await rig.enrolled("old")
  await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client)
  assert.equal((await stateOf(id))?.state, "too-old")
  assert.deepEqual((await stateOf(id))?.hide, [])
})

test("the key stays until a new one is asked for, and each organisation has its own", async () => {
  const { client } = await rig.enrolled("keyed")
  const keyAfter = async (...args: Parameters<typeof change>) => {
    await change(...args)
    return (await assignmentOf(client)).redaction?.key
  }
  const key = await keyAfter(true, true)
  assert.equal(await keyAfter(false, false), key)
  assert.equal(await keyAfter(true, false), key)
  const another = await keyAfter(true, false, true)
  assert.notEqual(another, key)
  const { history } = await rig.agents.redaction(rig.org)
  assert.deepEqual(
    history.slice(0, 2).map(({ isNewKey }) => isNewKey),
    [true, false],
  )
  const other = await makeOrg(rig, "of other switches")
  const before = await rig.agents.redaction(other)
  assert.deepEqual([before.version, before.users], [0, false])
  await rig.agents.changeRedaction(makeActor(other), {
    users: true,
    addresses: false,
    newKey: false,
  })
  assert.equal((await rig.agents.redaction(other)).version, 1)
  assert.equal((await assignmentOf(client)).redaction?.key, another)
})

test("a change is in the audit with its author and without the key; the same again is none", async () => {
  await change(false, true)
  const { version } = await rig.agents.redaction(rig.org)
  await change(false, true)
  assert.equal((await rig.agents.redaction(rig.org)).version, version)
  const rows = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ actor: string; detail: object }[]>`
      select actor, detail from audit.entry where action = 'redaction.changed' order by id desc limit 1`,
  )
  assert.equal(rows[0]?.actor, rig.actor.email)
  assert.deepEqual(rows[0]?.detail, {
    ...{ users: { before: true, after: false }, addresses: { before: false, after: true } },
    ...{ version, newKey: false },
  })
  assert.doesNotMatch(JSON.stringify(rows), /"key"/)
})
