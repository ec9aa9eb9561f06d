import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import {
  type CompanionRig,
  keyIn,
  makeDesired,
  openCompanionRig,
  rejectionOf,
} from "../../../test/companion-rig.ts"
import { makeOrg } from "../../../test/make-flow.ts"

const PEM = "-----BEGIN"
const HOUR = 3_600_000

let open: CompanionRig
let rig: CompanionRig["rig"]
before(async () => {
  open = await openCompanionRig()
  rig = open.rig
})
after(() => open.close())

const keys = async (id: string) =>
  (await open.companions.view(rig.org, id)).keys.map(({ state }) => state)
const identified = async (key: string) => {
  const found = await open.companions.identify(key)
  return found.ok ? `ok ${found.router.name}` : found.reason
}
const use = async (key: string): Promise<void> => {
  const found = await open.companions.identify(key)
  assert.ok(found.ok)
  await open.companions.used(found.router, rig.clock.now())
}
/** All texts of all rows that could contain what was sent to a router, joined. */
const stored = async (): Promise<string> => {
  const tables = [
    "companion.desired_config",
    "companion.key",
    "companion.link",
    "audit.entry",
    "secrets.credential",
    "inventory.device",
  ]
  const rows = await rig.dbs.ui.asOrg(rig.org, async (tx) => {
    const all: unknown[] = []
    for (const table of tables)
      all.push(...(await tx`select to_jsonb(t) as row from ${tx(table)} t`))
    return all
  })
  return JSON.stringify(rows)
}

test("a desired configuration is stored, and omitted values are suggested: release, agents, address of the appliance", async () => {
  const id = await open.newDevice()
  const none = await open.companions.view(rig.org, id)
  assert.deepEqual(
    [none.desired, none.release, none.releaseFrom, none.keys, none.lastPushAtMs],
    [null, null, "none", [], null],
  )
  const now = await open.companions.configure(rig.actor, id, makeDesired({ profile: "core" }))
  assert.deepEqual(
    [now.desired?.profile, now.release, now.releaseFrom],
    ["core", "7.18.2", "desired"],
  )
  assert.deepEqual(now.suggested, { agentAddresses: [], applianceHost: "noc.example.net" })
  await open.companions.configure(rig.actor, id, makeDesired({ release: null }))
  const updating = rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`update inventory.device set version = '7.20.4 (stable)' where id = ${id}`,
  )
  await updating
  const view = await open.companions.view(rig.org, id)
  assert.deepEqual([view.release, view.releaseFrom], ["7.20.4", "router"])
})

test("each onboarding script contains a new key and the same account; every other script contains no secret", async () => {
  const id = await open.configuredDevice({ harden: { servicesOff: ["telnet"] } })
  const [first, second] = [await open.onboard(id), await open.onboard(id)]
  assert.notEqual(keyIn(first.text), keyIn(second.text))
  const withoutKeys = (text: string) => text.replaceAll(/ispvmr1\.[\w-]{16}\.[\w-]{43}/g, "KEY")
  assert.equal(withoutKeys(first.text), withoutKeys(second.text))
  assert.ok(first.text.includes(PEM) && first.text.includes("https://noc.example.net:8445/push/v1"))
  for (const kind of ["harden", "confirm-harden", "remove"] as const) {
    const { text } = await open.companions.script(rig.actor, id, kind)
    assert.ok(!/ispvmr1\.(?!x{16})/.test(text), kind)
  }
  assert.deepEqual(await keys(id), ["active", "overlapping"])
})

test("a preview shows the same script with its secrets masked, and stores nothing", async () => {
  const id = await open.newDevice()
  const before = await stored()
  const preview = await open.companions.preview(rig.org, id, makeDesired())
  assert.equal(await stored(), before)
  await open.companions.configure(rig.actor, id, makeDesired())
  const script = await open.onboard(id)
  assert.deepEqual(
    preview.parts.map((part) => part.id),
    script.parts.map((part) => part.id),
  )
  assert.equal(keyIn(preview.text), `ispvmr1.${"x".repeat(16)}.${"x".repeat(43)}`)
})

