/** After a return to this release: what a later one has stored holds no other message back. */
import assert from "node:assert/strict"
import { after, afterEach, before, beforeEach, test } from "node:test"
import { openSql } from "../../platform/postgres/db.ts"
import { type NotifyRig, openNotifyRig, webhookInput } from "./test/notify-rig.ts"
import { type HttpReceiver, httpReceiver } from "./test/receivers.ts"

let http: HttpReceiver
let rig: NotifyRig
let counted: number
before(async () => {
  http = await httpReceiver()
})
after(() => http.close())
beforeEach(async () => {
  http.received.length = 0
  http.react = () => ({ status: 200 })
  counted = 0
  rig = await openNotifyRig(undefined, undefined, {
    onUndeliverable: (count) => {
      counted += count
    },
  })
})
afterEach(async () => {
  await rig.end()
  assert.deepEqual(rig.faults, [])
})

/** A later release has more kinds of deliveries. */
const storeOfLaterRelease = async (channel: string): Promise<void> => {
  const { db } = rig
  const owner = openSql(db.owner, { name: "test", max: 1 })
  await owner`alter table notify.delivery drop constraint delivery_kind_check`
  await owner.end()
  await db.dbs.jobs.asOrg(
    db.org,
    (tx) => tx`
      insert into notify.delivery (org_id, key, kind, channel_id, channel_name, channel_kind, state, due_at, expires_at)
      values (${db.org}, 'later', 'summary', ${channel}, 'NOC', 'webhook', 'waiting', now() - interval '1 minute', now() + interval '1 hour')`,
  )
}

test("a delivery that this release cannot read is given up with its reason, and the others are sent", async () => {
  const channel = await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  await rig.channel(webhookInput("Others", `${http.url}/others`))
  await storeOfLaterRelease(channel)
  const incident = await rig.open()
  await rig.until("both channels have it", () => http.received.length === 2)
  await rig.close(incident)
  await rig.until("both have its end", () => http.received.length === 4)
  const rows = await rig.deliveries()
  const [other] = rows.filter(({ kind }) => kind === "other")
  assert.equal(other?.state, "dead")
  assert.deepEqual(other.reason, {
    code: "notify.undeliverable",
    params: { what: "kind “summary”" },
  })
  assert.equal(counted, 1)
  assert.equal(rows.length, 5)
})

test("an incident that this release cannot read notifies nobody, and holds nobody else's back", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const { db } = rig
  http.react = () => ({ status: 500 })
  const unreadable = await rig.open()
  await rig.until("it is tried", () => http.received.length > 0)
  await db.dbs.jobs.asOrg(
    db.org,
    (tx) =>
      tx`update incidents.incident set causes = '[{"made": "up"}]' where id = ${unreadable.id}`,
  )
  http.react = () => ({ status: 200 })
  http.received.length = 0
  await rig.open()
  await rig.until("the other arrives", () =>
    http.received.some(({ json }) => json.title === "Link 2 is cut"),
  )
  await rig.until("the first is given up", async () =>
    (await rig.deliveries()).some(({ state }) => state === "dead"),
  )
  const [dead] = (await rig.deliveries()).filter(({ state }) => state === "dead")
  assert.deepEqual(dead?.reason, { code: "notify.undeliverable", params: { what: "incident" } })
})

test("a title of a later release is sent as plain text", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const { db } = rig
  http.react = () => ({ status: 500 })
  const incident = await rig.open()
  await rig.until("it is tried", () => http.received.length > 0)
  await db.dbs.jobs.asOrg(
    db.org,
    (tx) =>
      tx`update incidents.incident set title = '{"code": "title.made-up", "params": {}}' where id = ${incident.id}`,
  )
  http.react = () => ({ status: 200 })
  const text = "Opened by a later release (title.made-up)"
  await rig.until("it arrives", () => http.received.some(({ json }) => json.title === text))
  await rig.until("the log lists it", async () =>
    (await rig.deliveries()).every(({ state }) => state === "delivered"),
  )
})
