/** The page of an incident in a real browser, in each state of its diagnosis. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { IncidentImpact } from "@ispvm/appliance/api/impact"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { APPEARANCES, keepPicture } from "./browser.ts"
import { sentence, uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer, type TestServer } from "./server.ts"
import { STORIES, STORY_SIZE, type StoryName } from "./stories.ts"
import { makeRecheck, STORY_INCIDENT } from "./story-builders.ts"
import { makeWork, type Work } from "./work.ts"

const PATH = `/incidents/${STORY_INCIDENT}`
let server: TestServer
let work: Work
/**
 * The answer to the next requests for the incident: delayed, an error, or null for the normal one.
 */
let intercept: () => Promise<{ status: number; body: unknown } | null>

useBrowser()

const on = async (
  story: StoryName,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  path = PATH,
  first: typeof intercept = async () => null,
  impact: IncidentImpact | null = null,
): Promise<void> => {
  work = makeWork(STORY_SIZE[story] ?? 40)
  STORIES[story](work)
  intercept = first
  server = await startServer(async (method, url, body) => {
    if (impact !== null && url.pathname === `${PATH}/impact`) return { status: 200, body: impact }
    const intercepted = url.pathname === PATH ? await intercept() : null
    return intercepted ?? work.answers(method, url, body)
  })
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true })
const busy = async () => ({
  status: 503,
  body: { title: sentence("Busy"), status: 503, code: "busy", detail: "The database is starting." },
})
const change = (detail: Parameters<Work["details"]["set"]>[1]): void => {
  work.details.set(STORY_INCIDENT, { ...work.details.get(STORY_INCIDENT), ...detail })
  const index = work.network.incidents.findIndex((each) => each.id === STORY_INCIDENT)
  const was = work.network.incidents[index]
  assert.ok(was)
  work.network.incidents[index] = { ...was, updatedAtMs: Date.now() }
  server.publish("incident", work.network.incidents[index])
}

test("incident: planned work that explains the cause is shown with it, with how probable that is", () =>
  on("cut", "dark", async (page) => {
    const detail = work.details.get(STORY_INCIDENT)
    const [first, ...others] = detail?.hypotheses ?? []
    assert.ok(first)
    const planned = [{ id: uuid(8_000), name: "New firmware", probability: 0.9 }]
    change({ hypotheses: [{ ...first, planned }, ...others] })
    await page.getByText("Explained by planned work New firmware (90 %)").waitFor()
    assert.deepEqual(await findings(page), [])
    for (const appearance of ["dark", "narrow"] as const) {
      const { width, height } = APPEARANCES[appearance]
      await page.setViewportSize({ width, height })
      await page.getByText("Explained by planned work").scrollIntoViewIfNeeded()
      await keepPicture(page, `incident-planned-work-${appearance}`)
    }
  }))

const affected = (at: number, isCutOff: boolean) => ({
  ...{ user: `customer-${at}`, address: `100.64.0.${at}`, service: "pppoe", isCutOff },
  ...{ deviceId: uuid(70), deviceName: "izm-pppoe-1" },
})
const IMPACT: IncidentImpact = {
  ...{ atMs: Date.now(), sinceMs: Date.now() - 600_000, before: 230, cutOff: 214, more: 227 },
  devices: [
    {
      ...{ deviceId: uuid(70), deviceName: "izm-pppoe-1", why: "unreachable" },
      ...{ before: 214, cutOff: 210 },
    },
    {
      ...{ deviceId: uuid(71), deviceName: "man-pppoe-1", why: "sessions-lost" },
      ...{ before: 16, cutOff: 4 },
    },
  ],
  sessions: [affected(1, true), affected(2, true), affected(3, false)],
}
test("incident: customers that are cut off are counted, by device and by name", () =>
  on(
    "cut",
    "dark",
    async (page) => {
      const customers = region(page, "Customers")
      await customers.getByText("214 sessions cut off").waitFor()
      await customers.getByText("of 230 that were up at").waitFor()
      await customers.getByText("210 of 214").waitFor()
      await customers.getByText("reports them as ended").waitFor()
      await customers.getByText("Who").click()
      await customers.getByText("customer-3").waitFor()
      await customers.getByText("227 more are not listed.").waitFor()
      assert.deepEqual(await findings(page), [])
      for (const appearance of ["dark", "narrow"] as const) {
        const { width, height } = APPEARANCES[appearance]
        await page.setViewportSize({ width, height })
        await customers.scrollIntoViewIfNeeded()
        await keepPicture(page, `incident-customers-${appearance}`)
      }
    },
    PATH,
    undefined,
    IMPACT,
  ))

