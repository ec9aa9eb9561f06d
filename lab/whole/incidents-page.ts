/** The incidents page in a real browser, standing open while the network is broken and mended. */
import { LOOKS, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"
import type { DemoBlock } from "./demo-process.ts"
import { firstCauses } from "./incidents-now.ts"
import type { Operator } from "./operator.ts"
import { isRight, type Situation } from "./situations.ts"

const LOOK_MS = 50

export type IncidentsPage = {
  readonly page: Page
  /** What was thrown on any page. */
  readonly thrown: readonly string[]
  /** Titles of the open incidents, as they stand on the page. */
  readonly titles: () => Promise<string[]>
  readonly show: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Logged in, with the page shown. */
export const openIncidentsPage = async ({ url, email, password }: DemoBlock): Promise<IncidentsPage> => {
  const browser = await launchBrowser()
  const page = await openPage(browser, LOOKS.dark)
  const thrown: string[] = []
  page.on("pageerror", (error) => thrown.push(error.message))
  await page.goto(url)
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
  const show = async (): Promise<void> => {
    await page.goto(`${url}/incidents`)
    await page.locator("ispvm-page-incidents").locator("section[aria-labelledby=open], ispvm-empty").waitFor()
  }
  return {
    page,
    thrown,
    titles: () => page.locator("section[aria-labelledby=open] a.title").allTextContents(),
    show,
    close: () => browser.close(),
  }
}

export type Sight = { readonly isRight: boolean; readonly tookMs: number; readonly titles: readonly string[] }

/** Pulls the lever, and looks at the page until it has the wanted incidents, no more and no fewer, each with its cause named. */
export const breakAndSee = async (
  { titles }: IncidentsPage,
  operator: Operator,
  situation: Situation,
  withinMs: number,
): Promise<Sight> => {
  const { command, wanted } = situation
  const beganMs = performance.now()
  await operator.send("POST", "/lab", command)
  for (;;) {
    const now = await titles()
    const tookMs = performance.now() - beganMs
    const isNamed = wanted.every((names) => now.some((title) => names.some((one) => title.includes(one.name))))
    if (now.length === wanted.length && isNamed && isRight(await firstCauses(operator), situation))
      return { isRight: true, tookMs, titles: now }
    if (tookMs > withinMs) return { isRight: false, tookMs, titles: now }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
