/** Browser push against a push service on loopback that decrypts what it gets. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { Actor } from "../../platform/http/http.ts"
import { AccountId } from "../../platform/ids.ts"
import { PUBLIC_ONLY } from "./browser-push.ts"
import type { AddressGuard } from "./channels/guarded-request.ts"
import { guardedPost, wrongAddress } from "./channels/guarded-request.ts"
import { payloadOf } from "./channels/push.ts"
import { type NotifyRig, openNotifyRig, POLICY } from "./test/notify-rig.ts"
import { checkVapid, makeBrowser, type PushService, startPushService } from "./test/push-service.ts"

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

const person = async (name: string): Promise<Actor> => {
  const id = randomUUID()
  const email = `${id}@example.net`
  await rig.db.dbs.ui.asOrg(rig.db.org, async (tx) => {
    await tx`
      insert into auth.account (id, org_id, email, name, role, password_hash)
      values (${id}, ${rig.db.org}, ${email}, ${name}, 'viewer', 'x')`
  })
  return { ...rig.actor, account: AccountId.parse(id), name, email, role: "viewer" }
}
const subscribe = async (actor: Actor, path: string) => {
  const browser = makeBrowser()
  const { p256dh, auth } = browser
  const { channel } = await rig.notify.browserPush.subscribe(actor, {
    endpoint: `${service.url}${path}`,
    ...{ p256dh, auth, label: "Firefox on Linux", language: "en" },
  })
  return { ...browser, channel }
}
const gotAt = (path: string) => service.got.filter((one) => one.path === path)
const useChannel = async (channel: string): Promise<void> => {
  const { version } = await rig.notify.policies(rig.db.org)
  await rig.notify.changePolicies(rig.actor, { version, policies: [POLICY([channel])] })
}

test("a browser gets a test at once, and news of an incident that only it can read", async () => {
  const ada = await person("Ada")
  const browser = await subscribe(ada, "/ada")
  await rig.until("the test message", () => gotAt("/ada").length === 1)
  await useChannel(browser.channel)
  const incident = await rig.open()
  await rig.until("the incident", () => gotAt("/ada").length === 2)
  await rig.close(incident)
  await rig.until("its end", () => gotAt("/ada").length === 3)
  const [first, opened, resolved] = gotAt("/ada")
  assert.ok(first !== undefined && opened !== undefined && resolved !== undefined)
  const { publicKey, browsers } = await rig.notify.browserPush.own(ada)
  for (const { headers, body } of [first, opened, resolved]) {
    assert.equal(headers["content-encoding"], "aes128gcm")
    assert.equal(checkVapid(String(headers.authorization), service.url), publicKey)
    assert.ok(!body.toString("latin1").includes("is cut"), "nothing is readable on the way")
  }
  const said = JSON.parse(browser.decrypt(opened.body))
  assert.match(said.title, /Link \d+ is cut/)
  assert.equal(said.path, `/incidents/${incident.id}`)
  assert.equal(said.acknowledge, incident.id, "the button acknowledges it")
  const end = JSON.parse(browser.decrypt(resolved.body))
  assert.deepEqual([end.acknowledge, end.tag], [null, said.tag], "the end replaces it")
  assert.equal(opened.headers.topic, resolved.headers.topic)
  assert.equal(opened.headers.urgency, "high")
  assert.deepEqual([browsers.length, browsers[0]?.label], [1, "Firefox on Linux"])
  assert.throws(() => makeBrowser().decrypt(opened.body), "another browser cannot read it")
})

test("the browser of who may not see subscribers gets a label, and no name", async () => {
  const titleAt = async (role: "viewer" | "operator"): Promise<string> => {
    const path = `/${role}`
    const actor = await person(role)
    await rig.db.dbs.ui.asOrg(
      rig.db.org,
      (tx) => tx`update auth.account set role = ${role} where id = ${actor.account}`,
    )
    const browser = await subscribe(actor, path)
    await rig.until("the test", () => gotAt(path).length === 1)
    await useChannel(browser.channel)
    const rule = { id: "queue-full", en: "Queue is full", tr: "Kuyruk dolu" }
    const thing = { noun: "router", id: randomUUID(), name: "edge" } as const
    const own = { subject: "ayse", isPersonal: true, interface: null } as const
    const params = { rule, thing, ...own, more: 0, tense: "present" } as const
    const incident = await rig.open({ title: { code: "title.rule", params } })
    await rig.until("the incident", () => gotAt(path).length === 2)
    await rig.close(incident)
    await rig.until("all is sent", async () => (await rig.pending()) === 0)
    return JSON.parse(browser.decrypt(gotAt(path)[1]?.body ?? Buffer.alloc(0))).title
  }
  assert.match(await titleAt("operator"), /Queue is full: ayse of router edge$/)
  assert.match(await titleAt("viewer"), /Queue is full: ••• [0-9a-f]{8} of router edge$/)
})

test("what fails is tried again; a browser that is gone is removed, and the others stay", async () => {
  const bob = await person("Bob")
  service.answers.set("/gone", [201, 410])
  service.answers.set("/busy", [201, 503, 503, 201])
  const { channel } = await subscribe(bob, "/busy")
  await rig.until("tests", () => gotAt("/busy").length === 1)
  await useChannel(channel)
  const incident = await rig.open()
  await rig.until("three attempts", () => gotAt("/busy").length === 4)
  await rig.close(incident)
  await rig.until("its end", () => gotAt("/busy").length === 5)
  await subscribe(bob, "/gone")
  await rig.until("test of the second", () => gotAt("/gone").length === 1)
  assert.equal((await rig.notify.browserPush.own(bob)).browsers.length, 2)
  const again = await rig.open()
  await rig.until("gone", async () => (await rig.notify.browserPush.own(bob)).browsers.length === 1)
  await rig.until("the other got it", () => gotAt("/busy").length === 7)
  await rig.close(again)
  await rig.until("all is sent", async () => (await rig.pending()) === 0)
  assert.equal(gotAt("/gone").length, 2, "nothing more is sent there")
})

test("without a browser the message is given up, and its reason is in the log", async () => {
  const eve = await person("Eve")
  const { channel } = await subscribe(eve, "/eve")
  await rig.until("the test", () => gotAt("/eve").length === 1)
  const [browser] = (await rig.notify.browserPush.own(eve)).browsers
  await rig.notify.browserPush.unsubscribe(eve, browser?.id ?? "")
  const { id } = await rig.notify.test(rig.actor, channel)
  await rig.until(
    "given up",
    async () => (await rig.notify.delivery(rig.db.org, id)).state === "dead",
  )
  assert.match(String((await rig.notify.delivery(rig.db.org, id)).lastAnswer), /no browser/)
  await assert.rejects(
    rig.notify.browserPush.unsubscribe(await person("Mallory"), browser?.id ?? randomUUID()),
    { status: 404 },
  )
})

test("a browser belongs to the person who subscribed with it last", async () => {
  const [one, other] = [await person("One"), await person("Other")]
  await subscribe(one, "/shared")
  await subscribe(other, "/shared")
  assert.equal((await rig.notify.browserPush.own(one)).browsers.length, 0)
  assert.equal((await rig.notify.browserPush.own(other)).browsers.length, 1)
})

test("addresses and keys are stored encrypted", async () => {
  const rows = await rig.db.dbs.ui.asOrg(
    rig.db.org,
    (tx) =>
      tx`select secrets from notify.push_subscription union all select secrets from notify.push_key`,
  )
  assert.ok(rows.length >= 2)
  for (const { secrets } of rows as unknown as { secrets: Buffer }[])
    assert.ok(!secrets.toString("latin1").includes("127.0.0.1"))
})

test("only public addresses are contacted, whatever a name resolves to", async () => {
  for (const wrong of [
    ...["http://push.example.net/a", "https://127.0.0.1/a", "https://[::1]/a", "https://10.0.0.1/"],
    ...[
      "https://169.254.169.254/latest",
      "https://user:pass@push.example.net/",
      "https://localhost/",
    ],
    ...["https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.1/", "nothing", ""],
  ])
    assert.notEqual(wrongAddress(wrong, PUBLIC_ONLY), null, wrong)
  assert.equal(
    wrongAddress("https://updates.push.services.mozilla.com/wpush/v2/a", PUBLIC_ONLY),
    null,
  )
  const before = service.got.length
  const { port } = new URL(service.url)
  // Allowed as it is written, and not any more when it is resolved for the connection.
  let asked = 0
  const guard: AddressGuard = {
    isAllowedAddress: () => {
      asked += 1
      return asked === 1
    },
    protocols: ["http:"],
  }
  const options = { signal: AbortSignal.timeout(5_000), timeoutMs: 5_000 }
  const message = { headers: {}, body: Buffer.from("x") }
  await assert.rejects(guardedPost(`http://localhost:${port}/`, message, guard, options), {
    code: "ADDRESS_REJECTED",
  })
  assert.equal(service.got.length, before)
  service.answers.set("/moved", [302])
  const moved = await guardedPost(`${service.url}/moved`, message, LOOPBACK, options)
  assert.equal(moved.status, 302, "redirects are not followed")
  assert.equal(gotAt("/elsewhere").length, 0)
})

test("a long message fits, and nothing but a path of the UI is opened", () => {
  const incident = { id: randomUUID(), severity: "critical" }
  const content = {
    ...{ kind: "opened", incident, title: "t", subject: "ş".repeat(500), link: "https://x" },
    facts: [{ label: "Since", value: "ş".repeat(5_000) }],
    ...{ reasons: [], nextStep: null, note: null, body: null },
  }
  const outgoing = { contents: [content], thread: "t" } as unknown as Parameters<
    typeof payloadOf
  >[1]
  const payload = payloadOf({ language: "tr" }, outgoing)
  assert.ok(payload.title.length <= 200 && payload.body.length <= 900)
  assert.equal(payload.path, `/incidents/${incident.id}`)
})
