/** The Notifications page, its summary in the settings, and who was notified of an incident. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Channel } from "@ispvm/appliance/api/notifications"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { keepPicture } from "./browser.ts"
import { uuid } from "./make.ts"
import { sessionOf } from "./network.ts"
import {
  channelId,
  deliveryId,
  makeChannel,
  makeDelivery,
  makePolicy,
  type NotificationWorld,
} from "./notifications-answers.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answer, startServer } from "./server.ts"
import { STORIES } from "./stories.ts"
import { STORY_INCIDENT } from "./story-builders.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

type Rig = {
  readonly page: Page
  readonly work: Work
  readonly world: NotificationWorld
  readonly sent: (what: string) => readonly unknown[]
}
type Options = {
  readonly override?: (what: string) => Answer | null | Promise<Answer | null>
  readonly setUp?: (work: Work) => void
}

const on = async (
  path: string,
  world: Partial<NotificationWorld>,
  act: (rig: Rig) => Promise<void>,
  { override = () => null, setUp = () => undefined }: Options = {},
): Promise<void> => {
  const work = makeWork()
  Object.assign(work.notifications, world)
  setUp(work)
  const server = await startServer(
    async (method, url, body) =>
      (await override(`${method} ${url.pathname}`)) ?? (await work.answers(method, url, body)),
  )
  const sent = (what: string) =>
    work.writes.filter((each) => each.what === what).map(({ body }) => body)
  try {
    await showPage(server, path, "dark", (page) =>
      act({ page, work, world: work.notifications, sent }),
    )
  } finally {
    server.close()
  }
}

/** 40 characters, as long as people make them. */
const longName = (n: number): string =>
  `North region on-call engineers, shift ${String(n).padStart(2, "0")}`
const HOUR_MS = 3_600_000

const named: readonly Channel[] = [
  makeChannel(1, { name: "NOC Telegram" }),
  makeChannel(2, {
    name: "On-call SMS",
    kind: "sms",
    settings: {
      ...{ kind: "sms", to: ["+905551112233"], contentType: "application/json" },
      ...{ body: '{"to":"{{to}}","text":"{{text}}"}', header: null },
    },
    ...{ failingSinceMs: Date.now() - 2 * HOUR_MS, pending: 3, fallbackId: channelId(3) },
    lastAnswer: "503 Service Unavailable: the gateway has no route to the operator",
  }),
  makeChannel(3, {
    name: "Duty mailbox",
    kind: "email",
    settings: {
      ...{ kind: "email", host: "smtp.example.net", port: 587, security: "starttls" },
      ...{ username: "noc", from: "noc@example.net", to: ["duty@example.net"] },
    },
    ...{ secretsSet: ["password"], lastDeliveredAtMs: null, lastAnswer: null },
  }),
  makeChannel(4, {
    ...{ name: "Ticket system", kind: "webhook", settings: { kind: "webhook" } },
    ...{ isEnabled: false, secretsSet: ["url", "signingSecret"] },
  }),
]
const policies = [
  makePolicy(1, {
    name: "Night and day",
    steps: [
      {
        afterS: 0,
        channels: [channelId(1), channelId(3)],
        schedules: [],
        leastUnreachable: 0,
        leastCustomers: 0,
      },
      {
        afterS: 300,
        channels: [channelId(2)],
        schedules: [],
        leastUnreachable: 0,
        leastCustomers: 0,
      },
    ],
    repeat: { everyS: 900, times: 4 },
    quietHours: {
      ...{ timeZone: "Europe/Istanbul", from: "22:00", to: "06:00", exceptFrom: "critical" },
      days: [0, 1, 2, 3, 4, 5, 6],
    },
  }),
  makePolicy(2, {
    ...{ name: "Appliance", leastSeverity: "warning", about: "appliance", delayS: 60 },
    ...{
      steps: [
        {
          afterS: 0,
          channels: [channelId(4)],
          schedules: [],
          leastUnreachable: 0,
          leastCustomers: 0,
        },
      ],
      hasUpdates: false,
    },
  }),
  makePolicy(3, {
    ...{ name: "Large outages", leastSeverity: "critical", leastUnreachable: 50, isEnabled: false },
    ...{ siteIds: [uuid(9_000), uuid(9_001)], tags: ["core"], isLast: true },
  }),
]

