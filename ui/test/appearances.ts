/**
 * One page in every appearance: loaded once, then changed with the theme button and the window
 * width.
 */
import assert from "node:assert/strict"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { APPEARANCES, keepPicture } from "./browser.ts"

export type AppearanceName = keyof typeof APPEARANCES

const setAppearance = async (page: Page, name: AppearanceName): Promise<void> => {
  const { theme, width, height } = APPEARANCES[name]
  await page.setViewportSize({ width, height })
  await page.evaluate((chosen) => {
    document.documentElement.dataset.theme = chosen
    localStorage.setItem("ispvm.theme", chosen)
    dispatchEvent(new CustomEvent("ispvm-theme", { detail: chosen }))
  }, theme)
}

/** Transitions blend colours, so contrast is measured when none runs. */
export const animationsDone = async (page: Page): Promise<void> => {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (each) =>
          each.playState !== "running" ||
          each.effect?.getTiming().iterations === Number.POSITIVE_INFINITY,
      ),
  )
}

/**
 * Dark, light and narrow: axe finds nothing, nothing is wider than the window, and a screenshot of
 * each is kept. Light has the same elements as dark, so only its colours are checked again.
 * `beforeEach` runs before each check. `within`: the part of the page that axe checks, as in
 * `findings`, where the rest was checked before.
 */
export const checkAppearances = async (
  page: Page,
  name: string,
  beforeEach: (page: Page) => Promise<unknown> = async () => undefined,
  within?: readonly string[],
): Promise<void> => {
  for (const appearance of ["dark", "light", "narrow"] as const) {
    await setAppearance(page, appearance)
    await beforeEach(page)
    await animationsDone(page)
    const found = await findings(
      page,
      appearance === "light" ? ["color-contrast"] : undefined,
      within,
    )
    assert.deepEqual(found, [], `${name} in ${appearance}`)
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    assert.equal(overflow, 0, `${name} in ${appearance} is wider than its window`)
    await keepPicture(page, `${name}-${appearance}`)
  }
}
