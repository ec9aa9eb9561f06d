/** Notes that mention people, from the request to the browser that gets it. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { Actor } from "../../platform/http/http.ts"
import { AccountId, type OrgId } from "../../platform/ids.ts"
import { write } from "../../registry/audit/audit.ts"
import { type ActionDeps, createActions } from "../incidents/actions.ts"
import { openIncidents } from "../incidents/incidents.ts"
import type { AddressGuard } from "./channels/guarded-request.ts"
import { type NotifyRig, openNotifyRig } from "./test/notify-rig.ts"
import { makeBrowser, type PushService, startPushService } from "./test/push-service.ts"

const LOOPBACK: AddressGuard = {
  isAllowedAddress: (address) => address === "127.0.0.1",
  protocols: ["http:"],
}
let rig: NotifyRig
let service: PushService
before(async () => {
  service = await startPushService()
  rig = await openNotifyRig(undefined, undefined, { pushGuard: LOOPBACK })
})
after(async () => {
  await rig.end()
  service.close()
})

const person = async (name: string, more: { role?: string; disabled?: boolean } = {}) => {
  const id = randomUUID()
  const { role = "viewer", disabled = false } = more
  await rig.db.dbs.ui.asOrg(
    rig.db.org,
    (tx) => tx`
      insert into auth.account (id, org_id, email, name, role, password_hash, disabled)
      values (${id}, ${rig.db.org}, ${`${id}@example.net`}, ${name}, ${role}, 'x', ${disabled})`,
  )
  const actor: Actor = { ...rig.actor, account: AccountId.parse(id), name, role: "viewer" }
  return actor
}
const subscribe = async (actor: Actor, path: string) => {
  const browser = makeBrowser()
  const { p256dh, auth } = browser
  await rig.notify.browserPush.subscribe(actor, {
    endpoint: `${service.url}${path}`,
    ...{ p256dh, auth, label: "Firefox on Linux", language: "en" },
  })
  await rig.until("its test message", () => gotAt(path).length === 1)
  return browser
}
const gotAt = (path: string) => service.got.filter((one) => one.path === path)

/** As the API uses it, with the incidents that are stored. */
const actions = (more: Partial<ActionDeps> = {}) => {
  const { dbs, org } = rig.db
  return createActions({
    db: dbs.ui,
    now: Date.now,
    runSerially: async (of: OrgId, work) => {
      const incidents = await openIncidents(dbs.ui, of, [], Date.now(), rig.notify.afterSave)
      const topology = { links: new Map(), devices: new Map(), sites: new Map() }
      return await work(incidents, { topology, view: {} } as unknown as Parameters<typeof work>[1])
    },
    onChanged: () => assert.ok(org),
    afterSave: rig.notify.afterSave,
    audit: write,
    ...more,
  })
}
const mentionsOf = async (incident: string) => {
  const { deliveries } = await rig.notify.ofIncident(rig.db.org, incident)
  return deliveries.filter(({ kind }) => kind === "mentioned")
}

test("who is mentioned gets the note once on each own channel; unknown names and people without a channel are answered", async () => {
  const ada = await person("Ada Lovelace")
  await person("Bora")
  await person("Cem", { disabled: true })
  const browser = await subscribe(ada, "/ada")
  const incident = await rig.open()
  const note = "@ada lovelace @Bora @Cem please look, @nobody-else too. @Ada Lovelace!"
  const answer = await actions().note(rig.actor, incident.id, note)
  assert.deepEqual(answer, {
    id: incident.id,
    unknown: ["cem", "nobody-else"],
    withoutChannel: ["Bora"],
  })
  await rig.until("the note", () => gotAt("/ada").length === 2)
  const sent = await mentionsOf(incident.id)
  assert.equal(sent.length, 1)
  const [, got] = gotAt("/ada")
  assert.ok(got !== undefined)
  const said = JSON.parse(browser.decrypt(got.body))
  assert.match(said.title, /^\[MAJOR\] You are mentioned: #\d+ Link \d+ is cut$/)
  assert.equal(said.body, `${rig.actor.name}: ${note}`)
  assert.deepEqual([said.path, said.acknowledge], [`/incidents/${incident.id}`, null])
  await rig.until("the log", async () => (await mentionsOf(incident.id))[0]?.state === "delivered")
})

test("a note after the end of an incident is sent, and one that was waiting is not cancelled by the end", async () => {
  const ada = await person("Deniz")
  await subscribe(ada, "/deniz")
  const incident = await rig.open()
  await rig.close(incident)
  await actions().note(rig.actor, incident.id, "@Deniz it was the fuse")
  await rig.until("the note", () => gotAt("/deniz").length === 2)
  assert.equal((await mentionsOf(incident.id)).length, 1)
})

test("notes that go into one message keep who wrote them, and what, up to a limit", async () => {
  const fatma = await person("Fatma")
  const browser = await subscribe(fatma, "/fatma")
  const notes = Array.from({ length: 14 }, (_, n) => `@Fatma note ${n}:\n${"x".repeat(300)}`)
  const incidents = await Promise.all(notes.map(() => rig.open()))
  await Promise.all(incidents.map(({ id }, n) => actions().note(rig.actor, id, notes[n] ?? "")))
  for (const { id } of incidents)
    await rig.until("its note", async () => (await mentionsOf(id))[0]?.state === "delivered")
  const messages = gotAt("/fatma").slice(1)
  assert.ok(messages.length < notes.length, "several went together")
  const bodies = messages.map(({ body }) => String(JSON.parse(browser.decrypt(body)).body))
  const together = bodies.filter((body) => body.startsWith("• "))
  assert.ok(together.length > 0)
  for (const line of together.flatMap((body) => body.split("\n").slice(0, -1))) {
    assert.match(line, /You are mentioned: #\d+ Link \d+ is cut – .+: @Fatma note \d+: x+…$/)
    assert.ok(line.includes(`– ${rig.actor.name}: `) && line.length < 300, line)
  }
})

test("the delivery is stored with the note or not at all, and nobody is notified by their own note", async () => {
  const eda = await person("Eda")
  await subscribe(eda, "/eda")
  const incident = await rig.open()
  const failing = actions({ audit: async () => assert.fail("the disk is full") })
  await assert.rejects(failing.note(rig.actor, incident.id, "@Eda look"), /disk is full/)
  assert.deepEqual(await mentionsOf(incident.id), [])
  await actions().note(eda, incident.id, "@Eda, to myself")
  assert.deepEqual(await mentionsOf(incident.id), [])
})
