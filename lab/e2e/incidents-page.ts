/** The incidents page in a real browser, open while the network is broken and repaired. */
import { APPEARANCES, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"
import { firstCauses } from "./current-incidents.ts"
import type { DemoSummary } from "./demo-process.ts"
import type { Operator } from "./operator.ts"
import { hasExpectedCauses, type Scenario } from "./scenarios.ts"

const POLL_MS = 50

export type IncidentsPage = {
  readonly page: Page
  /** Errors thrown on any page. */
  readonly thrown: readonly string[]
  /** Titles of the open incidents, as the page shows them. */
  readonly titles: () => Promise<string[]>
  readonly show: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Logged in, with the page shown. */
export const openIncidentsPage = async ({
  url,
  email,
  password,
}: DemoSummary): Promise<IncidentsPage> => {
  const browser = await launchBrowser()
  const page = await openPage(browser, APPEARANCES.dark)
  const thrown: string[] = []
  page.on("pageerror", (error) => thrown.push(error.message))
  await page.goto(url)
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Devices" }).first().waitFor()
  const show = async (): Promise<void> => {
    await page.goto(`${url}/incidents`)
    await page.locator("ispvm-page-incidents").locator("[data-group=open], ispvm-empty").waitFor()
  }
  return {
    page,
    thrown,
    titles: () => page.locator("[data-group=open] a.title").allTextContents(),
    show,
    close: () => browser.close(),
  }
}

export type PageResult = {
  readonly isCorrect: boolean
  readonly tookMs: number
  readonly titles: readonly string[]
}

/**
 * Injects the fault, and reads the page until it has exactly the expected incidents, each with its
 * cause.
 */
export const injectAndWait = async (
  { titles }: IncidentsPage,
  operator: Operator,
  scenario: Scenario,
  withinMs: number,
): Promise<PageResult> => {
  const { command, expected } = scenario
  const beganMs = performance.now()
  await operator.inject(command)
  for (;;) {
    const now = await titles()
    const tookMs = performance.now() - beganMs
    const isNamed = expected.every((names) =>
      now.some((title) => names.some((one) => title.includes(one.name))),
    )
    if (
      now.length === expected.length &&
      isNamed &&
      hasExpectedCauses(await firstCauses(operator), scenario)
    )
      return { isCorrect: true, tookMs, titles: now }
    if (tookMs > withinMs) return { isCorrect: false, tookMs, titles: now }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
