/**
 * A made-up page, as CONTRIBUTING.md says how to add one: the UI is built with its files, and the
 * page is routed, named, listed and guarded, and looks right, without any other change.
 */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { Page } from "playwright-core"
import { build, type Plugin } from "vite"
import { checkAppearances } from "./appearances.ts"
import { makeNetwork, sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"

const UI = join(import.meta.dirname, "..")
const TITLE = "Made up"
const ROWS = `
  {
    path: "/made-up",
    title: t.pages.madeUp,
    tag: "ispvm-page-made-up",
    permission: "agents:read",
    load: () => import("../pages/ispvm-page-made-up.ts"),
    sidebar: { icon: "bot", key: "u" },
  },
  {
    path: "/made-up/again",
    title: "Unlisted",
    tag: "ispvm-page-made-up",
    permission: "agents:read",
    load: () => import("../pages/ispvm-page-made-up.ts"),
  },
]`

const insert = (file: string, before: string | RegExp, text: string): string => {
  const source = readFileSync(join(UI, file), "utf8")
  const changed = source.replace(before, text)
  assert.notEqual(changed, source, `${file} has changed its form`)
  return changed
}

/** What the new page writes into which file. */
const FILES: ReadonlyMap<string, string> = new Map([
  [
    "src/pages/ispvm-page-made-up.ts",
    readFileSync(join(UI, "test/made-up-page.ts"), "utf8").replaceAll('"../src/', '"../'),
  ],
  ["src/app/routes.ts", insert("src/app/routes.ts", /\n\](?=\n\nexport const isPage)/, ROWS)],
  [
    "src/i18n/strings/pages.ts",
    insert("src/i18n/strings/pages.ts", "export const pages = {", `$& madeUp: "${TITLE}",`),
  ],
])

const withFiles: Plugin = {
  name: "made-up-page",
  enforce: "pre",
  resolveId: (id) =>
    id.endsWith("/pages/ispvm-page-made-up.ts")
      ? join(UI, "src/pages/ispvm-page-made-up.ts")
      : null,
  load: (id) => FILES.get(id.slice(UI.length + 1).replaceAll("\\", "/")) ?? null,
}

useBrowser()
let dist: string

before(async () => {
  dist = mkdtempSync(join(tmpdir(), "ispvm-made-up-"))
  await build({
    root: UI,
    configFile: join(UI, "vite.config.ts"),
    plugins: [withFiles],
    build: { outDir: dist },
    logLevel: "error",
  })
})
after(() => rmSync(dist, { recursive: true, force: true }))

const on = async (
  path: string,
  act: (page: Page) => Promise<void>,
  isAllowed = true,
): Promise<void> => {
  const network = makeNetwork(12)
  const session = sessionOf("admin")
  const permissions = session.permissions.filter((each) => isAllowed || each !== "agents:read")
  network.session = { ...session, permissions }
  const server = await startServer((method, url, body) => network.answers(method, url, body), dist)
  try {
    await showPage(server, path, "dark", act)
  } finally {
    server.close()
  }
}
const isOpen = (page: Page, name = TITLE) => page.getByRole("heading", { level: 1, name }).waitFor()
const sidebar = (page: Page) => page.getByRole("navigation", { name: "Main" })
const found = async (page: Page, text: string): Promise<readonly string[]> => {
  await sidebar(page).getByRole("link", { name: "Devices" }).waitFor()
  await page.keyboard.press("Control+k")
  await page.getByRole("combobox").fill(text)
  const options = await page.getByRole("option").allInnerTexts()
  return options.map((each) => each.trim().split("\n")[0] ?? "")
}

test("made-up page: its address opens it, with its name as heading and title", () =>
  on("/made-up", async (page) => {
    await isOpen(page)
    await page.getByText("12", { exact: true }).waitFor()
    assert.match(await page.title(), new RegExp(`^${TITLE} · `))
  }))

test("made-up page: the sidebar, the letter of its row and the palette lead to it", () =>
  on("/devices", async (page) => {
    await sidebar(page).getByRole("link", { name: TITLE }).click()
    await isOpen(page)
    const link = sidebar(page).getByRole("link", { name: TITLE })
    assert.equal(await link.getAttribute("aria-current"), "page")
    await sidebar(page).getByRole("link", { name: "Devices" }).click()
    await page.getByText("12 rows").waitFor()
    await page.keyboard.press("g")
    await page.keyboard.press("u")
    await isOpen(page)
    assert.deepEqual(await found(page, TITLE), [TITLE])
  }))

test("made-up page: a row without a place in the sidebar is opened by address and palette", () =>
  on("/", async (page) => {
    assert.deepEqual(await found(page, "Unlisted"), ["Unlisted"])
    await page.keyboard.press("Enter")
    await isOpen(page, "Unlisted")
    assert.equal(new URL(page.url()).pathname, "/made-up/again")
    assert.equal(await sidebar(page).getByRole("link", { name: "Unlisted" }).count(), 0)
  }))

test("made-up page: without its permission it is not listed, and its address does not open it", () =>
  on(
    "/made-up",
    async (page) => {
      await page.getByRole("heading", { level: 1, name: "No permission" }).waitFor()
      assert.equal(await page.locator("ispvm-page-made-up").count(), 0)
      assert.equal(await sidebar(page).getByRole("link", { name: TITLE }).count(), 0)
      assert.deepEqual(await found(page, TITLE), [])
    },
    false,
  ))

test("made-up page: in dark, light and narrow axe finds nothing and nothing overflows", () =>
  on("/made-up", async (page) => {
    await isOpen(page)
    await checkAppearances(page, "made-up")
  }))

test("a made-up page touches its element, the table of pages and the texts", () => {
  const points: unknown = JSON.parse(readFileSync(join(UI, "../.ci/extension-points.json"), "utf8"))
  assert.ok(typeof points === "object" && points !== null && "page" in points)
  assert.deepEqual(
    points.page,
    [...FILES.keys()].map((file) => `ui/${file}`),
  )
})
