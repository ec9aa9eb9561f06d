import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import { makeOrg } from "../../../test/make-flow.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { DeviceId } from "../../platform/ids.ts"
import { saveCapabilities } from "./capability-store.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const METHODS = '{"routerosApi": {"port": 8729, "tls": true}, "snmp": {"port": 161}, "icmp": true}'
const insert = async (name: string, holder: string, preferred: string, fallback: string) => {
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ id: string }[]>`
      insert into inventory.device (org_id, name, address, methods, agent_id, preferred_agent_id, agent_fallback, fallback_agent_ids)
      values (${rig.org}, ${name}, '192.0.2.1', ${METHODS}::jsonb, ${holder}, ${preferred}, ${fallback},
        ${fallback === "listed" ? [holder] : []}::uuid[])
      returning id`,
  )
  return DeviceId.parse(row?.id)
}
const lease = (device: string, agent: string, fromS: number, toS: number | null, reason: string) =>
  rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`
      insert into agents.lease (org_id, device_id, agent_id, from_at, to_at, reason)
      values (${rig.org}, ${device}, ${agent}, to_timestamp(${fromS}), to_timestamp(${toS}::float8), ${reason})`,
  )

test("what an agent reads, took over and only probes, with the method in use and why", async () => {
  const [own, other] = [await rig.enrolled("own"), await rig.enrolled("other")]
  const alone = await insert("alone", own.id, own.id, "none")
  const taken = await insert("taken", other.id, own.id, "listed")
  await lease(taken, own.id, 1_000, 2_000, "assigned")
  await lease(taken, other.id, 2_000, null, "agent-offline")
  const state = { sinceMs: 5_000_000, triedAtMs: 6_000_000, reason: null }
  const of = { agent: rig.agents && own.id, device: alone } as never
  await rig.dbs.jobs.asOrg(rig.org, (tx) =>
    saveCapabilities(tx, rig.org, [
      { ...(of as object), method: "snmp", state: { ...state, works: true } } as never,
      {
        ...(of as object),
        method: "routeros-api",
        state: { ...state, works: false, reason: "wrong-credentials" },
      } as never,
    ]),
  )

  const [first, second] = await rig.agents.devicesOf(rig.org, own.id)
  assert.deepEqual(
    [first?.name, first?.role, first?.isPreferred, first?.heldSinceMs, first?.takenOverFrom],
    ["alone", "reads", true, null, null],
  )
  assert.deepEqual(
    [first?.method, first?.preferredMethod, first?.methodReason, first?.methodSinceMs],
    ["snmp", "routeros-api", "wrong-credentials", 5_000_000],
  )
  assert.deepEqual(
    [second?.name, second?.role, second?.isPreferred, second?.holder?.name],
    ["taken", "probes", true, "other"],
  )
  assert.equal(second?.methodReason, null)

  const ofOther = await rig.agents.devicesOf(rig.org, other.id)
  assert.equal(ofOther.length, 1)
  assert.deepEqual(
    [ofOther[0]?.role, ofOther[0]?.heldSinceMs, ofOther[0]?.leaseReason, ofOther[0]?.isPreferred],
    ["reads", 2_000_000, "agent-offline", false],
  )
  assert.equal(ofOther[0]?.takenOverFrom?.name, "own")
})

test("an agent of another organisation is not found", async () => {
  const { id } = await rig.enrolled("hidden")
  const stranger = await makeOrg(rig, "of no agents")
  await assert.rejects(
    rig.agents.devicesOf(stranger, id),
    (error) => error instanceof HttpError && error.status === 404,
  )
})