test("notifications: nobody is notified yet, and the first channel is added with what it needs", () =>
  on("/notifications", {}, async ({ page, sent }) => {
    await page.getByText("Nobody is notified yet").waitFor()
    await checkAppearances(page, "notifications-empty")
    await page.getByRole("button", { name: "Add channel" }).click()
    await page.locator("label").filter({ hasText: "Telegram" }).click()
    await page.getByRole("button", { name: "Add channel" }).click()
    await page.getByText("Enter it: the channel cannot send without it.").waitFor()
    await checkAppearances(page, "notifications-add")
    await page.getByLabel("Name", { exact: true }).fill("NOC Telegram")
    await page.getByLabel("Bot token", { exact: true }).fill("123:abc")
    await page.getByLabel("Chat", { exact: true }).fill("-1001")
    await page.getByRole("button", { name: "Add channel" }).click()
    await page.getByText("Never used").waitFor()
    assert.deepEqual(sent("POST /notifications/channels"), [
      {
        ...{ name: "NOC Telegram", isEnabled: true, isInFirstPolicy: true, language: "en" },
        ...{ fallbackId: null, ownerId: null },
        template: null,
        settings: { kind: "telegram", chatId: "-1001" },
        secrets: { token: "123:abc" },
      },
    ])
    assert.equal(new URL(page.url()).search, "")
  }))

test("notifications: a test message is followed until it has ended", () =>
  on("/notifications", { channels: [...named], policies }, async ({ page, world, sent }) => {
    await page.getByText("Failing").waitFor()
    await page.getByRole("button", { name: "Send test NOC Telegram" }).click()
    const test = page.getByRole("group", { name: "Test of NOC Telegram" })
    await test.getByText("Waits to be sent.").waitFor()
    const change = (changes: object) => Object.assign(world.deliveries[0] ?? {}, changes)
    const dueAtMs = Date.now() + 60_000
    change({ state: "retrying", attempts: 1, lastAnswer: "503 busy", dueAtMs })
    await test.getByText(/Not delivered yet; tried again in/).waitFor()
    await test.getByText("503 busy").waitFor()
    await checkAppearances(page, "notifications-channels")
    change({ state: "delivered", deliveredAtMs: Date.now(), lastAnswer: "200" })
    await test.getByText(/^Delivered after/).waitFor()
    await test.getByRole("button", { name: "Send again" }).waitFor()
    assert.equal(sent(`POST /notifications/channels/${channelId(1)}/test`).length, 1)
  }))

test("notifications: a channel is changed without its secret, previewed, and removed after a question", () =>
  on("/notifications", { channels: [...named], policies }, async ({ page, sent }) => {
    await page.getByRole("button", { name: "Edit Duty mailbox" }).click()
    assert.equal(new URL(page.url()).searchParams.get("channel"), channelId(3))
    await page.getByLabel("Name", { exact: true }).and(page.locator(":focus")).waitFor()
    await page.getByText("Set. Leave empty to keep it.").waitFor()
    await checkAppearances(page, "notifications-edit")
    await page.getByLabel("Recipients").fill("duty@example.net\nnoc@example.net")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("duty@example.net, noc@example.net").waitFor()
    const [body] = sent(`PUT /notifications/channels/${channelId(3)}`)
    assert.deepEqual(Reflect.get(Object(body), "secrets"), {})

    await page.getByRole("button", { name: "Preview of NOC Telegram" }).click()
    await page.getByText("Likely cause: the link (92 %)").waitFor()
    await keepPicture(page, "notifications-preview-narrow")
    await page.keyboard.press("Escape")

    await page.getByRole("button", { name: "Remove On-call SMS" }).click()
    const dialog = page.locator("ispvm-dialog")
    await dialog.getByText("will not any more: Night and day.").waitFor()
    await dialog.getByText("3 messages that wait for it are cancelled.").waitFor()
    await keepPicture(page, "notifications-remove-narrow")
    await dialog.getByRole("button", { name: "Remove channel" }).click()
    await page.getByText("On-call SMS was removed.").waitFor()
    await page.getByRole("button", { name: "Remove On-call SMS" }).waitFor({ state: "detached" })
  }))

test("notifications: the heartbeat for a monitor outside is set, and shows when it was answered", () =>
  on(
    "/notifications",
    { channels: [makeChannel(1)], policies: [makePolicy(1)] },
    async ({ page }) => {
      await page.getByText("No monitor outside knows that this appliance is alive.").waitFor()
      await page.getByRole("button", { name: "Add address" }).click()
      const address = page.getByLabel("Address of the monitor")
      await address.fill("no address")
      await page.getByRole("button", { name: "Save" }).click()
      await page
        .locator("ispvm-heartbeat")
        .getByText("No monitor", { exact: false })
        .waitFor({ state: "hidden" })
      await address.fill("https://monitor.example/ping/secret")
      await page.getByRole("button", { name: "Save" }).click()
      await page.getByText("last answered").waitFor()
      await page.getByText("monitor.example", { exact: true }).waitFor()
      await checkAppearances(page, "notifications-heartbeat")
    },
  ))

