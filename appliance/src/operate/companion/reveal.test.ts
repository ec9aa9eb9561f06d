/**
 * Accounts without `secrets:reveal` get no secret that is in use, whichever way a script is
 * requested.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type CompanionRig, openCompanionRig, rejectionOf } from "../../../test/companion-rig.ts"
import type { Actor } from "../../platform/http/http.ts"

let open: CompanionRig
let operator: Actor
before(async () => {
  open = await openCompanionRig()
  operator = { ...open.rig.actor, role: "operator" }
})
after(() => open.close())

const passwordIn = (text: string): string =>
  /password="?([A-Za-z2-9]{24})"?/.exec(text)?.[1] ?? assert.fail("no password in the script")
const secretOf = (link: { readonly curl: string }): string =>
  /Bearer ([\w-]{43})/.exec(link.curl)?.[1] ?? assert.fail("no secret")

test("an operator sees no script with secrets, and no new key", async () => {
  const id = await open.configuredDevice({ harden: { servicesOff: ["telnet"] } })
  assert.deepEqual(await rejectionOf(open.companions.script(operator, id, "onboard")), {
    status: 403,
    code: "forbidden",
    fields: undefined,
  })
  assert.equal((await rejectionOf(open.companions.rotate(operator, id))).code, "forbidden")
  for (const kind of ["harden", "confirm-harden", "remove"] as const)
    assert.ok((await open.companions.script(operator, id, kind)).text.length > 0, kind)
})

test("a link that an operator creates brings new secrets, and those in use stay unchanged", async () => {
  const id = await open.configuredDevice()
  const inUse = passwordIn((await open.onboard(id)).text)
  const credential = await open.rig.dbs.ui.asOrg(
    open.rig.org,
    (tx) =>
      tx<
        { id: string }[]
      >`select credential_id as id from companion.desired_config where device_id = ${id}`,
  )
  await open.rig.dbs.ui.asOrg(
    open.rig.org,
    (tx) =>
      tx`update inventory.device set credential_id = ${credential[0]?.id ?? ""} where id = ${id}`,
  )
  const fetched = await open.companions.redeemLink(
    secretOf(await open.companions.link(operator, id, "onboard")),
    "192.0.2.1",
  )
  assert.ok(fetched.ok)
  assert.notEqual(passwordIn(fetched.text), inUse)
  assert.ok(!fetched.text.includes(inUse))
  const stored = await open.rig.dbs.ui.asOrg(open.rig.org, (tx) =>
    open.rig.secrets.open(tx, open.rig.org, credential[0]?.id ?? ""),
  )
  assert.equal(stored.password, inUse)
})

test("a link that an administrator creates brings the account in use", async () => {
  const id = await open.configuredDevice()
  const shown = passwordIn((await open.onboard(id)).text)
  const taken = await open.companions.redeemLink(
    secretOf(await open.companions.link(open.rig.actor, id, "onboard")),
    "192.0.2.1",
  )
  assert.ok(taken.ok)
  assert.equal(passwordIn(taken.text), shown)
})

test("the account that a script created belongs to its device only", async () => {
  const id = await open.configuredDevice()
  await open.onboard(id)
  const bound = await open.rig.dbs.ui.asOrg(open.rig.org, (tx) =>
    open.rig.secrets.boundTo(tx, open.rig.org, id),
  )
  assert.equal(bound.length, 1)
})

test("a pending link ends when its account comes into use, so that it never shows secrets in use", async () => {
  const id = await open.configuredDevice()
  const waiting = secretOf(await open.companions.link(operator, id, "onboard"))
  const inUse = passwordIn((await open.onboard(id)).text)
  const taken = await open.companions.redeemLink(waiting, "192.0.2.1")
  assert.ok(!taken.ok || !taken.text.includes(inUse))

  const again = secretOf(await open.companions.link(operator, id, "onboard"))
  await open.report(id)
  assert.equal((await open.companions.redeemLink(again, "192.0.2.1")).ok, false)
})
