/** Alert rules: the list, a text with a problem, saving, restoring and a dry run. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { checkAppearances } from "./appearances.ts"
import { keepPicture } from "./browser.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { answerRules, makeRules, type RuleWorld } from "./rule-answers.ts"
import { startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const on = async (
  path: string,
  act: (page: Page, world: RuleWorld) => Promise<void>,
  arrange: (world: RuleWorld) => void = () => undefined,
): Promise<void> => {
  const work = makeWork()
  const world = makeRules()
  arrange(world)
  const server = await startServer(
    (method, url, body) =>
      answerRules(world, method, url.pathname, body) ?? work.answers(method, url, body),
  )
  try {
    await showPage(server, path, "dark", (page) => act(page, world))
  } finally {
    server.close()
  }
}

test("alert rules: raised first, then active, then what waits for data", () =>
  on("/settings/alert-rules", async (page) => {
    const rows = page.locator(".check")
    await rows.nth(4).waitFor()
    assert.match(
      await rows.nth(0).innerText(),
      /CPU load is high\s+Active · 24 devices · 2 raised · 1 pending/,
    )
    assert.match(
      await rows.nth(4).innerText(),
      /BGP session is not established\s+Inactive: waits for data: bgp\.state/,
    )
    await page.getByText("Update available").waitFor()
    await page.getByText("Active · Built-in condition").waitFor()
    await checkAppearances(page, "alert-rules")
    await page.getByRole("link", { name: "CPU load is high" }).click()
    await page.getByRole("heading", { name: "CPU load is high" }).waitFor()
  }))

test("alert rules: a problem has a line, saving makes a version, a version is restored", () =>
  on("/settings/alert-rules/cpu-high", async (page, world) => {
    const area = page.getByRole("textbox", { name: "Rule in YAML" })
    await page.getByText("is about 24 devices").waitFor()
    await area.fill(world.yaml.replace("cpu_pct", "cpu_pcx"))
    const found = page.getByRole("button", { name: /Line 3, column 17/ })
    await found.waitFor()
    assert.match(await found.innerText(), /device\.cpu_pcx is not a metric/)
    assert.equal(await page.locator(".cm-gutter-lint .cm-lint-marker-error").count(), 1)
    assert.equal(await page.locator(".cm-lintRange-error").innerText(), "device.cpu_pcx")
    await checkAppearances(page, "alert-rule-problem")
    await found.click()
    const selected = await page.evaluate(() => getSelection()?.toString() ?? "")
    assert.match(selected, /^device\.cpu_pcx/)
    await area.fill(world.yaml.replace("above: 90", "above: 85"))
    await page.getByText("is about 24 devices").waitFor()
    await page.getByLabel("Reason").fill("towers have small boards")
    await page.getByRole("button", { name: "Save", exact: true }).click()
    await page.getByText("Version 1").waitFor()
    await page.getByText("towers have small boards").waitFor()
    assert.match(String(Reflect.get(Object(world.saved[0]), "yaml")), /above: 85/)
    await area.fill(world.yaml.replace("above: 85", "above: 80"))
    await page.getByText("is about 24 devices").waitFor()
    await page.getByRole("button", { name: "Save", exact: true }).click()
    await page.getByText("Version 2").waitFor()
    await page.getByRole("button", { name: "Restore" }).click()
    await page.waitForFunction(() => !document.body.innerText.includes("above: 80"))
    assert.deepEqual(world.saved.at(-1), { version: 1, reason: "" })
    await checkAppearances(page, "alert-rule-versions")
  }))

test("alert rules: a rule that was removed has its versions, and is restored", () => {
  const kept: RuleWorld["rules"] = []
  return on(
    "/settings/alert-rules/tower-disk",
    async (page, world) => {
      await page.getByText("This rule was removed.").waitFor()
      await checkAppearances(page, "alert-rule-removed")
      assert.equal(await page.getByRole("button", { name: "Remove rule" }).count(), 0)
      world.rules.push(...kept)
      await page.getByRole("button", { name: "Restore" }).click()
      await page.getByRole("heading", { name: "Disk of tower routers" }).waitFor()
      assert.deepEqual(world.saved.at(-1), { version: 1, reason: "" })
    },
    (world) => {
      kept.push(...world.rules.splice(4, 1))
      const by = { atMs: Date.now(), author: "Mehmet Kaya", reason: "" }
      world.versions.push({ ...by, version: 2, yaml: null }, { ...by, version: 1, yaml: "id: x" })
    },
  )
})

test("alert rules: keys, metrics, states and names are completed where they may stand", () =>
  on("/settings/alert-rules/new", async (page) => {
    const area = page.getByRole("textbox", { name: "Rule in YAML" })
    const offered = page.locator(".cm-tooltip-autocomplete li")
    const first = () => offered.first().innerText()
    // A list that has just opened takes no key, so that Enter in quick typing stays a line break.
    const take = async (): Promise<void> => {
      await page.waitForTimeout(150)
      await area.press("Enter")
    }
    await area.click()
    await area.pressSequentially("id: slow\nname: Slow\nwhen: { metric: device.c")
    await offered.filter({ hasText: "device.cpu_pct" }).waitFor()
    assert.match(await first(), /device\.cpu_pct\s*device · %/)
    await checkAppearances(page, "alert-rule-completion")
    await take()
    await area.pressSequentially(", ab")
    await offered.filter({ hasText: "above" }).waitFor()
    await take()
    await area.pressSequentially("90 }\nscope: { tags: [to")
    await offered.filter({ hasText: "tower" }).waitFor()
    await take()
    assert.match(
      await area.innerText(),
      /when: \{ metric: device\.cpu_pct, above: 90 \}\nscope: \{ tags: \[tower/,
    )
  }))

test("alert rules: a new one begins with an example, also after it was removed", () =>
  on("/settings/alert-rules/new", async (page) => {
    const button = page.getByRole("button", { name: "Begin with an example" })
    const area = page.getByRole("textbox", { name: "Rule in YAML" })
    for (let time = 0; time < 2; time += 1) {
      await button.click()
      await page.getByText("is about 24 devices").waitFor()
      assert.match(await area.innerText(), /id: my-rule\n.*name: CPU of core routers is high/s)
      await button.waitFor({ state: "detached" })
      if (time === 0) await keepPicture(page, "alert-rule-example")
      await area.fill("")
    }
    await button.waitFor()
  }))

test("alert rules: a dry run shows what the text would have raised beside the rule in use", () =>
  on("/settings/alert-rules/cpu-high", async (page) => {
    await page.getByText("is about 24 devices").waitFor()
    await page.getByRole("button", { name: "Run", exact: true }).click()
    await page.getByText("raised 4 times · at 2 places").waitFor()
    await page.getByText("raised 1 time · at 1 place").waitFor()
    await page.getByRole("img", { name: /Minor, 1 h, 93\.4 %; Major, 3 h/ }).waitFor()
    await checkAppearances(page, "alert-rule-dry-run")
  }))

test("alert rules: what matches very much is saved after a question", () =>
  on(
    "/settings/alert-rules/new",
    async (page, world) => {
      await page.getByRole("textbox", { name: "Rule in YAML" }).fill(world.yaml)
      await page.getByText("is about 61\u202f000 devices").waitFor()
      await page.getByRole("button", { name: "Save", exact: true }).click()
      await page.getByText("cpu-high matches 61000 things").waitFor()
      await page.getByRole("button", { name: "Save anyway" }).click()
      await page.getByText("Save anyway").waitFor({ state: "detached" })
      assert.equal(Reflect.get(Object(world.saved.at(-1)), "confirm"), true)
    },
    (world) => {
      world.needsConfirmation = true
    },
  ))

test("alert rules: in Turkish, and without the appliance", () =>
  on("/settings/alert-rules?lang=tr", async (page) => {
    await page.getByText("İşlemci yükü yüksek").waitFor()
    await page.getByText("Etkin değil: veri bekliyor: bgp.state").waitFor()
    await keepPicture(page, "alert-rules-tr")
  }))

test("alert rules: a failed list can be loaded again", async () => {
  const work = makeWork()
  let isAway = true
  const world = makeRules()
  const server = await startServer((method, url, body) =>
    url.pathname === "/alert-rules" && isAway
      ? problem(503, "database-away", "The database is not available.")
      : (answerRules(world, method, url.pathname, body) ?? work.answers(method, url, body)),
  )
  try {
    await showPage(server, "/settings/alert-rules", "dark", async (page) => {
      await page.getByText("The alert rules could not be loaded").waitFor()
      isAway = false
      await page.getByRole("button", { name: /again|retry/i }).click()
      await page.getByText("CPU load is high").waitFor()
    })
  } finally {
    server.close()
  }
})