test("notifications: policies read as sentences, are moved and switched off", () =>
  on("/notifications?tab=policies", { channels: [...named], policies }, async ({ page, world }) => {
    const card = (name: string) => page.getByRole("article", { name })
    const first = card("Night and day")
    await first.getByText("Incidents from major up at all sites").waitFor()
    await first.getByText("After 5 min, unless acknowledged").waitFor()
    await first.getByText("Repeated every 15 min, up to 4 times, until acknowledged").waitFor()
    await first
      .getByText("Quiet 22:00–06:00, every day (Europe/Istanbul), except critical")
      .waitFor()
    await card("Appliance").getByText("Notifies nobody").waitFor()
    await checkAppearances(page, "notifications-policies")
    await page.getByRole("button", { name: "Move Appliance up" }).click()
    await page.getByText("The order was saved.").first().waitFor()
    assert.deepEqual(
      world.policies.map(({ name }) => name),
      ["Appliance", "Night and day", "Large outages"],
    )
    await page.getByRole("button", { name: "Switch off Appliance" }).click()
    await card("Appliance").getByText("Switched off", { exact: true }).waitFor()
    assert.equal(world.policies[0]?.isEnabled, false)
  }))

test("notifications: a policy is added; what somebody else has changed meanwhile is loaded again", () =>
  on(
    "/notifications?tab=policies&add=1",
    { channels: [...named], policies },
    async ({ page, world }) => {
      await page.getByRole("button", { name: "Save policy" }).click()
      await page.getByRole("group", { name: "Step 1" }).getByText("must not be empty").waitFor()
      await page.getByLabel("Name", { exact: true }).fill("Backbone")
      await page.getByRole("combobox", { name: "Step 1: Channels" }).click()
      await page.getByRole("option", { name: "NOC Telegram" }).click()
      await page.keyboard.press("Escape")
      await page.getByLabel("Hold messages back at certain hours").check()
      await page.getByLabel("Repeat the last step until somebody acknowledges").check()
      await checkAppearances(page, "notifications-policy-form")
      world.version += 1
      world.policies = world.policies.slice(0, 2)
      await page.getByRole("button", { name: "Save policy" }).click()
      await page.getByText("Somebody else has changed the policies meanwhile.").waitFor()
      await page.getByRole("button", { name: "Load them again" }).click()
      await page.getByText("Somebody else has changed").waitFor({ state: "detached" })
      await page.getByRole("button", { name: "Save policy" }).click()
      await page.getByRole("article", { name: "Backbone" }).waitFor()
      assert.deepEqual(
        world.policies.map(({ name }) => name),
        ["Night and day", "Appliance", "Backbone"],
      )
      const [, , added] = world.policies
      assert.deepEqual(added?.steps, [
        {
          afterS: 0,
          channels: [channelId(1)],
          schedules: [],
          leastUnreachable: 0,
          leastCustomers: 0,
        },
      ])
      assert.deepEqual(added?.repeat, { everyS: 900, times: 4 })
      assert.equal(added?.quietHours?.from, "22:00")
    },
  ))

const log = [
  makeDelivery(1, {
    ...{ state: "waiting", kind: "reminder", attempts: 0, deliveredAtMs: null, lastAnswer: null },
    dueAtMs: Date.now() + 4 * 60_000,
  }),
  makeDelivery(2, {
    ...{ state: "retrying", attempts: 3, deliveredAtMs: null, channelId: channelId(2) },
    ...{ channelName: "On-call SMS", channelKind: "sms", dueAtMs: Date.now() + 40_000 },
    lastAnswer: "503 Service Unavailable: the gateway has no route to the operator",
  }),
  makeDelivery(3, {
    ...{ state: "dead", attempts: 9, deliveredAtMs: null, channelId: channelId(2) },
    ...{ channelName: "On-call SMS", channelKind: "sms", lastAnswer: "timeout after 20 s" },
    reason: { code: "notify.expired", params: { afterS: 3_600 } },
  }),
  makeDelivery(4, {
    ...{ state: "cancelled", attempts: 0, deliveredAtMs: null, lastAnswer: null },
    reason: { code: "notify.recovered", params: {} },
  }),
  makeDelivery(5, { kind: "test", incident: null, policyName: null }),
  ...Array.from({ length: 60 }, (_, n) => makeDelivery(n + 6, { kind: "resolved" })),
]

