/** Notifications from a stored incident to receivers on loopback that speak the published forms. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, afterEach, before, beforeEach, test } from "node:test"
import { AlertId, IncidentId } from "../../platform/ids.ts"
import { openSql } from "../../platform/postgres/db.ts"
import { merged, split } from "../incidents/engine/merge-split.ts"
import { emptyIncident, type IncidentSymptom } from "../incidents/model.ts"
import { acknowledgeData, incidentOfData } from "./channels/telegram.ts"
import { signatureOf } from "./channels/webhook.ts"
import { planIncidents } from "./plan-incidents.ts"
import { lostEnds } from "./store.ts"
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
})
after(async () => {
  await http.close()
  await mail.close()
})
beforeEach(async () => {
  http.received.length = 0
  http.updates.length = 0
  http.react = () => ({ status: 200 })
  mail.mails.length = 0
  mail.reply = () => null
  rig = await openNotifyRig()
})
afterEach(async () => {
  await rig.end()
  assert.deepEqual(rig.faults, [])
})

const CAUSE = {
  kind: "link",
  id: "00000000-0000-4000-8000-000000000001",
  name: "core-a–core-b",
} as const

test("a webhook gets what opened and what closed it, signed, with a key that stays the same", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const incident = await rig.open({ causes: [CAUSE], confidence: 0.93, severity: "critical" })
  await rig.until("it arrives", () => http.received.length === 1)
  await rig.close(incident)
  await rig.until("its end arrives", () => http.received.length === 2)
  const [opened, resolved] = http.received
  assert.equal(opened?.json.event, "opened")
  assert.equal(opened?.json.title, "Link 1 is cut")
  assert.match(
    String(opened?.json.text),
    /^\[CRITICAL\] #1 Link 1 is cut\nSince: .*\nLikely cause: core-a–core-b \(93 %\)/,
  )
  assert.equal(opened?.json.link, `https://noc.example.net/incidents/${incident.id}`)
  assert.equal(resolved?.json.event, "resolved")
  assert.equal(resolved?.json.thread, opened?.json.thread)
  const seconds = Number(opened?.headers["x-ispvm-timestamp"])
  const expected = signatureOf("shh, a secret", seconds, opened?.body ?? "")
  assert.equal(opened?.headers["x-ispvm-signature"], expected)
  await rig.until("both are stored as delivered", async () =>
    (await rig.deliveries()).every(({ state }) => state === "delivered"),
  )
  const rows = await rig.deliveries()
  assert.deepEqual(
    rows.map(({ id, kind, state, attempts }) => [id, kind, state, attempts]),
    [
      [resolved?.headers["idempotency-key"], "resolved", "delivered", 1],
      [opened?.headers["idempotency-key"], "opened", "delivered", 1],
    ],
  )
})

test("a link that has failed and works badly now is an update on its thread, and one end", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const incident = await rig.open({ causes: [CAUSE], severity: "critical" })
  await rig.until("it arrives", () => http.received.length === 1)
  const kinds = async () => (await rig.deliveries()).map(({ kind, state }) => `${kind} ${state}`)
  await rig.until("it is stored", async () => (await kinds()).includes("opened delivered"))
  const thing = { noun: "link", id: CAUSE.id, name: CAUSE.name } as const
  const params = { kind: "degraded-link", likelihood: "stated", thing, lossRatio: 0.3 } as const
  const others = { items: [], more: 0 }
  const title = {
    code: "title.degradation",
    params: { ...params, alternatives: others, delayMs: 0, devices: 1, tense: "present" },
  } as const
  const degraded = await rig.save({ ...incident, title })
  assert.deepEqual(await kinds(), ["updated waiting", "opened delivered"])
  await rig.save(degraded)
  assert.equal((await kinds()).length, 2, "the same again is no news")
  await rig.close(degraded)
  await rig.until("its end arrives", () => http.received.length === 2)
  assert.equal(http.received[1]?.json.event, "resolved")
  assert.equal(http.received[1]?.json.thread, http.received[0]?.json.thread)
})

test("of a merge and a split each thread is closed once: with the merge, or with the last part", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const symptomOf = (n: number): IncidentSymptom => ({
    alertId: AlertId.parse(`00000000-0000-4000-8000-00000000000${n}`),
    ...{ observes: null, deviceId: null, role: "cause", sinceMs: 0, untilMs: null, pin: null },
  })
  const withSymptoms = (...all: readonly IncidentSymptom[]) => ({
    symptoms: new Map(all.map((one) => [one.alertId, one])),
  })
  const { dbs, org } = rig.db
  for (const n of [1, 2])
    await dbs.ui.asOrg(
      org,
      (tx) => tx`
        insert into alerts.alert (id, org_id, kind, entity, phase, reason, since, state)
        values (${symptomOf(n).alertId}, ${org}, 'cpu-high', ${`${n}`}, 'degraded', 'raised', now(), '{}'::jsonb)`,
    )
  const into = await rig.open(withSymptoms(symptomOf(1)))
  const from = await rig.open(withSymptoms(symptomOf(2)))
  const events = () => http.received.map(({ json }) => `${json.event} ${json.thread}`)
  await rig.until("both arrive", () => http.received.length === 2)
  const [goesOn, ended] = merged({ name: "Ada" }, from, into, Date.now()).changed
  assert.ok(goesOn !== undefined && ended !== undefined)
  for (const one of [goesOn, ended]) await rig.save(one)
  await rig.until("the end of the merged one arrives", () => http.received.length === 3)
  const made = emptyIncident(IncidentId.parse(randomUUID()), 9, Date.now())
  const ids = new Set([symptomOf(2).alertId])
  const [left, off] = split({ name: "Ada" }, goesOn, made, ids, Date.now()).changed
  assert.ok(left !== undefined && off !== undefined)
  for (const one of [left, { ...off, severity: "major" as const }]) await rig.save(one)
  await rig.until("the one that was split off arrives", () => http.received.length === 4)
  await rig.close(left)
  await rig.close(off)
  await rig.until("both ends arrive", () => http.received.length === 6)
  for (const thread of new Set(http.received.map(({ json }) => json.thread)))
    assert.deepEqual(
      events().filter((one) => one.endsWith(` ${thread}`)),
      [`opened ${thread}`, `resolved ${thread}`],
    )
})

test("Telegram gets a message with a button, and the end as a reply to it; a wait it asks for is kept", async () => {
  http.react = ({ json }, count) =>
    count === 1
      ? { status: 429, body: { ok: false, parameters: { retry_after: 1 } } }
      : json.parse_mode === "HTML" || count > 2
        ? telegramAnswer(count)
        : { status: 400 }
  const settings = { kind: "telegram", chatId: "-100200", baseUrl: http.url } as const
  await rig.channel(channelInput("Chat", settings, { token: "42:SECRET" }))
  const incident = await rig.open()
  await rig.until("it arrives", async () => (await rig.deliveries())[0]?.state === "delivered")
  const [tooMany, taken] = http.received
  assert.equal(tooMany?.path, "/bot42:SECRET/sendMessage")
  const keyboard = JSON.stringify(taken?.json.reply_markup)
  assert.equal(incidentOfData(/"callback_data":"([^"]+)"/.exec(keyboard)?.[1] ?? ""), incident.id)
  await rig.close(incident)
  await rig.until("its end arrives", () => http.received.length === 3)
  assert.deepEqual(http.received[2]?.json.reply_parameters, {
    message_id: 1_002,
    allow_sending_without_reply: true,
  })
  const [channel] = await rig.channels()
  assert.doesNotMatch(JSON.stringify([channel, await rig.deliveries()]), /SECRET/)
})

test("a button in the chat acknowledges, once, as the person who pressed it; other chats may not", async () => {
  http.react = (_, count) => telegramAnswer(count)
  const settings = { kind: "telegram", chatId: "-100200", baseUrl: http.url } as const
  await rig.channel(channelInput("Chat", settings, { token: "42:SECRET" }))
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  const press = (id: number, chat: number, data: string) => ({
    update_id: id,
    callback_query: {
      id: `press ${id}`,
      from: { id: 5, first_name: "Bob", username: "bob" },
      message: { message_id: 1_001, chat: { id: chat } },
      data,
    },
  })
  const data = acknowledgeData(incident.id)
  http.updates.push(press(7, -100_999, data), press(8, -100_200, data), press(9, -100_200, "x"))
  await rig.until("both are answered", () =>
    ["press 7", "press 8"].every((id) =>
      http.received.some(({ json }) => json.callback_query_id === id),
    ),
  )
  assert.deepEqual(rig.acknowledged, [{ by: "Bob (@bob), Telegram", id: incident.id }])
  await rig.until("none is asked for again", () => http.offset === 10)
})

test("what Telegram does not take as HTML is sent as plain text", async () => {
  http.react = ({ json }, count) =>
    json.parse_mode === "HTML"
      ? { status: 400, body: { ok: false, description: "can't parse entities" } }
      : telegramAnswer(count)
  const settings = { kind: "telegram", chatId: "7", baseUrl: http.url } as const
  await rig.channel(channelInput("Chat", settings, { token: "1:T" }))
  await rig.open()
  await rig.until("it arrives", async () => (await rig.deliveries())[0]?.state === "delivered")
  assert.equal(http.received.length, 2)
})

test("Slack: a thread by token, an answer of 200 that says no is tried again; Teams gets a card", async () => {
  http.react = ({ path }, count) =>
    path === "/teams"
      ? { status: 202 }
      : count === 1
        ? { status: 200, body: { ok: false, error: "internal_error" } }
        : { status: 200, body: { ok: true, ts: "171.5" } }
  const slack = { kind: "slack", channel: "#noc", baseUrl: `${http.url}/api` } as const
  await rig.channel(channelInput("Slack", slack, { token: "xoxb-1" }))
  const incident = await rig.open()
  await rig.until("Slack has it", async () => (await rig.deliveries())[0]?.state === "delivered")
  await rig.close(incident)
  await rig.until("its end arrives", () => http.received.length === 3)
  assert.equal(http.received[2]?.json.thread_ts, "171.5")
  assert.equal(http.received[2]?.headers.authorization, "Bearer xoxb-1")
  await rig.channel(channelInput("Teams", { kind: "teams" }, { webhookUrl: `${http.url}/teams` }))
  await rig.open()
  await rig.until("Teams has it", () => http.received.some(({ path }) => path === "/teams"))
  const card = http.received.find(({ path }) => path === "/teams")
  assert.match(card?.body ?? "", /AdaptiveCard.*\[MAJOR\] #2 Link 2 is cut/)
})

test("PagerDuty and Opsgenie get trigger, acknowledge and resolve of one key", async () => {
  http.react = () => ({ status: 202 })
  await rig.channel(
    channelInput("PD", { kind: "pagerduty", baseUrl: `${http.url}/pd` }, { routingKey: "R1" }),
  )
  await rig.channel(
    channelInput("OG", { kind: "opsgenie", baseUrl: `${http.url}/og` }, { apiKey: "K1" }),
  )
  const incident = await rig.open({ severity: "critical" })
  await rig.until("both have it", () => http.received.length === 2)
  const acknowledged = { state: "acknowledged", acknowledgedBy: "Ada" } as const
  await rig.save({ ...incident, ...acknowledged, acknowledgedAtMs: Date.now() })
  await rig.until("both know", () => http.received.length === 4)
  await rig.close({ ...incident, ...acknowledged, acknowledgedAtMs: Date.now() })
  await rig.until("both are closed", () => http.received.length === 6)
  const pagerduty = http.received.filter(({ path }) => path === "/pd/v2/enqueue")
  assert.deepEqual(
    pagerduty.map(({ json }) => json.event_action),
    ["trigger", "acknowledge", "resolve"],
  )
  assert.equal(new Set(pagerduty.map(({ json }) => json.dedup_key)).size, 1)
  const alias = pagerduty[0]?.json.dedup_key
  const opsgenie = http.received.filter(({ path }) => path.startsWith("/og/v2/alerts"))
  assert.equal(opsgenie.length, 3)
  assert.match(opsgenie[1]?.path ?? "", /\/acknowledge\?identifierType=alias$/)
  assert.match(opsgenie[2]?.path ?? "", /\/close\?identifierType=alias$/)
  assert.equal(opsgenie[0]?.headers.authorization, "GenieKey K1")
  assert.ok(typeof alias === "string")
})

test("e-mail: greylisting is waited for, all of one incident is one thread, what is never taken is given up", async () => {
  let tries = 0
  mail.reply = (command) => {
    if (command !== "RCPT") return null
    tries += 1
    return tries === 1 ? "450 4.2.0 greylisted, come back" : null
  }
  const settings = {
    kind: "email",
    host: "127.0.0.1",
    port: mail.port,
    security: "none",
    username: null,
    from: "ispvm@example.net",
    to: ["noc@example.net"],
  } as const
  await rig.channel(channelInput("Mail", { ...settings, to: [...settings.to] }, {}))
  const incident = await rig.open()
  await rig.until("it is taken", () => mail.mails.length === 1)
  await rig.close(incident)
  await rig.until("its end is taken", () => mail.mails.length === 2)
  const [opened, resolved] = mail.mails.map(({ data }) => data)
  assert.match(opened ?? "", /Subject: \[MAJOR\] #1 Link 1 is cut/)
  const id = /Message-ID: (<[^>]+>)/i.exec(opened ?? "")?.[1]
  assert.match(resolved ?? "", new RegExp(`In-Reply-To: ${id}`))
  mail.reply = (command) => (command === "RCPT" ? "550 5.1.1 no such user" : null)
  await rig.open()
  await rig.until("it is given up", async () => (await rig.deliveries())[0]?.state === "dead")
  const [dead] = await rig.deliveries()
  assert.match(dead?.lastAnswer ?? "", /550 5\.1\.1 no such user/)
  mail.reply = () => null
  await rig.notify.replay(rig.actor, dead?.id ?? "")
  await rig.until("it is sent after all", () => mail.mails.length === 3)
})

const SMS_BODY = '{"to":"{{to}}","msg":"{{text}}"}'
test("SMS: one request for each number, with text and number encoded", async () => {
  const settings = {
    kind: "sms",
    to: ["+905321112233", "+905324445566"],
    contentType: "application/json",
    header: "X-Key",
  } as const
  await rig.channel(
    channelInput(
      "SMS",
      { ...settings, to: [...settings.to] },
      { url: `${http.url}/sms`, body: SMS_BODY, headerValue: "k" },
    ),
  )
  const text = 'Link "a" is cut'
  await rig.open({ title: { code: "legacy-text", params: { text } } })
  await rig.until("both arrive", () => http.received.length === 2)
  assert.deepEqual(
    http.received.map(({ json }) => json.to),
    ["+905321112233", "+905324445566"],
  )
  assert.match(String(http.received[0]?.json.msg), /^\[MAJOR\] #1 Link "a" is cut\nhttps:/)
  assert.equal(http.received[0]?.headers["x-key"], "k")
})

test("a receiver that answers 500 is tried again; after three failures another channel gets it, and both are closed", async () => {
  http.react = ({ path }) => ({ status: path === "/bad" ? 503 : 200 })
  const good = await rig.channel(webhookInput("Good", `${http.url}/good`), null)
  await rig.channel({ ...webhookInput("Bad", `${http.url}/bad`), fallbackId: good })
  const incident = await rig.open()
  await rig.until("it is tried", () => http.received.some(({ path }) => path === "/bad"))
  await rig.until("the other channel has it", () =>
    http.received.some(({ path }) => path === "/good"),
  )
  const [channel] = (await rig.channels()).filter(({ name }) => name === "Bad")
  assert.notEqual(channel?.failingSinceMs, null)
  await rig.close(incident)
  await rig.until("its end is there", () => {
    const good = http.received.filter(({ path }) => path === "/good")
    return good.map(({ json }) => json.event).join() === "opened,resolved"
  })
  // An end that was planned while it was being sent has nothing to close, either.
  await rig.until("nothing else is on its way", async () => (await rig.pending()) === 0)
  const bad = (await rig.deliveries()).filter(({ channelName }) => channelName === "Bad")
  assert.ok(bad.length > 0)
  for (const { kind, state } of bad) assert.equal(state, "cancelled", kind)
})

test("a connection that is cut after the request is tried again with the same key, and says so", async () => {
  http.react = (_, count) => (count === 1 ? "cut" : { status: 200 })
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  await rig.open()
  await rig.until("it arrives again", () => http.received.length === 2)
  const [first, second] = http.received
  assert.equal(first?.headers["idempotency-key"], second?.headers["idempotency-key"])
  assert.deepEqual([first?.json.isRepeat, second?.json.isRepeat], [false, true])
})

test("many at once on one chat are one message, and each is known as delivered", async () => {
  http.react = (_, count) => telegramAnswer(count)
  const settings = { kind: "telegram", chatId: "7", baseUrl: http.url } as const
  const id = await rig.channel(channelInput("Chat", settings, { token: "1:T" }), null)
  const incidents = await Promise.all(Array.from({ length: 30 }, () => rig.open()))
  const { version } = await rig.notify.policies(rig.db.org)
  await rig.notify.changePolicies(rig.actor, { version, policies: [POLICY([id])] })
  for (const incident of incidents) await rig.save(incident)
  await rig.until(
    "all are delivered",
    async () => (await rig.deliveries()).filter(({ state }) => state === "delivered").length === 30,
  )
  assert.ok(http.received.length < 6, `${http.received.length} messages`)
})

test("a removed channel cancels what waits, and its policy can still be saved; one of an unknown channel is rejected", async () => {
  const id = await rig.channel(webhookInput("NOC", `${http.url}/hook`), { delayS: 600 })
  await rig.open()
  assert.equal((await rig.deliveries())[0]?.state, "waiting")
  await rig.notify.channels.remove(rig.actor, id)
  const [row] = await rig.deliveries()
  assert.deepEqual([row?.state, row?.reason?.code], ["cancelled", "notify.channel-removed"])
  const stored = await rig.notify.policies(rig.db.org)
  const { version, policies } = await rig.notify.changePolicies(rig.actor, stored)
  assert.deepEqual(policies[0]?.steps[0]?.channels, [id])
  const unknown = "00000000-0000-4000-8000-000000000009"
  await assert.rejects(
    rig.notify.changePolicies(rig.actor, { version, policies: [POLICY([unknown])] }),
    { status: 422 },
  )
})

test("a secret stays with its destination, and is asked for again when that changes", async () => {
  const settings = { kind: "telegram", chatId: "7", baseUrl: http.url } as const
  const id = await rig.channel(channelInput("Chat", settings, { token: "1:T" }))
  await rig.notify.channels.change(
    rig.actor,
    id,
    channelInput("Chat", { ...settings, chatId: "8" }, {}),
  )
  const elsewhere = { ...settings, baseUrl: "http://127.0.0.1:9" }
  await assert.rejects(
    rig.notify.channels.change(rig.actor, id, channelInput("Chat", elsewhere, {})),
    { status: 422 },
  )
  await assert.rejects(
    rig.notify.channels.change(rig.actor, id, channelInput("Chat", settings, { apiKey: "x" })),
    { status: 422 },
  )
})

test("an end whose plan was lost is planned later, and a delivery a fault left unfinished is sent again", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  const sql = rig.db.dbs.jobs
  await sql.asOrg(rig.db.org, async (tx) => {
    await tx`update incidents.incident set state = 'closed', closed_at = now() where id = ${incident.id}`
    assert.deepEqual(await lostEnds(tx, rig.db.org), [incident.id])
    await planIncidents(tx, rig.db.org, [incident.id], Date.now())
    assert.deepEqual(await lostEnds(tx, rig.db.org), [])
  })
  rig.notify.afterSave.committed(rig.db.org)
  await rig.until("its end arrives", () => http.received.length === 2)
  const owner = openSql(rig.db.owner, { name: "test", max: 1 })
  await owner`alter table notify.attempt rename to attempt_away`
  await rig.open()
  await rig.until("it cannot be sent", () => rig.faults.length > 0)
  await owner`alter table notify.attempt_away rename to attempt`
  await owner.end()
  rig.faults.length = 0
  await rig.until("it is sent after all", () => http.received.length === 3)
  rig.faults.length = 0
})

test("an end waits for a channel that is switched off meanwhile", async () => {
  const input = webhookInput("NOC", `${http.url}/hook`)
  const id = await rig.channel(input)
  const incident = await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  await rig.notify.channels.change(rig.actor, id, { ...input, isEnabled: false, secrets: {} })
  await rig.close(incident)
  await rig.until(
    "nothing else happens",
    async () => (await rig.deliveries())[0]?.kind === "resolved",
  )
  assert.equal((await rig.deliveries())[0]?.state, "waiting")
})

test("a new address takes no other secret along, and a server that repeats it does not show it", async () => {
  const settings = {
    kind: "sms",
    to: ["+905321112233"],
    contentType: "application/json",
    header: "X-Key",
  } as const
  const input = { ...settings, to: [...settings.to] }
  const body = "{{to}}{{text}}"
  const secrets = { url: `${http.url}/T000/SECRETSECRET`, headerValue: "KEY", body }
  const id = await rig.channel(channelInput("SMS", input, secrets))
  http.react = ({ path }) => ({ status: 404, body: `Cannot POST ${path}` })
  await rig.open()
  await rig.until("it is refused", async () => (await rig.channels())[0]?.lastAnswer !== null)
  assert.doesNotMatch(
    JSON.stringify([await rig.channels(), await rig.deliveries()]),
    /SECRETSECRET/,
  )
  const moved = channelInput("SMS", input, { url: "http://127.0.0.1:9/x", body })
  await rig.notify.channels.change(rig.actor, id, moved)
  assert.deepEqual((await rig.channels())[0]?.secretsSet.sort(), ["body", "url"])
})

test("the heartbeat is sent while faults are evaluated; its address is not shown", async () => {
  await rig.notify.heartbeat.change(rig.actor, `${http.url}/ping/SECRET`)
  await rig.until("it arrives", () => http.received.some(({ path }) => path === "/ping/SECRET"))
  await rig.until("its answer is stored", async () => {
    const { lastOkAtMs } = await rig.notify.heartbeat.view(rig.db.org)
    return lastOkAtMs !== null
  })
  http.react = () => ({ status: 404, body: "no such check" })
  await rig.notify.heartbeat.send()
  const view = await rig.notify.heartbeat.view(rig.db.org)
  assert.equal(view.lastAnswer, "HTTP 404: no such check")
  assert.doesNotMatch(JSON.stringify(view), /SECRET/)
})

test("the key of a delivery is known, so that its receiver cannot act on it in a loop", async () => {
  await rig.channel(webhookInput("NOC", `${http.url}/hook`))
  await rig.open()
  await rig.until("it arrives", () => http.received.length === 1)
  const key = String(http.received[0]?.headers["idempotency-key"])
  assert.equal(await rig.notify.isLoop(rig.db.org, key), true)
  assert.equal(await rig.notify.isLoop(rig.db.org, CAUSE.id), false)
})

test("why nobody was notified is stored with the incident", async () => {
  const none = await rig.open()
  const decisions = async (id: string) =>
    (await rig.notify.ofIncident(rig.db.org, id)).decisions.map(({ message }) => message.code)
  assert.deepEqual(await decisions(none.id), ["notify.no-policy"])
  await rig.channel(webhookInput("NOC", `${http.url}/hook`), { leastSeverity: "critical" })
  const minor = await rig.open({ severity: "minor" })
  assert.deepEqual(await decisions(minor.id), ["notify.below-severity"])
})