test("incident: who may not see customers gets their number, and all back is said so", () =>
  on(
    "cut",
    "dark",
    async (page) => {
      const customers = region(page, "Customers")
      await customers.getByText("All sessions are back.").waitFor()
      await customers.getByText("Your role does not show who they are.").waitFor()
    },
    PATH,
    undefined,
    { ...IMPACT, cutOff: 0, sessions: null, more: 230 },
  ))

/** Each story with texts that its cause must show. */
const SIGNS: readonly (readonly [StoryName, readonly RegExp[]])[] = [
  ["cut", [/Almost certain/, /98 %/, /Check both ends/]],
  [
    "indistinguishable",
    [
      /Almost certain/,
      /97 %/,
      /cannot be distinguished/,
      /or router izm-core-1/,
      /Ask Izmir whether izm-core-1 has power/,
    ],
  ],
  ["likely", [/Likely/, /71 %/]],
  ["two", [/Very likely/, /86 %/, /Both have failed at once/]],
  ["site", [/93 %/, /power at Izmir/, /whether the site has power/]],
  ["agent", [/99 %/, /agent ank-pop/, /they are not evaluated/]],
  [
    "rechecking",
    [/Best guess/, /46 %/, /Re-checking: 1 of 3 answered/, /2 re-checks are in progress/],
  ],
  ["full", [/Likely/, /62 %/, /One of these 14/, /or one of 9 more/]],
  ["old", [/link ank-core-1–izm-core-1/, /or router izm-core-1/, /Why this cause/]],
  ["over", [/97 %/, /could not be distinguished/]],
]
const APPEARANCES_OF: Readonly<Partial<Record<StoryName, readonly (keyof typeof APPEARANCES)[]>>> =
  {
    indistinguishable: ["dark", "light", "narrow"],
    full: ["dark", "light", "narrow"],
    over: ["light"],
    old: ["dark", "narrow"],
  }
for (const [name, signs] of SIGNS)
  for (const appearance of APPEARANCES_OF[name] ?? ["dark"])
    test(`incident: ${name} in ${appearance} shows its cause, and axe finds nothing`, () =>
      on(name, appearance, async (page) => {
        const cause = region(page, "Cause")
        for (const sign of signs) await cause.getByText(sign).first().waitFor()
        await page.locator("ispvm-blast svg[role=group]").waitFor()
        assert.deepEqual(await findings(page), [])
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        assert.equal(wide, 0, "nothing overflows sideways")
        await keepPicture(page, `incident-${name}-${appearance}`)
      }))

test("incident: without a computed diagnosis there is no confidence, no list of causes and no evidence", () =>
  on("old", "dark", async (page) => {
    await page.getByText("Why this cause").waitFor()
    for (const name of ["Possible causes", "Evidence", "Re-checks", "Diagnosis history"])
      assert.equal(await region(page, name).count(), 0, name)
    assert.doesNotMatch(await region(page, "Cause").innerText(), /%|distinguished|certain/)
  }))

test("incident: of a degraded link the page says what is left of its capacity, beside its paths", () =>
  on("cut", "dark", async (page) => {
    const link = { id: uuid(7), name: "ank-core-1–izm-core-1" }
    const [known] = work.network.incidents
    assert.ok(known)
    const thing = { noun: "link", ...link } as const
    const params = {
      kind: "congested-link",
      likelihood: "stated",
      thing,
      tense: "present",
    } as const
    const effect = { lossRatio: 0.08, delayMs: 0, devices: 2 }
    work.network.incidents[0] = {
      ...known,
      title: {
        code: "title.degradation",
        params: { ...params, ...effect, alternatives: { items: [], more: 0 } },
      },
    }
    change({
      because: [{ code: "reason.capacity-left", params: { link, leftBps: 3e7, ofBps: 1e9 } }],
    })
    const cause = region(page, "Cause")
    await cause.getByText(/ank-core-1–izm-core-1 has 30 Mbit\/s of 1 Gbit\/s left/).waitFor()
    await region(page, "Evidence").waitFor()
  }))

test("incident: causes are in order with what distinguishes them; one is shown by keyboard, and the URL has it", () =>
  on("likely", "dark", async (page) => {
    const list = region(page, "Possible causes")
    await list.getByText("Other causes").waitFor()
    const rows = await list.getByRole("listitem").allInnerTexts()
    assert.deepEqual(
      rows.map((row) => row.match(/[<>]? ?\d+ %/)?.[0]),
      ["71 %", "18 %", "6 %", "2 %", "3 %"],
    )
    assert.match(rows[1] ?? "", /To distinguish it from 1: Ask Izmir whether izm-core-1 has power/)
    assert.match(rows[3] ?? "", /Nothing has failed/)
    await page.getByRole("link", { name: "izm-core-1: Down", exact: true }).waitFor()
    await list.getByRole("button", { name: "Show possible cause 2" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "izm-core-1: Down, cause" }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get("explanation"), "2")
    await page.reload()
    await page.getByText("Shown as if possible cause 2 were true").waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incident-drawn-dark")
    await page.getByRole("button", { name: "Back to cause 1" }).click()
    // A vertical line has no width, so only its presence is checked.
    await page
      .getByRole("link", { name: "ank-core-1–izm-core-1, cause" })
      .waitFor({ state: "attached" })
    assert.equal(new URL(page.url()).search, "")
  }))

