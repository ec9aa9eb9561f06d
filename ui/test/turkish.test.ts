/**
 * The UI in Turkish in a real browser: incidents, statuses and errors of forms, from their codes.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Claim, Message, Reason } from "@ispvm/appliance/api/messages"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { keepPicture } from "./browser.ts"
import { englishTextsOf } from "./english-words.ts"
import { sentence } from "./make.ts"
import { sessionOf } from "./network.ts"
import { channelId, makeChannel, makeDelivery, makePolicy } from "./notifications-answers.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { startServer } from "./server.ts"
import { STORIES } from "./stories.ts"
import { asLink, at, makeEvidence, STORY_INCIDENT, setIncident } from "./story-builders.ts"
import { makeWork, type Work } from "./work.ts"

useBrowser()

type Answers = Work["answers"]
const on = async (
  path: string,
  work: Work,
  act: (page: Page) => Promise<void>,
  answers: Answers = work.answers,
): Promise<void> => {
  const server = await startServer(answers)
  try {
    await showPage(server, `${path}?lang=tr`, "dark", act)
  } finally {
    server.close()
  }
}

/** The story of a cut link, in messages with codes; one sentence is of an earlier release. */
const makeCut = (): Work => {
  const work = makeWork(40)
  STORIES.cut(work)
  const link = at(work.network.links, 1)
  const [a] = work.network.devices
  assert.ok(a)
  const claim: Claim = {
    thing: { noun: "link", id: link.id, name: link.name },
    tense: "present",
    switchedOffAt: { items: [], more: 0 },
    towards: null,
  }
  const title = {
    code: "title.fault",
    params: {
      fault: { kind: "single", likelihood: "probable", claim },
      tense: "present",
      downstream: 3,
      site: null,
      agentDevices: null,
    },
  } as const
  const because: Reason[] = [
    {
      code: "reason.only-path",
      params: { devices: { items: [{ id: a.id, name: a.name }], more: 2 }, tense: "present" },
    },
    sentence("A sentence of an earlier release."),
  ]
  const startMs = Date.now() - 240_000
  const port = { interface: "sfp1", device: { id: a.id, name: a.name } }
  setIncident(
    work,
    { title, causes: [asLink(link)], confidence: 0.72 },
    {
      ...work.details.get(STORY_INCIDENT),
      because,
      evidence: [
        {
          ...makeEvidence("for", "", startMs, { device: a, link }),
          message: {
            code: "evidence.port-down",
            params: { port, towards: null, tense: "present" },
          },
        },
      ],
      timeline: [
        {
          id: "1",
          atMs: startMs,
          kind: "opened",
          who: "ISP Visual Monitor",
          message: { code: "timeline.opened", params: { title, because } },
        },
      ],
    },
  )
  return work
}

test("turkish: an incident is shown in Turkish from its codes, an old sentence unchanged", () => {
  const work = makeCut()
  const link = at(work.network.links, 1).name
  const [a] = work.network.devices
  return on(`/incidents/${STORY_INCIDENT}`, work, async (page) => {
    const title = `Bağlantı ${link} büyük olasılıkla kesik; aşağı yönde 3 cihaz`
    await page.getByRole("heading", { name: title }).first().waitFor()
    await page.getByText("arayüzünün bağlantısız olduğunu bildiriyor").first().waitFor()
    await page.getByText("ve 2 tane daha için tek yol odur").first().waitFor()
    await page.getByText("A sentence of an earlier release.").first().waitFor()
    assert.ok((await page.getByText(a?.name ?? "").count()) > 0)
    const text = await page.locator("ispvm-page-incident").innerText()
    assert.doesNotMatch(
      text.replace("A sentence of an earlier release.", ""),
      /\b(?:is|are|the|only path|reports|downstream|cut)\b/,
    )
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incident-turkish-dark")
  })
})

test("turkish: a device says why its status is what it is", () => {
  const work = makeWork(40)
  const device = work.network.devices[7]
  assert.ok(device)
  const message: Message = { code: "status.unreachable", params: { incident: 12 } }
  work.network.devices[7] = { ...device, status: { ...device.status, message } }
  return on(`/devices/${device.id}`, work, async (page) => {
    await page.getByText("Arıza #12 nedeniyle ulaşılamıyor.").waitFor()
    await keepPicture(page, "device-turkish-dark")
  })
})