test("secrets that were sent to a router once are neither in the database nor in the audit", async () => {
  const id = await open.configuredDevice()
  const { text } = await open.onboard(id)
  const link = await open.companions.link(rig.actor, id, "onboard")
  const secret = /Bearer ([\w-]{43})/.exec(link.curl)?.[1] ?? assert.fail("no secret")
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select credential_id as id from companion.desired_config where device_id = ${id}`,
  )
  const account = await rig.dbs.ui.asOrg(rig.org, (tx) =>
    rig.secrets.open(tx, rig.org, String(row?.id)),
  )
  const { password, snmpV3 } = account
  const secrets = [
    keyIn(text).split(".")[2],
    secret,
    password,
    snmpV3?.authPassword,
    snmpV3?.privPassword,
  ]
  const all = await stored()
  for (const each of secrets) {
    assert.ok(each !== undefined && each !== null && each.length >= 20)
    assert.ok(!all.includes(each))
  }
  for (const each of secrets.filter((one) => one !== secret)) assert.ok(text.includes(String(each)))
  assert.ok(!link.url.includes(secret) && link.command.includes(secret))
})

test("the older key is valid until the newer one is first used, and then ends at once", async () => {
  const id = await open.configuredDevice()
  const old = keyIn((await open.onboard(id)).text)
  await use(old)
  const made = await open.companions.rotate(rig.actor, id)
  const fresh = keyIn(made.script.text)
  assert.equal(made.key.id, fresh.split(".")[1])
  assert.ok(made.script.remarks.some((remark) => remark.id === "key-overlap"))
  assert.match(await identified(old), /^ok/)
  open.invalidations.length = 0
  await use(old)
  assert.deepEqual(await keys(id), ["active", "overlapping"])
  await use(fresh)
  assert.deepEqual([await identified(old), await keys(id)], ["key-expired", ["active", "expired"]])
  assert.deepEqual(open.invalidations, [{ org: rig.org, device: id, key: old.split(".")[1] }])
  assert.match(await identified(fresh), /^ok/)
})

test("an older key ends after a day even if the newer one was never used", async () => {
  const id = await open.configuredDevice()
  const old = keyIn((await open.onboard(id)).text)
  const fresh = keyIn((await open.onboard(id)).text)
  rig.pass(23 * HOUR)
  assert.match(await identified(old), /^ok/)
  rig.pass(2 * HOUR)
  assert.deepEqual([await identified(old), await keys(id)], ["key-expired", ["active", "expired"]])
  assert.match(await identified(fresh), /^ok/)
})

test("a revoked key is rejected at once, and caches of its lookup are notified", async () => {
  const id = await open.configuredDevice()
  const key = keyIn((await open.onboard(id)).text)
  const name = key.split(".")[1] ?? ""
  const other = await open.newDevice()
  open.invalidations.length = 0
  assert.equal((await rejectionOf(open.companions.revoke(rig.actor, other, name))).status, 404)
  assert.match(await identified(key), /^ok/)
  await open.companions.revoke(rig.actor, id, name)
  assert.deepEqual(open.invalidations, [{ org: rig.org, device: id, key: name }])
  const found = await open.companions.identify(key)
  assert.deepEqual(
    [!found.ok && found.reason, !found.ok && found.router?.device, await keys(id)],
    ["key-revoked", id, ["revoked"]],
  )
})

test("a wrong secret, another router's id and a malformed key are rejected alike, and a removed router has no key", async () => {
  const id = await open.configuredDevice()
  const key = keyIn((await open.onboard(id)).text)
  const [head = "", name = "", secret = ""] = key.split(".")
  const flipped = `${secret.startsWith("A") ? "B" : "A"}${secret.slice(1)}`
  assert.equal(await identified(`${head}.${name}.${flipped}`), "key-unknown")
  assert.equal(await identified(`${head}.${"A".repeat(16)}.${secret}`), "key-unknown")
  for (const junk of ["", "x", `${key} `, `${key}\n`, "ispvmr1..", "a".repeat(100_000)])
    assert.equal(await identified(junk), "key-malformed")
  await open.inventory.removeDevice(rig.actor, id)
  assert.equal(await identified(key), "key-unknown")
})

test("a link delivers its script once: of two concurrent requests one gets it, and the key is generated then", async () => {
  const id = await open.configuredDevice()
  const { curl, expiresAtMs, url } = await open.companions.link(rig.actor, id, "onboard")
  assert.equal(url, "https://noc.example.net:8445/push/v1/script")
  assert.equal(expiresAtMs, rig.clock.now() + 15 * 60_000)
  assert.deepEqual(await keys(id), [])
  const secret = /Bearer ([\w-]{43})/.exec(curl)?.[1] ?? ""
  const results = await Promise.all(
    [1, 2, 3].map(() => open.companions.redeemLink(secret, "198.51.100.7")),
  )
  assert.equal(results.filter((one) => one.ok).length, 1)
  const [got] = results.filter((one) => one.ok)
  assert.match(await identified(keyIn(got?.ok ? got.text : "")), /^ok/)
  assert.deepEqual(await keys(id), ["active"])
  const again = await open.companions.redeemLink(secret, "198.51.100.7")
  assert.equal(!again.ok && again.reason, "link-used")
})

test("a link ends after 15 minutes or when a newer one is created, and a forged one is invalid", async () => {
  const id = await open.configuredDevice()
  const secretOf = async () =>
    /Bearer ([\w-]{43})/.exec((await open.companions.link(rig.actor, id, "remove")).curl)?.[1] ?? ""
  const [first, second] = [await secretOf(), await secretOf()]
  const reason = async (secret: string) => {
    const result = await open.companions.redeemLink(secret, "198.51.100.7")
    return result.ok ? "ok" : result.reason
  }
  assert.equal(await reason(first), "link-unknown")
  rig.pass(15 * 60_000)
  for (let attempt = 0; attempt < 5; attempt += 1)
    assert.equal(await reason(second), "link-expired")
  const rows = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) =>
      tx`select 1 from audit.entry where action = 'companion.link-refused' and subject_id = ${id}`,
  )
  assert.equal(rows.length, 1, "knocking for ever fills no audit")
  for (const junk of ["", "short", "A".repeat(43)]) assert.equal(await reason(junk), "link-unknown")
  const third = await secretOf()
  await open.companions.configure(rig.actor, id, makeDesired({ release: null }))
  assert.equal(await reason(third), "script-impossible")
  await open.companions.configure(rig.actor, id, makeDesired())
  assert.equal(await reason(third), "ok", "what could not be made has not used the link up")
})

const TWICE = ["192.0.2.1", "192.0.2.2"].map((host) => ({ name: "gw", host }))
test("a script that cannot be generated is rejected at its field", async () => {
  const bare = await open.newDevice()
  assert.deepEqual(await rejectionOf(open.onboard(bare)), {
    status: 409,
    code: "no-desired-config",
    fields: undefined,
  })
  const cases: readonly (readonly [over: object, kind: "onboard" | "harden", expected: unknown])[] =
    [
      [{ release: null }, "onboard", ["release"]],
      [{ release: "6.40" }, "onboard", ["release"]],
      [{ netwatch: TWICE }, "onboard", ["netwatch.1.name"]],
      [{ harden: null }, "harden", ["harden"]],
    ]
  for (const [over, kind, expected] of cases) {
    const id = await open.configuredDevice(over)
    const found = await rejectionOf(open.companions.script(rig.actor, id, kind))
    assert.deepEqual([found.status, found.fields], [422, expected], JSON.stringify(over))
    assert.equal((await rejectionOf(open.companions.link(rig.actor, id, kind))).status, 422)
  }
  assert.equal(
    (
      await rejectionOf(
        open.companions.rotate(rig.actor, await open.configuredDevice({ push: false })),
      )
    ).code,
    "no-push",
  )
})

test("a router that no agent reaches gets no account, and the answer says so", async () => {
  const id = await open.configuredDevice({ agentAddresses: [] })
  const { text, remarks, parts } = await open.onboard(id)
  assert.ok(remarks.some((remark) => remark.id === "no-agent"))
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select credential_id as id from companion.desired_config where device_id = ${id}`,
  )
  assert.equal(row?.id, null)
  assert.ok(
    !parts.some((part) => part.id === "api-account" || part.id === "snmp") &&
      !text.includes("/user add"),
  )
})