test("incident: hovering a component highlights it everywhere on the page", () =>
  on("cut", "dark", async (page) => {
    await region(page, "Evidence").getByText("OSPF adjacency").hover()
    for (const part of [
      "ispvm-diagnosis",
      "ispvm-explanations",
      "ispvm-blast",
      "ispvm-diagnosis-history",
    ])
      await page.locator(`${part} .hot`).first().waitFor()
    await page.getByRole("heading", { level: 1 }).hover()
    await page.locator("ispvm-blast .hot").first().waitFor({ state: "detached" })
  }))

test("incident: a shape in the diagram and a name in the evidence link to the device", () =>
  on("indistinguishable", "dark", async (page) => {
    await region(page, "Evidence").getByRole("link", { name: "izm-core-1" }).click()
    await page.waitForURL(/\/devices\//)
    await page.goBack()
    await page.getByRole("link", { name: "kon-core-1: Unreachable", exact: false }).click()
    await page.waitForURL(/\/devices\//)
  }))

test("incident: a pending re-check counts up; its result and the new cause appear without a reload", () =>
  on("rechecking", "dark", async (page) => {
    const list = region(page, "Re-checks")
    const first = await list
      .getByText(/requested .* ago …/)
      .first()
      .innerText()
    await page.waitForFunction((was) => !document.body.innerText.includes(was), first)
    await page.waitForTimeout(300)
    assert.notEqual(
      await list
        .getByText(/requested .* ago …/)
        .first()
        .innerText(),
      first,
    )
    const requestedAtMs = Date.now() - 2_000
    change({
      rechecks: [
        makeRecheck("Port sfp-sfpplus1 on ank-core-1", requestedAtMs, "down", 640),
        makeRecheck("Ping of kon-core-1", requestedAtMs, "no-answer", 12),
      ],
      diagnosisHistory: [
        {
          atMs: requestedAtMs,
          causes: [{ kind: "device", id: uuid(3), name: "izm-core-1" }],
          confidence: 0.46,
          message: sentence(""),
        },
        {
          atMs: requestedAtMs + 900,
          causes: [{ kind: "link", id: uuid(7_002), name: "ank-core-1–izm-core-1" }],
          confidence: 0.93,
          message: sentence("Its port has no link."),
        },
      ],
    })
    await list.getByText("2 of 2 answered").waitFor()
    await list.getByText("after 0.6 s").waitFor()
    await list.getByText("after 12 ms").waitFor()
    await page.getByText("Re-checking").waitFor({ state: "detached" })
    const [latest] = await region(page, "Diagnosis history").getByRole("listitem").allInnerTexts()
    assert.match(latest ?? "", /\+ 0\.9 s\s*93 %\s*link ank-core-1–izm-core-1 cause changed/)
  }))

test("incident: of forty lines of evidence, eight a side are shown until the rest is requested", () =>
  on("full", "dark", async (page) => {
    const evidence = region(page, "Evidence")
    await evidence.getByText("Show all 27").waitFor()
    assert.equal(await evidence.getByRole("listitem").count(), 16)
    await evidence.getByRole("button", { name: "Show all 27" }).press("Enter")
    await evidence.getByText("Show fewer").waitFor()
    assert.equal(await evidence.getByRole("listitem").count(), 35)
    await page.getByRole("button", { name: "8 earlier steps" }).click()
    assert.equal(await region(page, "Diagnosis history").getByRole("listitem").count(), 14)
    await page.getByRole("button", { name: "or one of 9 more" }).click()
    await region(page, "Cause").getByRole("link", { name: "tra-edge-1" }).waitFor()
  }))

for (const [appearance, isBelow] of [
  ["dark", false],
  ["narrow", true],
] as const)
  test(`incident: for and against are ${isBelow ? "below each other" : "side by side"} in ${appearance}`, () =>
    on("indistinguishable", appearance, async (page) => {
      const [one, other] = await Promise.all(
        ["For", "Against"].map((name) =>
          page.getByRole("region", { name: new RegExp(`^${name} `) }).boundingBox(),
        ),
      )
      assert.ok(one && other)
      assert.equal(other.y >= one.y + one.height - 1, isBelow)
    }))

test("incident: on a phone the focus order is the visual order: cause, causes, diagram, evidence", () =>
  on("indistinguishable", "narrow", async (page) => {
    await page.locator("ispvm-blast svg[role=group]").waitFor()
    const seen: string[] = []
    for (let n = 0; n < 60 && !seen.includes("ISPVM-EVIDENCE"); n += 1) {
      await page.keyboard.press("Tab")
      const at = await page.evaluate(() => {
        const inside: string[] = []
        for (let each = document.activeElement; each; each = each.shadowRoot?.activeElement ?? null)
          inside.push(each.tagName)
        return (
          inside.find((tag) =>
            /^ISPVM-(DIAGNOSIS|BLAST|EXPLANATIONS|EVIDENCE|SYMPTOMS)$/.test(tag),
          ) ?? ""
        )
      })
      if (at !== "" && at !== seen.at(-1)) seen.push(at)
    }
    const tops = await page.evaluate(
      (tags) => {
        const root = document
          .querySelector("ispvm-app")
          ?.shadowRoot?.querySelector("ispvm-page-incident")?.shadowRoot
        return tags.map((tag) => root?.querySelector(tag)?.getBoundingClientRect().top ?? 0)
      },
      seen.map((tag) => tag.toLowerCase()),
    )
    assert.deepEqual(
      [...tops].sort((a, b) => a - b),
      tops,
      "focus moves downwards only",
    )
    assert.deepEqual(seen, [
      "ISPVM-DIAGNOSIS",
      "ISPVM-EXPLANATIONS",
      "ISPVM-BLAST",
      "ISPVM-EVIDENCE",
    ])
  }))

test("incident: a closed one has no next step, and shows which re-check has no result", () =>
  on("over", "dark", async (page) => {
    await page.getByText("no result", { exact: true }).waitFor()
    assert.equal(await page.getByText("Next step").count(), 0)
    assert.equal(await page.getByText("To distinguish it from 1").count(), 0)
    assert.equal(await page.getByText("Re-checking").count(), 0)
  }))

test("incident: after a failed reload the page shows the age of its data, and recovers", () =>
  on("rechecking", "dark", async (page) => {
    await page
      .getByText(/requested .* ago …/)
      .first()
      .waitFor()
    intercept = busy
    change({})
    await page.getByText(/As of \d\d:\d\d:\d\d/).waitFor()
    // Whether an answer arrived is unknown, so no time counts up.
    await page.getByText("requested, no result yet").first().waitFor()
    assert.deepEqual(await findings(page), [])
    await keepPicture(page, "incident-stale-dark")
    intercept = async () => null
    await page.getByText(/As of/).waitFor({ state: "detached" })
  }))

test("incident: when the live stream is lost, the page shows the age of its data", () =>
  on("indistinguishable", "dark", async (page) => {
    await page.getByText("Live", { exact: true }).first().waitFor()
    server.breakStreams()
    await page.getByText(/As of \d\d:\d\d:\d\d/).waitFor()
    server.restoreStreams()
    await page.getByText(/As of/).waitFor({ state: "detached" })
  }))

test("incident: a skeleton while it loads; an error shows why, a retry loads it", () => {
  let release: () => void = () => undefined
  const pending = new Promise<void>((resolve) => {
    release = resolve
  })
  return on(
    "indistinguishable",
    "dark",
    async (page) => {
      await page.locator("ispvm-skeleton").nth(3).waitFor()
      await page.waitForTimeout(400)
      await keepPicture(page, "incident-loading-dark")
      // A new stream makes the page load again: that fails as well.
      intercept = async () => busy()
      release()
      await page.getByText("The database is starting.").waitFor()
      intercept = async () => null
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByText("Almost certain").waitFor()
    },
    PATH,
    () => pending.then(busy),
  )
})

for (const [where, path] of [
  ["the list", "/incidents"],
  ["the overview", "/"],
] as const)
  test(`incident: ${where} shows the confidence only where it is low`, async () => {
    await on(
      "likely",
      "dark",
      async (page) => {
        await page.getByText("Likely 71 %").waitFor()
        assert.equal(
          await page.getByText(/\d %/).and(page.locator("ispvm-confidence *")).count(),
          1,
        )
        assert.deepEqual(await findings(page), [])
      },
      path,
    )
    await on(
      "indistinguishable",
      "dark",
      async (page) => {
        await page.getByText("14 devices downstream").first().waitFor()
        assert.equal(await page.locator("ispvm-confidence").count(), 0)
      },
      path,
    )
  })
