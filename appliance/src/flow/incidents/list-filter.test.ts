import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import { makeAgent, makeMonitored, makeOrg } from "../../../test/make-flow.ts"
import type { OrgId } from "../../platform/ids.ts"
import { type About, listIncidents } from "./store.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const TITLE = JSON.stringify({ code: "legacy-text", params: { text: "t" } })
const numbers = async (about: About, org: OrgId = db.org): Promise<number[]> =>
  (
    await db.dbs.ui.asOrg(org, (tx) =>
      listIncidents(tx, org, { state: null, before: null, limit: 50, about }),
    )
  ).map(({ number }) => number)

test("incidents of a link and of an interface: causes, alternatives, and alerts of the interfaces at its ends", async () => {
  const agent = await makeAgent(db, db.org)
  const [a, b] = [await makeMonitored(db, agent), await makeMonitored(db, agent)]
  const { id: link } = await makeInventory(db).createLink(makeActor(db.org), {
    name: null,
    a: { deviceId: a, interface: "ether1" },
    b: { deviceId: b, interface: "ge-0/0/1" },
    capacityBps: null,
    medium: null,
  })
  let number = 0
  const open = (
    causes: object[],
    alternatives: object[],
    ports: readonly (readonly [string, string])[],
  ): Promise<void> =>
    db.dbs.ui.asOrg(db.org, async (tx) => {
      number += 1
      const id = randomUUID()
      await tx`
        insert into incidents.incident (id, number, org_id, state, title, causes, alternatives, opened_at)
        values (${id}, ${number}, ${db.org}, 'open', ${TITLE}::text::jsonb, ${JSON.stringify(causes)}::text::jsonb,
          ${JSON.stringify(alternatives)}::text::jsonb, now())`
      for (const [device, port] of ports) {
        const alert = randomUUID()
        await tx`
          insert into alerts.alert (id, org_id, kind, entity, device_id, interface, phase, reason, since, state)
          values (${alert}, ${db.org}, 'interface-down', ${`${device}/${port}`}, ${device}, ${port}, 'down', 'port-down', now(), '{}')`
        await tx`
          insert into incidents.symptom (incident_id, alert_id, org_id, role, since)
          values (${id}, ${alert}, ${db.org}, 'cause', now())`
      }
    })
  const named = { kind: "link", id: link, name: "x" }
  await open([named], [], [])
  await open([], [named], [])
  await open([], [], [[b, "ge-0/0/1"]])
  await open([{ kind: "link", id: randomUUID(), name: "y" }], [], [[a, "ether2"]])
  assert.deepEqual(await numbers({ kind: "link", id: link }), [3, 2, 1])
  assert.deepEqual(await numbers({ kind: "interface", device: a, name: "ether1" }), [3, 2, 1])
  assert.deepEqual(await numbers({ kind: "interface", device: b, name: "ge-0/0/1" }), [3, 2, 1])
  assert.deepEqual(await numbers({ kind: "interface", device: a, name: "ether2" }), [4])
  assert.deepEqual(await numbers({ kind: "link", id: randomUUID() }), [])
  assert.deepEqual(await numbers({ kind: "link", id: link }, await makeOrg(db, "Stranger")), [])
})

test("incidents of a device: its own, those of its site and its agent, and those that made it unreachable", async () => {
  const org = await makeOrg(db, "Sites")
  const agent = await makeAgent(db, org)
  const device = await makeMonitored(db, agent)
  const site = randomUUID()
  let number = 0
  const open = async (
    cause: { kind: string; id: string },
    impacted: string | null = null,
  ): Promise<void> => {
    await db.dbs.ui.asOrg(org, async (tx) => {
      number += 1
      const [id, alert] = [randomUUID(), randomUUID()]
      await tx`
        insert into incidents.incident (id, number, org_id, state, title, causes, alternatives, opened_at)
        values (${id}, ${number}, ${org}, 'closed', ${TITLE}::text::jsonb, ${JSON.stringify([{ ...cause, name: "x" }])}::text::jsonb, '[]', now())`
      if (impacted === null) return
      await tx`
        insert into alerts.alert (id, org_id, kind, entity, device_id, phase, reason, since, state)
        values (${alert}, ${org}, 'device-unreachable', ${impacted}, ${impacted}, 'down', 'probes-unanswered', now(), '{}')`
      await tx`
        insert into incidents.symptom (incident_id, alert_id, org_id, role, since)
        values (${id}, ${alert}, ${org}, 'downstream', now())`
    })
  }
  await db.dbs.ui.asOrg(org, async (tx) => {
    await tx`insert into inventory.site (id, org_id, name) values (${site}, ${org}, 'Hill')`
    await tx`update inventory.device set site_id = ${site} where id = ${device}`
  })
  await open({ kind: "device", id: device })
  await open({ kind: "site", id: site })
  await open({ kind: "agent", id: agent.id })
  await open({ kind: "site", id: randomUUID() }, device)
  await open({ kind: "site", id: randomUUID() })
  assert.deepEqual(await numbers({ kind: "device", id: device }, org), [4, 3, 2, 1])
  assert.deepEqual(await numbers({ kind: "device", id: randomUUID() }, org), [])
})