test("notifications: the log is filtered and paged by the address; what was given up is sent again", () =>
  on(
    "/notifications?tab=log",
    { channels: [...named], policies, deliveries: [...log] },
    async ({ page, world }) => {
      await page.getByText("50 deliveries").waitFor()
      await checkAppearances(page, "notifications-log")
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.getByRole("button", { name: "Older" }).click()
      await page.getByText("15 deliveries").waitFor()
      await page.getByRole("button", { name: "Given up" }).click()
      await page.getByText("1 delivery", { exact: true }).waitFor()
      assert.equal(new URL(page.url()).search, "?tab=log&state=dead")
      await page.getByRole("row", { name: /timeout after 20 s/ }).click()
      const drawer = page.locator("ispvm-drawer")
      await drawer.getByText("Attempt 9").waitFor()
      await checkAppearances(page, "notifications-delivery")
      await drawer.getByRole("button", { name: "Send again" }).click()
      await drawer.getByText("Retrying").waitFor()
      assert.equal(world.deliveries.find(({ id }) => id === deliveryId(3))?.state, "retrying")
    },
  ))

test("notifications: twenty channels with long names fit, and a viewer sees why nothing can be changed", () =>
  on(
    "/notifications",
    {
      channels: Array.from({ length: 20 }, (_, n) =>
        makeChannel(n + 1, {
          name: longName(n + 1),
          ...(n % 5 === 1
            ? { failingSinceMs: Date.now() - HOUR_MS, lastAnswer: "x".repeat(90) }
            : {}),
        }),
      ),
      policies: [
        makePolicy(1, {
          steps: [
            {
              afterS: 0,
              channels: [1, 2, 3, 4].map(channelId),
              schedules: [],
              leastUnreachable: 0,
              leastCustomers: 0,
            },
          ],
        }),
      ],
    },
    async ({ page }) => {
      await page
        .getByText("Only administrators can change channels, policies and schedules.")
        .waitFor()
      await page.getByText(longName(20)).waitFor()
      await checkAppearances(page, "notifications-full")
      assert.equal(await page.getByRole("button", { name: /Send test|Edit|Remove|Add/ }).count(), 0)
      await page.getByRole("tab", { name: "Policies" }).click()
      await page.getByRole("article").waitFor()
      assert.equal(await page.getByRole("button", { name: /Move|Edit|Switch|Add/ }).count(), 0)
    },
    {
      setUp: ({ network }) => {
        network.session = sessionOf("viewer")
      },
    },
  ))

test("notifications: loading and failed are shown, and trying again works", async () => {
  let isBroken = true
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await on(
    "/notifications",
    { channels: [...named], policies },
    async ({ page }) => {
      await page.locator("ispvm-page-notifications ispvm-skeleton").waitFor()
      await keepPicture(page, "notifications-loading-dark")
      release()
      await page.getByText("The channels could not be loaded").waitFor()
      await checkAppearances(page, "notifications-failed")
      isBroken = false
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByText("NOC Telegram").first().waitFor()
    },
    {
      override: async (what) => {
        if (what !== "GET /notifications/channels") return null
        await held
        return isBroken ? problem(503, "busy", "The database is starting.") : null
      },
    },
  )
})

test("notifications: the settings say how the channels stand", () =>
  on("/settings", { channels: [...named], policies }, async ({ page }) => {
    await page.getByText("4 channels. Failing: On-call SMS. 1 is switched off.").waitFor()
    await page.getByRole("link", { name: "Open notifications" }).click()
    await page.getByRole("tab", { name: "Channels" }).waitFor()
  }))

test("notifications: an incident says who was notified, what waits, and why others were not", async () => {
  const deliveries = log.slice(0, 4).map((each) => ({ ...each, policyName: "Night and day" }))
  const atMs = Date.now() - 240_000
  const decisions = [
    { code: "notify.notified", params: { policy: "Night and day" } },
    {
      code: "notify.below-severity",
      params: { policy: "Large outages", severity: "major", least: "critical" },
    },
  ] as const
  await on(
    `/incidents/${STORY_INCIDENT}`,
    {
      ofIncident: {
        deliveries,
        decisions: decisions.map((message) => ({ policyName: "", message, atMs })),
      },
    },
    async ({ page, world }) => {
      const section = page.getByRole("region", { name: "Notifications" })
      await section.getByText("Why, and why not").waitFor()
      await section.getByText("Policy “Large outages” notifies from critical up").waitFor()
      await section.getByText(/^until /).waitFor()
      await checkAppearances(page, "incident-notifications", () => section.scrollIntoViewIfNeeded())
      world.ofIncident = {
        deliveries: [],
        decisions: [{ policyName: null, message: { code: "notify.no-policy", params: {} }, atMs }],
      }
      await section.getByText("Nobody was notified.").waitFor()
      await section.getByRole("link", { name: "Add channel" }).click()
      await page.getByRole("radio", { name: "E-mail" }).waitFor()
    },
    { setUp: (work) => STORIES.cut(work) },
  )
})
