/**
 * All browser tests of a process share one browser and one page: a new page costs more CPU time
 * than most tests, mainly because the UI's scripts are compiled again. After a test the page holds
 * nothing of it: no script runs, nothing is stored, routed or listened to. After a failure it is
 * closed.
 */
import assert from "node:assert/strict"
import { after, before } from "node:test"
import type { Browser, Page } from "playwright-core"
import { APPEARANCES, launchBrowser, newPage } from "./browser.ts"
import { buildUi } from "./build.ts"
import { BLANK_PATH, type TestServer } from "./server.ts"

let browser: Promise<Browser> | undefined
let spare: Page | undefined

/** In each file. Hooks of all files run before the first test and after the last one. */
export const useBrowser = (): void => {
  before(async () => {
    await buildUi()
    browser ??= launchBrowser()
    await browser
  })
  after(async () => {
    const open = browser
    browser = undefined
    spare = undefined
    await (await open)?.close()
  })
}

const takePage = async (appearance: keyof typeof APPEARANCES, isNew: boolean): Promise<Page> => {
  assert.ok(browser !== undefined, "the file has to call useBrowser()")
  const taken = isNew ? undefined : spare
  if (taken === undefined) return newPage(await browser, APPEARANCES[appearance])
  spare = undefined
  const { width, height } = APPEARANCES[appearance]
  await taken.setViewportSize({ width, height })
  return taken
}

/** Keeps the page for the next test. `url` is of a server that still answers. */
const putBack = async (page: Page, url: string): Promise<void> => {
  page.removeAllListeners()
  await page.unrouteAll({ behavior: "ignoreErrors" })
  // Outside the window, so that the next page is not hovered.
  await page.mouse.move(-1, -1)
  // Of the same origin: the storage is cleared, and what is compiled stays in memory.
  await page.goto(url + BLANK_PATH)
  await page.evaluate(() => {
    localStorage.clear()
    sessionStorage.clear()
  })
  await page.context().clearCookies()
  await page.context().clearPermissions()
  spare = page
}

export type ShowOptions = {
  /** For a test that needs an empty cache, or changes what `putBack` does not restore. */
  readonly isNew?: boolean
}

/**
 * Opens `path` in one appearance, as a person has chosen it: the theme is in the browser's storage.
 * What the page throws fails the test.
 */
export const showPage = async (
  { url }: TestServer,
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  { isNew = false }: ShowOptions = {},
): Promise<void> => {
  const page = await takePage(appearance, isNew)
  let isWhole = false
  try {
    const thrown: string[] = []
    page.on("pageerror", (error) => thrown.push(error.message))
    const theme = await page.addInitScript(
      (chosen) => localStorage.setItem("ispvm.theme", chosen),
      APPEARANCES[appearance].theme,
    )
    await page.goto(url + path)
    await act(page)
    assert.deepEqual(thrown, [])
    if (!page.isClosed())
      assert.equal(await page.getByText("[object Object]").count(), 0, "an object shown as text")
    await theme.dispose()
    isWhole = !isNew
  } finally {
    if (isWhole) await putBack(page, url)
    else await page.context().close()
  }
}

/** Goes to a page as a link of the UI does, without a new document. */
export const go = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    const app = document.querySelector("ispvm-app")
    if (app !== null && "go" in app && typeof app.go === "function") app.go(to)
  }, path)
