/**
 * Installs an update in a browser, as an administrator does: logs in, chooses the file, waits until
 * the page shows the end, and goes back. Prints what the page shows as JSON.
 *
 *   node lab/e2e/update-page.ts ORIGIN EMAIL PASSWORD OUTCOME=BUNDLE…
 */
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"

const WAIT_MS = 5 * 60_000

const logIn = async (page: Page, origin: string, email: string, password: string) => {
  await page.goto(origin)
  await page.getByLabel("E-mail", { exact: true }).fill(email)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Log in" }).click()
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
  await page.goto(`${origin}/settings`)
  await page.locator("ispvm-update").scrollIntoViewIfNeeded()
}

const update = (page: Page) => page.locator("ispvm-update")
const press = (page: Page, name: string): Promise<void> =>
  update(page).getByRole("button", { name }).last().click()

/** Each text of the progress that was on the page. */
const watchSteps = (page: Page) => {
  const seen = new Set<string>()
  const timer = setInterval(() => {
    void update(page)
      .locator(".steps [aria-current=step]")
      .innerText({ timeout: 200 })
      .then(
        (text) => seen.add(text.trim()),
        () => undefined,
      )
  }, 200)
  return (): readonly string[] => {
    clearInterval(timer)
    return [...seen]
  }
}
const lastOf = async (page: Page): Promise<string> =>
  (await update(page).locator("dl dd").last().innerText()).replaceAll(/\s+/g, " ")
const ended = (page: Page, outcome: string): Promise<void> =>
  update(page).locator("dl dd").last().getByText(outcome, { exact: true }).waitFor()

const install = async (page: Page, file: string, outcome: string): Promise<object> => {
  await update(page).locator("input[type=file]").setInputFiles(file)
  await update(page).getByText("Uploaded:").waitFor()
  await press(page, "Install update")
  const stop = watchSteps(page)
  await press(page, "Install update")
  await update(page).locator(".running .steps").waitFor()
  await keepPicture(page, "update-running")
  await ended(page, outcome)
  const steps = stop()
  await keepPicture(page, `update-${outcome.toLowerCase().replaceAll(" ", "-")}`)
  return { steps, last: await lastOf(page) }
}

const main = async ([origin = "", email = "", password = "", ...files]: readonly string[]) => {
  const browser = await launchBrowser()
  try {
    const page = await openPage(browser, APPEARANCES.dark)
    page.setDefaultTimeout(WAIT_MS)
    page.setDefaultNavigationTimeout(WAIT_MS)
    await logIn(page, origin, email, password)
    const shown: object[] = []
    for (const each of files) {
      const [outcome = "", file = ""] = each.split("=")
      shown.push(await install(page, file, outcome))
    }
    await page.reload()
    await press(page, "Roll back")
    await press(page, "Roll back")
    await ended(page, "Returned to the release before")
    shown.push({ last: await lastOf(page) })
    process.stdout.write(`${JSON.stringify(shown)}\n`)
  } finally {
    await browser.close()
  }
}

await main(process.argv.slice(2))
