/** The page of an open incident in a real browser: what it has to show, and a picture of it. */
import { APPEARANCES, keepPicture, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"

export type IncidentPage = {
  /** What it does not show in time. Keeps a picture in ISPVM_SCREENS. */
  readonly lacks: (
    name: string,
    incident: string,
    texts: readonly RegExp[],
    withinMs: number,
  ) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}
type LogIn = { readonly url: string; readonly email: string; readonly password: string }

const isShown = (page: Page, text: RegExp, withinMs: number): Promise<boolean> =>
  page
    .getByText(text)
    .first()
    .waitFor({ timeout: withinMs })
    .then(
      () => true,
      () => false,
    )

export const openIncidentPage = async ({ url, email, password }: LogIn): Promise<IncidentPage> => {
  const browser = await launchBrowser()
  // High enough to show all of it in one picture.
  const page = await openPage(browser, { ...APPEARANCES.dark, height: 1_800 })
  await page.goto(url)
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
  return {
    lacks: async (name, incident, texts, withinMs) => {
      await page.goto(`${new URL(url).origin}/incidents/${incident}`)
      const endMs = performance.now() + withinMs
      const missing: string[] = []
      for (const text of texts)
        if (!(await isShown(page, text, Math.max(1_000, endMs - performance.now()))))
          missing.push(`the page of the incident does not show ${text}`)
      await keepPicture(page, name.replaceAll(" ", "-"))
      return missing
    },
    close: () => browser.close(),
  }
}
