/** The command palette: keys, and items that arrive while it is open. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { type Answers, startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

let work: Work
let answers: Answers

useBrowser()

const on = async (path: string, act: (page: Page) => Promise<void>): Promise<void> => {
  work = makeWork()
  answers = work.answers
  const server = await startServer((...request) => answers(...request))
  try {
    await showPage(server, path, "dark", act)
  } finally {
    server.close()
  }
}

for (const init of [{ key: "k", ctrlKey: true }, { key: "/" }])
  test(`palette: after ${init.key} the next key goes to its field`, () =>
    on("/settings", async (page) => {
      await page.getByText("Mehmet Kaya").first().waitFor()
      const focused = await page.evaluate(async (given) => {
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { ...given, bubbles: true, composed: true }),
        )
        // The next key is another task.
        await new Promise((resolve) => setTimeout(resolve, 0))
        let at = document.activeElement
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
        return [at?.localName, at?.getAttribute("role")]
      }, init)
      assert.deepEqual(focused, ["input", "combobox"])
    }))

test("palette: what arrives while it is open is found, and what was chosen stays chosen", () =>
  on("/settings", async (page) => {
    await page.getByText("Mehmet Kaya").first().waitFor()
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    answers = async (method, url, body) => {
      if (url.pathname === "/topology") await held
      return work.answers(method, url, body)
    }
    await page.reload()
    await page.getByText("Mehmet Kaya").first().waitFor()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("izm-core-1")
    await page.getByText("No results for “izm-core-1”.").waitFor()
    release()
    await page.getByRole("option", { name: "izm-core-1" }).nth(1).waitFor()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.waitForURL(`**/devices/${uuid(3)}`)
  }))
