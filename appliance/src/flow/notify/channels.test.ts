/** What people configure of channels and policies, and what their receivers get of it. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, afterEach, before, beforeEach, test } from "node:test"
import { ChannelInput, type PoliciesInput } from "../../api/notifications.ts"
import { acknowledgeData } from "./channels/telegram.ts"
import {
  channelInput,
  type NotifyRig,
  openNotifyRig,
  POLICY,
  webhookInput,
} from "./test/notify-rig.ts"
import {
  type HttpReceiver,
  httpReceiver,
  type SmtpReceiver,
  smtpReceiver,
  telegramAnswer,
} from "./test/receivers.ts"

let http: HttpReceiver
let mail: SmtpReceiver
let rig: NotifyRig
before(async () => {
  http = await httpReceiver()
  mail = await smtpReceiver()
  rig = await openNotifyRig()
})
after(async () => {
  await rig.end()
  await http.close()
  await mail.close()
})
beforeEach(() => {
  http.received.length = 0
  http.updates.length = 0
  http.react = () => ({ status: 200 })
})
afterEach(async () => {
  await rig.closeAll()
  const { version } = await rig.notify.policies(rig.db.org)
  await rig.notify.changePolicies(rig.actor, { version, policies: [] })
  for (const { id } of await rig.channels()) await rig.notify.channels.remove(rig.actor, id)
  assert.deepEqual(rig.faults, [])
})
const inDatabase = (
  run: (
    tx: Parameters<Parameters<NotifyRig["db"]["dbs"]["ui"]["asOrg"]>[1]>[0],
  ) => Promise<unknown>,
) => rig.db.dbs.ui.asOrg(rig.db.org, run)
const eventsAt = (path: string): string[] =>
  http.received.filter((one) => one.path === path).map(({ json }) => String(json.event))

const emailSettings = (username: string | null): ChannelInput["settings"] => ({
  kind: "email",
  host: "127.0.0.1",
  port: mail.port,
  security: "none",
  username,
  from: "ispvm@example.net",
  to: ["noc@example.net"],
})
const SMS = {
  kind: "sms",
  to: ["+905321112233", "+905324445566", "+905327778899"],
  contentType: "application/json",
  header: null,
} as const
const smsInput = (secrets: ChannelInput["secrets"]) =>
  channelInput("SMS", { ...SMS, to: [...SMS.to] }, secrets)
const BODY = '{"key":"PASSWORD42","to":"{{to}}","msg":"{{text}}"}'

test("SMS: only the numbers that have not taken theirs are tried again", async () => {
  const failures = new Map([["+905324445566", 2]])
  http.react = ({ json }) => {
    const left = failures.get(String(json.to)) ?? 0
    failures.set(String(json.to), left - 1)
    return { status: left > 0 ? 503 : 200 }
  }
  await rig.channel(smsInput({ url: `${http.url}/sms`, body: BODY }))
  await rig.open()
  await rig.until("all have it", async () => (await rig.deliveries())[0]?.state === "delivered")
  const counts = SMS.to.map((to) => http.received.filter(({ json }) => json.to === to).length)
  assert.deepEqual(counts, [1, 3, 1])
})

test("the body of an SMS gateway is a secret: never shown, sealed at night where it was stored before", async () => {
  http.react = ({ body }) => ({ status: 503, body: `no: ${body}` })
  const id = await rig.channel(smsInput({ url: `${http.url}/sms`, body: BODY }))
  await rig.open()
  await rig.until("it failed", async () => (await rig.channels())[0]?.lastAnswer !== null)
  const shown = async () => JSON.stringify([await rig.channels(), await rig.deliveries()])
  assert.doesNotMatch(await shown(), /PASSWORD42/)
  const audit = await inDatabase((tx) => tx`select detail from audit.entry`)
  assert.doesNotMatch(JSON.stringify(audit), /PASSWORD42/)
  // As the release before this one has stored it.
  await inDatabase(
    (tx) =>
      tx`update notify.channel set settings = settings || ${JSON.stringify({ body: BODY })}::text::jsonb where id = ${id}`,
  )
  assert.doesNotMatch(await shown(), /PASSWORD42/)
  assert.deepEqual((await rig.channels())[0]?.secretsSet.sort(), ["body", "url"])
  await rig.notify.prune(rig.db.org)
  const stored = await inDatabase((tx) => tx`select settings from notify.channel`)
  assert.doesNotMatch(JSON.stringify(stored), /PASSWORD42/)
  http.react = () => ({ status: 200 })
  await rig.until("it is sent with its body", () =>
    http.received.some(({ json }) => json.key === "PASSWORD42"),
  )
})

test("a secret that is null is removed, unless it is needed", async () => {
  const input = channelInput("Mail", emailSettings("u"), { password: "p" })
  const id = await rig.channel(input, null)
  const removed = ChannelInput.parse({ ...input, secrets: { password: null } })
  await rig.notify.channels.change(rig.actor, id, removed)
  assert.deepEqual((await rig.channels())[0]?.secretsSet, [])
  const hook = webhookInput("Hook", `${http.url}/hook`)
  const other = await rig.channel(hook, null)
  await assert.rejects(
    rig.notify.channels.change(rig.actor, other, { ...hook, secrets: { url: null } }),
    { status: 422 },
  )
})

test("the test alert of PagerDuty and Opsgenie is resolved at once", async () => {
  http.react = () => ({ status: 202 })
  const pd = { kind: "pagerduty", baseUrl: `${http.url}/pd` } as const
  const og = { kind: "opsgenie", baseUrl: `${http.url}/og` } as const
  const ids = [
    await rig.channel(channelInput("PD", pd, { routingKey: "R1" }), null),
    await rig.channel(channelInput("OG", og, { apiKey: "K1" }), null),
  ]
  for (const id of ids) await rig.notify.test(rig.actor, id)
  await rig.until("both are resolved", () => http.received.length === 4)
  const pagerduty = http.received.filter(({ path }) => path.startsWith("/pd"))
  assert.deepEqual(
    pagerduty.map(({ json }) => json.event_action),
    ["trigger", "resolve"],
  )
  assert.equal(pagerduty[0]?.json.dedup_key, pagerduty[1]?.json.dedup_key)
  const opsgenie = http.received.filter(({ path }) => path.startsWith("/og"))
  assert.match(opsgenie[1]?.path ?? "", new RegExp(`${opsgenie[0]?.json.alias}/close`))
})

test("an incident that is merged says so, once, in its own thread", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const into = await rig.open()
  const from = await rig.open()
  await rig.until("both arrive", () => http.received.length === 2)
  const mergedInto = { id: into.id, number: into.number }
  await rig.close({ ...from, mergedInto })
  await rig.until("it is said", () => http.received.length === 3)
  await rig.close(into)
  await rig.until("the other one is over", () => http.received.length === 4)
  const [, , merged, over] = http.received
  assert.match(
    String(merged?.json.text),
    new RegExp(`^Merged into #${into.number}: #${from.number} `),
  )
  assert.match(String(over?.json.text), new RegExp(`^Over: #${into.number} `))
  assert.deepEqual([merged?.json.event, over?.json.event], ["resolved", "resolved"])
})

test("a button acts for the account of its chat: refused once that is disabled", async () => {
  http.react = (_, count) => telegramAnswer(count)
  const settings = { kind: "telegram", chatId: "-100200", baseUrl: http.url } as const
  const owner = randomUUID()
  await rig.account(owner)
  await rig.channel(channelInput("Chat", settings, { token: "43:S" }, { ownerId: owner }))
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  await inDatabase((tx) => tx`update auth.account set disabled = true where id = ${owner}`)
  http.updates.push({
    update_id: 70,
    ...{
      callback_query: {
        ...{ id: "press", from: { id: 5, first_name: "Bob" }, data: acknowledgeData(incident.id) },
        message: { message_id: 1_001, chat: { id: -100_200 } },
      },
    },
  })
  const answer = () => http.received.find(({ json }) => json.callback_query_id === "press")
  await rig.until("it is answered", () => answer() !== undefined)
  assert.match(String(answer()?.json.text), /Refused: the account/)
  assert.deepEqual(rig.acknowledged, [])
})

test("a channel's own title and text; an unknown field is rejected, and one that is stored gives the usual text", async () => {
  const template = { title: "{severity} {title}", body: "Since {since}.\nGo to {link}" }
  const input = { ...webhookInput("NOC", `${http.url}/hook`), template }
  assert.equal(ChannelInput.safeParse(input).success, true)
  const wrong = ChannelInput.safeParse({ ...input, template: { title: "{nmber}", body: null } })
  assert.match(JSON.stringify(wrong.error?.issues), /"field.template".*"nmber"/)
  const id = await rig.channel(input)
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  const text = String(http.received[0]?.json.text)
  assert.match(
    text,
    /^MAJOR Link \d+ is cut\nSince .*\.\nGo to https:\/\/noc\.example\.net\/incidents\/[0-9a-f-]+$/,
  )
  const preview = await rig.notify.preview(rig.db.org, id, incident.id, (all) => all)
  assert.equal(preview.text, text)
  const other = {
    incident: incident.id,
    language: "en",
    template: { title: "x {number}", body: null },
  } as const
  const { text: unsaved } = await rig.notify.previewTemplate(rig.db.org, other, (all) => all)
  assert.match(unsaved, /^x \d+\nSince: /)
  const later = JSON.stringify({ title: "{customers} customers", body: null })
  await inDatabase(
    (tx) => tx`update notify.channel set template = ${later}::text::jsonb where id = ${id}`,
  )
  await rig.open()
  await rig.until("it arrives all the same", () => http.received.length === 2)
  assert.match(
    String(http.received[1]?.json.text),
    /^\[MAJOR\] #\d+ [\s\S]*unknown field \{customers\}/,
  )
})

test("what this release cannot read of policies and decisions is listed, kept, and spoils nothing else", async () => {
  const id = await rig.channel(webhookInput("NOC", `${http.url}/hook`), null)
  const save = async (policies: PoliciesInput["policies"]) => {
    const { version } = await rig.notify.policies(rig.db.org)
    return await rig.notify.changePolicies(rig.actor, { version, policies })
  }
  const [first, last] = [POLICY([id], { name: "first" }), POLICY([id], { name: "last" })]
  await save([first, last])
  const future = { ...last, name: "of tomorrow", id: randomUUID(), leastSeverity: "apocalyptic" }
  const list = JSON.stringify([first, future, last])
  await inDatabase((tx) => tx`update notify.policies set policies = ${list}::text::jsonb`)
  const { policies, unreadable } = await rig.notify.policies(rig.db.org)
  assert.deepEqual(
    policies.map(({ name }) => name),
    ["first", "last"],
  )
  assert.equal(unreadable[0]?.name, "of tomorrow")
  assert.match(unreadable[0]?.why ?? "", /leastSeverity/)
  await save([{ ...first, name: "renamed" }, last])
  const [row] = (await inDatabase((tx) => tx`select policies from notify.policies`)) as {
    policies: { name: string }[]
  }[]
  assert.deepEqual(
    row?.policies.map(({ name }) => name),
    ["renamed", "of tomorrow", "last"],
  )
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  // Its outcome is stored after the answer, and would replace the reason.
  await rig.until("its outcome is stored", async () => (await rig.pending()) === 0)
  const code = JSON.stringify({ code: "notify.of-tomorrow", params: {} })
  await inDatabase(async (tx) => {
    await tx`update notify.decision set message = ${code}::text::jsonb where incident_id = ${incident.id}`
    await tx`update notify.delivery set reason = ${code}::text::jsonb where incident_id = ${incident.id}`
  })
  const { decisions, deliveries } = await rig.notify.ofIncident(rig.db.org, incident.id)
  assert.deepEqual(decisions[0]?.message, {
    code: "notify.unreadable",
    params: { name: "notify.of-tomorrow" },
  })
  assert.equal(deliveries[0]?.reason?.code, "notify.unreadable")
  await rig.close(incident)
  await rig.until("its end is planned all the same", () => http.received.length === 2)
  await inDatabase((tx) => tx`delete from notify.policies`)
})

test("a policy that waits for no impact, or is for all tags, is stored as releases before them read it", async () => {
  const id = await rig.channel(webhookInput("NOC", `${http.url}/hook`), null)
  const { version } = await rig.notify.policies(rig.db.org)
  const policies = [POLICY([id]), POLICY([id], { leastCustomers: 5, tags: ["core"] })]
  const saved = await rig.notify.changePolicies(rig.actor, { version, policies })
  assert.deepEqual(saved.policies, policies)
  const [row] = (await inDatabase((tx) => tx`select policies from notify.policies`)) as {
    policies: {
      steps: object[]
      leastUnreachable: number
      leastCustomers?: number
      tags?: string[]
    }[]
  }[]
  assert.deepEqual(
    row?.policies.map(({ leastCustomers, tags }) => [leastCustomers, tags]),
    [
      [undefined, undefined],
      [5, ["core"]],
    ],
  )
  assert.equal(row?.policies[0]?.leastUnreachable, 0)
  assert.deepEqual(row?.policies[0]?.steps, [{ afterS: 0, channels: [id], schedules: [] }])
  await inDatabase((tx) => tx`delete from notify.policies`)
})

test("a fallback or an owner that does not exist is rejected with its field, and so is a channel as its own", async () => {
  const hook = webhookInput("Hook", `${http.url}/hook`)
  const id = await rig.channel(hook, null)
  const rejects = (work: Promise<unknown>, path: string): Promise<void> =>
    assert.rejects(
      work,
      (error: { status?: number; fields?: readonly { path: string }[] }) =>
        error.status === 422 && error.fields?.[0]?.path === path,
    )
  const { channels } = rig.notify
  const other = webhookInput("Other", `${http.url}/other`)
  await rejects(channels.create(rig.actor, { ...other, fallbackId: randomUUID() }), "fallbackId")
  await rejects(channels.create(rig.actor, { ...other, ownerId: randomUUID() }), "ownerId")
  await rejects(channels.change(rig.actor, id, { ...hook, fallbackId: id }), "fallbackId")
  assert.deepEqual(
    (await rig.channels()).map(({ name }) => name),
    ["Hook"],
  )
})

test("policies that name no such schedule or site, or are always quiet, are rejected with the place", async () => {
  const id = await rig.channel(webhookInput("NOC", `${http.url}/hook`), null)
  const quietHours = {
    ...{
      timeZone: "UTC",
      from: "08:00",
      to: "08:00",
      days: [0, 1, 2, 3, 4, 5, 6],
      exceptFrom: null,
    },
  }
  const [step] = POLICY([id]).steps
  assert.ok(step)
  const cases = [
    [POLICY([id], { siteIds: [randomUUID()] }), "policies.0.siteIds"],
    [
      POLICY([id], { steps: [{ ...step, schedules: [randomUUID()] }] }),
      "policies.0.steps.0.schedules",
    ],
    [POLICY([id], { quietHours }), "policies.0.quietHours.to"],
  ] as const
  const { version } = await rig.notify.policies(rig.db.org)
  for (const [policy, path] of cases)
    await assert.rejects(
      rig.notify.changePolicies(rig.actor, { version, policies: [policy] }),
      (error: { fields?: readonly { path: string }[] }) => error.fields?.[0]?.path === path,
    )
})

test("a dead channel hands over all it should open at once, each of them once", async () => {
  http.react = ({ path }) => ({ status: path === "/bad" ? 503 : 200 })
  const good = await rig.channel(webhookInput("Good", `${http.url}/good`), null)
  await rig.channel({ ...webhookInput("Bad", `${http.url}/bad`), fallbackId: good })
  const incidents = await Promise.all(Array.from({ length: 12 }, () => rig.open()))
  await rig.until("the other channel has all of them", () => eventsAt("/good").length === 12)
  const tries = eventsAt("/bad").length
  assert.ok(tries <= 8, `${tries} tries before that, for 12 incidents`)
  for (const incident of incidents) await rig.close(incident)
  await rig.until("and all ends", () => eventsAt("/good").length === 24)
  assert.equal(
    new Set(
      http.received
        .filter(({ path }) => path === "/good")
        .map(({ headers }) => headers["idempotency-key"]),
    ).size,
    24,
  )
})

test("a mail server that hangs is left when the appliance stops; the mail is sent at the next start", async () => {
  mail.reply = (command) => (command === "END" ? "hang" : null)
  await rig.channel(channelInput("Mail", emailSettings(null), {}))
  await rig.open()
  await rig.until("it is being sent", async () => (await rig.deliveries())[0]?.state === "sending")
  const beganMs = performance.now()
  await rig.notify.stop()
  assert.ok(performance.now() - beganMs < 15_000, "it waits for no time-out of the server")
  const [row] = await rig.deliveries()
  assert.equal(row?.state, "sending", "how it ended is not known")
  mail.reply = () => null
  const next = await openNotifyRig(rig.masterKey, rig.db)
  await next.until("it is sent after all", () => mail.mails.length === 1)
  await rig.notify.stop()
  rig = next
})
