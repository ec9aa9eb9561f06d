/** Connect by script: an answer that arrives late is not shown under another heading. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import {
  button,
  CONNECT,
  combine,
  holdNext,
  ID,
  on,
  requestCount,
  withDesiredConfig,
  work,
} from "./companion-fixture.ts"
import { go, useBrowser } from "./page.ts"

useBrowser()

const SCRIPT = `/devices/${ID}/companion/script`
const withRelease = (release: string): void => {
  work.companion.scripts = { release }
}
const shows = (page: Page, release: string) =>
  page.locator("section.script header").getByText(`for ${release}`)

const RACES: readonly (readonly [from: string, path: string, request: string])[] = [
  ["a removal", `${CONNECT}?kind=remove`, `POST ${SCRIPT}`],
  ["an onboarding", CONNECT, "POST /companion/preview"],
]
for (const [from, path, request] of RACES)
  test(`connect: the script of ${from} that arrives late is not shown as another`, () => {
    let release = (): void => undefined
    return on(
      path,
      "dark",
      async (page) => {
        await page.getByRole("heading", { level: 2, name: "Script" }).waitFor()
        await page.waitForTimeout(100)
        withRelease("7.22.2")
        await go(page, `${CONNECT}?kind=confirm-harden`)
        await shows(page, "7.22.2").waitFor()
        const arrived = page.waitForResponse((response) => response.request().method() === "POST")
        release()
        await arrived
        await page.waitForTimeout(100)
        assert.equal(await shows(page, "7.11.1").count(), 0)
        assert.equal(await shows(page, "7.22.2").count(), 1)
      },
      combine(withDesiredConfig, ({ companion }) => {
        companion.scripts = { release: "7.11.1" }
        release = holdNext(request)
      }),
    )
  })

test("connect: a command that arrives late is not offered for another script", () =>
  on(
    `${CONNECT}?kind=remove`,
    "dark",
    async (page) => {
      await page.getByText("Before anything is changed").waitFor()
      const release = holdNext(`POST /devices/${ID}/companion/link`)
      await button(page, "One-line command").click()
      await go(page, `${CONNECT}?kind=confirm-harden`)
      await page.getByRole("heading", { level: 1, name: /Keep the hardening/ }).waitFor()
      await page.locator("ispvm-script").waitFor()
      release()
      await page.waitForTimeout(200)
      assert.equal(requestCount(`POST /devices/${ID}/companion/link`), 1)
      assert.equal(await page.getByText("one-time-7h2Kq").count(), 0)
    },
    withDesiredConfig,
  ))