test("another organisation can neither read, change nor verify it", async () => {
  const id = await open.configuredDevice()
  const key = keyIn((await open.onboard(id)).text)
  const other = { ...rig.actor, org: await makeOrg(rig, "Other") }
  const tries = [
    () => open.companions.view(other.org, id),
    () => open.companions.configure(other, id, makeDesired()),
    () => open.companions.preview(other.org, id, makeDesired()),
    () => open.companions.script(other, id, "onboard"),
    () => open.companions.link(other, id, "onboard"),
    () => open.companions.rotate(other, id),
    () => open.companions.revoke(other, id, key.split(".")[1] ?? ""),
    () => open.companions.verify(other, id),
  ]
  for (const each of tries) assert.equal((await rejectionOf(each())).status, 404)
  assert.match(await identified(key), /^ok/)
})

test("a router without its script is rejected, and is not expected to report", async () => {
  const id = await open.configuredDevice({})
  const key = keyIn((await open.onboard(id)).text)
  const reports = () =>
    rig.dbs.ui.asOrg(
      rig.org,
      async (tx) =>
        (await tx`select reports_every_s as s from inventory.device where id = ${id}`)[0]?.s,
    )
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`update inventory.device set reports_every_s = 60 where id = ${id}`,
  )
  assert.equal(
    (await rejectionOf(open.companions.forget(rig.actor, "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")))
      .status,
    404,
  )
  await open.companions.forget(rig.actor, id)
  assert.equal(await identified(key), "key-revoked")
  assert.deepEqual(
    [await keys(id), (await open.companions.view(rig.org, id)).desired, await reports()],
    [["revoked"], null, null],
  )
  await open.companions.forget(rig.actor, id)
  await open.companions.configure(rig.actor, id, makeDesired())
  assert.match(await identified(keyIn((await open.onboard(id)).text)), /^ok /)
})

test("a router without a heartbeat in its desired configuration is not expected to report", async () => {
  const everyS = (id: string) =>
    rig.dbs.ui.asOrg(
      rig.org,
      async (tx) =>
        (await tx`select reports_every_s as s from inventory.device where id = ${id}`)[0]?.s,
    )
  for (const [over, expected] of [
    [{ heartbeatS: 60 }, 60],
    [{ heartbeatS: 0 }, null],
  ] as const) {
    const id = await open.configuredDevice(over)
    await rig.dbs.ui.asOrg(
      rig.org,
      (tx) => tx`update inventory.device set reports_every_s = 60 where id = ${id}`,
    )
    await open.report(id)
    assert.equal(await everyS(id), expected)
  }
})
