/** Takes the pictures of docs/screens: `npm run screens`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { APPEARANCES, launchBrowser, openPage } from "@ispvm/ui/test/browser"
import type { Page } from "playwright-core"
import { smallPng } from "../demo/small-png.ts"
import { startDemo, tempDataDir } from "./demo-process.ts"
import { operatorAt } from "./operator.ts"
import { rows, textOf, titleOf, until } from "./rows.ts"

const HELP = `usage: npm run screens

Starts the demo with data of its own, fails a core router and takes the pictures of docs/screens.
Takes about ten minutes: charts need something to show.
`
const FOLDER = join(import.meta.dirname, "../../docs/screens")
/** Charts of the shortest preset have something to show. */
const HISTORY_MS = 480_000
const PAUSE_MS = 2_500

type Shot = { readonly name: string; readonly path: string; readonly height?: number }

const take = async (page: Page, url: string, { name, path, height = 900 }: Shot): Promise<void> => {
  await page.setViewportSize({ width: APPEARANCES.dark.width, height })
  await page.goto(url + path)
  await page.waitForTimeout(PAUSE_MS)
  const png = smallPng(await page.screenshot())
  writeFileSync(join(FOLDER, `${name}-dark.png`), png)
  process.stdout.write(`${name}-dark.png  ${Math.round(png.length / 1_000)} kB\n`)
}

const main = async (): Promise<void> => {
  const demo = await startDemo({ dataDir: tempDataDir("pictures") })
  const browser = await launchBrowser()
  try {
    const operator = await operatorAt(demo.url, demo.email, demo.password)
    const page = await openPage(browser, APPEARANCES.dark)
    await page.goto(demo.url)
    await page.getByLabel("E-mail").fill(demo.email)
    await page.getByLabel("Password", { exact: true }).fill(demo.password)
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "Devices" }).first().waitFor()
    const { devices } = await operator.get("/topology")
    const idOf = (name: string): string =>
      textOf(
        rows(devices).find((each) => each.name === name),
        "id",
      )
    const reporting = idOf("esk-core-1")
    await page.waitForTimeout(HISTORY_MS)
    for (const shot of [
      { name: "device", path: `/devices/${idOf("izm-core-1")}` },
      { name: "connect", path: `/devices/${reporting}/connect` },
      { name: "self-reporting", path: `/devices/${reporting}?tab=companion` },
    ])
      await take(page, demo.url, shot)
    await operator.inject({ do: "kill", router: "ank-core-1" })
    const incident = await until("the incident names the router", 30_000, async () => {
      const open = rows((await operator.get("/incidents?state=open")).items)
      return open.find((each) => /Router ank-core-1 is not answering/.test(titleOf(each))) ?? false
    })
    const id = textOf(incident, "id")
    await take(page, demo.url, { name: "map-incident", path: `/map?incident=${id}` })
    await take(page, demo.url, { name: "incident", path: `/incidents/${id}`, height: 1_200 })
    operator.close()
  } finally {
    await browser.close()
    await demo.stop()
  }
}

if (process.argv.includes("--help")) process.stdout.write(HELP)
else await main()