test("turkish: a field says what the schema, and then what the appliance, finds wrong with it", () => {
  const work = makeWork(1)
  work.network.session = { ...sessionOf(null), isSetUp: false }
  const refuse: Answers = async (method, url, body) =>
    method === "POST" && url.pathname === "/setup"
      ? problem(403, "wrong-setup-code", "That is not the set-up code.", [
          { path: "setupCode", code: "field.setup-code", params: {}, message: "is not the code" },
        ])
      : work.answers(method, url, body)
  const submit = (page: Page) => page.getByRole("button", { name: "Hesap oluştur" }).click()
  return on(
    "/",
    work,
    async (page) => {
      await page.getByLabel("Parola", { exact: true }).fill("kısa")
      await page.getByLabel("E-posta").fill("ayşe")
      await submit(page)
      await page.getByText("bir e-posta adresi değil").waitFor()
      await page.getByText("en az 12 karakter olmalı").waitFor()
      assert.equal(await page.getByText("boş olamaz").count(), 3)
      await keepPicture(page, "setup-turkish-dark")
      await page.getByLabel("Kurulum kodu").fill("1234")
      await page.getByLabel("Kuruluş").fill("Örnek Net")
      await page.getByLabel("Adınız").fill("Ayşe")
      await page.getByLabel("E-posta").fill("ayse@example.net")
      await page.getByLabel("Parola", { exact: true }).fill("üç yönlendirici gece şarkı söyler")
      await submit(page)
      await page.getByText("konsoldaki kod değil").waitFor()
    },
    refuse,
  )
})

test("turkish: channels, policies and deliveries have no text of English that is translated", () => {
  const work = makeWork(1)
  const atMs = Date.now() - 60_000
  const delivery = makeDelivery(1, {
    ...{ state: "dead", attempts: 2, deliveredAtMs: null, lastAnswer: "503", policyName: "P1" },
    reason: { code: "notify.expired", params: { afterS: 3_600 } },
  })
  Object.assign(work.notifications, {
    channels: [
      makeChannel(1, { name: "NOC", failingSinceMs: atMs, pending: 2 }),
      makeChannel(2, { name: "SMS", lastDeliveredAtMs: null, fallbackId: channelId(1) }),
      makeChannel(3, { name: "E", isEnabled: false }),
    ],
    policies: [
      makePolicy(1, {
        ...{ name: "P1", delayS: 90, repeat: { everyS: 900, times: 4 }, isLast: true },
        quietHours: {
          ...{ timeZone: "UTC", from: "22:00", to: "06:00", exceptFrom: "major" },
          days: [1, 2],
        },
      }),
      makePolicy(2, { name: "P2", isEnabled: false, about: "network", leastUnreachable: 3 }),
    ],
    deliveries: [delivery, makeDelivery(2, { state: "retrying", kind: "reminder" })],
  })
  // "Per" is Thursday.
  const isData = (text: string): boolean => /Ankara|telegram|NOC|Anadolu|^Per$/i.test(text)
  return on("/notifications", work, async (page) => {
    const check = async (name: string): Promise<void> => {
      assert.deepEqual(await englishTextsOf(page, isData), [], name)
      await keepPicture(page, `${name}-turkish-dark`)
    }
    await page.getByText("Başarısız").waitFor()
    await check("notifications")
    await page.getByRole("button", { name: "Kanal ekle" }).click()
    await page.getByRole("heading", { name: "Kanal ekle" }).waitFor()
    await check("notifications-add")
    await page.getByRole("tab", { name: "Politikalar" }).click()
    await page.getByText("P1", { exact: true }).waitFor()
    await check("notifications-policies")
    await page.getByRole("button", { name: "P1 politikasını düzenle" }).click()
    await page.getByLabel("Gecikme, saniye").waitFor()
    await check("notifications-policy-form")
    await page.getByRole("tab", { name: "Teslimat kaydı" }).click()
    await page.getByRole("row", { name: /503/ }).click()
    await page.getByRole("button", { name: "Yeniden gönder" }).waitFor()
    await check("notifications-delivery")
  })
})
