import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type CompanionRig, makeDesired, openCompanionRig } from "../../../test/companion-rig.ts"

let open: CompanionRig
let rig: CompanionRig["rig"]
before(async () => {
  open = await openCompanionRig()
  rig = open.rig
})
after(() => open.close())

const DESIRED = { release: "7.18.2", agentAddresses: ["192.0.2.10"] }
const make = async (id: string) => (await open.companions.script(rig.actor, id, "accounts")).text
const diagnosticsOf = async (id: string) => {
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx<{ id: string | null }[]>`
      select diagnostics_credential_id as id from inventory.device where id = ${id}`,
  )
  return row?.id ?? null
}
const passwordIn = (text: string, group: string): string =>
  new RegExp(`add name="[^"]+" password="([^"]+)" group="${group}"`).exec(text)?.[1] ?? ""

test("both accounts in their groups, and the device uses the new one for diagnostics", async () => {
  const id = await open.newDevice()
  await open.companions.configure(rig.actor, id, makeDesired(DESIRED))
  assert.equal(await diagnosticsOf(id), null)
  const text = await make(id)
  assert.match(text, /group add name="ispvm" policy=read,api,!/)
  assert.match(text, /group add name="ispvm-diagnostics" policy=read,api,test,!/)
  assert.match(text, /address=192\.0\.2\.10\/32/)
  assert.doesNotMatch(text, /# -- (push|snmp|syslog|firewall)/)
  const credential = await diagnosticsOf(id)
  assert.notEqual(credential, null)
  const opened = await rig.dbs.ui.asOrg(rig.org, (tx) =>
    rig.secrets.open(tx, rig.org, credential ?? ""),
  )
  assert.equal(opened.password, passwordIn(text, "ispvm-diagnostics"))
  assert.notEqual(opened.password, passwordIn(text, "ispvm"))
})

test("made again, it has the same accounts, and changes nothing", async () => {
  const id = await open.newDevice()
  await open.companions.configure(rig.actor, id, makeDesired(DESIRED))
  const [first, credential] = [await make(id), await diagnosticsOf(id)]
  assert.equal(await make(id), first)
  assert.equal(await diagnosticsOf(id), credential)
})

test("without an address of an agent there is nobody whom the accounts could be for", async () => {
  const id = await open.newDevice()
  const desired = makeDesired({ ...DESIRED, agentAddresses: [] })
  await open.companions.configure(rig.actor, id, desired)
  await assert.rejects(make(id), (error: Error) => JSON.stringify(error).includes("agentAddresses"))
})

test("it holds passwords: who may not reveal secrets gets neither the script nor a link", async () => {
  const id = await open.newDevice()
  await open.companions.configure(rig.actor, id, makeDesired(DESIRED))
  const operator = { ...rig.actor, role: "operator" as const }
  await assert.rejects(open.companions.script(operator, id, "accounts"))
  await assert.rejects(open.companions.link(operator, id, "accounts"))
  const { command } = await open.companions.link(rig.actor, id, "accounts")
  assert.match(command, /fetch/)
  assert.equal(await diagnosticsOf(id), null)
})
