/**
 * One headless Chromium for browser tests. It comes from a package, so that a test does not depend
 * on the machine; if the host lacks its libraries, the package's own copies are unpacked.
 */
import { existsSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import chromium from "@sparticuz/chromium"
import { type Browser, type Page, chromium as playwright } from "playwright-core"
import { environment, pictureFolder } from "./config.ts"

export type Appearance = {
  readonly theme: "dark" | "light" | "wall"
  readonly width: number
  readonly height: number
}
export const APPEARANCES: Readonly<Record<"dark" | "light" | "narrow", Appearance>> = {
  dark: { theme: "dark", width: 1440, height: 900 },
  light: { theme: "light", width: 1440, height: 900 },
  narrow: { theme: "dark", width: 390, height: 844 },
}

/** Unpacked once per process: two at once would write into the same program. */
let unpacked: Promise<string> | undefined
/** Another process may be writing the program; it cannot be started before that is done. */
const BUSY_TRIES = 60

/** `optimised`: as people run it, where frames are counted. */
export const launchBrowser = async ({ optimised = false } = {}): Promise<Browser> => {
  unpacked ??= chromium.executablePath()
  const executablePath = await unpacked
  for (let tries = 1; ; tries += 1) {
    try {
      return await launch(executablePath, optimised)
    } catch (error) {
      if (!String(error).includes("ETXTBSY") || tries === BUSY_TRIES) throw error
      await sleep(500)
    }
  }
}

/** One process for all would end with the first crash; a simulated GPU costs more than none. */
const LEFT_OUT =
  /^--(?:single-process|no-zygote|in-process-gpu|ignore-gpu|use-gl|use-angle|enable-unsafe)/

/**
 * Each test loads the UI again: what an optimising compiler makes of it is thrown away before it has
 * paid. Without them, pages that axe checks cost 11 to 21 % less CPU time.
 */
const NO_OPTIMISER = "--js-flags=--no-opt --no-maglev"

const launch = async (executablePath: string, optimised: boolean): Promise<Browser> => {
  const own = ["--disable-gpu", ...(optimised ? [] : [NO_OPTIMISER])]
  const args = [...chromium.args.filter((each) => !LEFT_OUT.test(each)), ...own]
  try {
    return await playwright.launch({ executablePath, args, headless: true })
  } catch (cause) {
    if (!String(cause).includes("shared libraries")) throw cause
    const libraries = await unpackLibraries()
    return playwright.launch({
      executablePath,
      args,
      headless: true,
      env: { ...environment(), LD_LIBRARY_PATH: libraries },
    })
  }
}

/**
 * The package unpacks its libraries only with the variables of Lambda, which are set for that one
 * call.
 */
const unpackLibraries = async (): Promise<string> => {
  const { inflate } = await import("@sparticuz/chromium")
  const packed = join(
    import.meta.dirname,
    "../../node_modules/@sparticuz/chromium/bin/al2023.tar.br",
  )
  return join(await inflate(packed), "lib")
}

const PATIENCE_MS = 60_000

/** In a context of its own: nothing is stored, and nothing cached. */
export const newPage = async (
  browser: Browser,
  { width, height }: Pick<Appearance, "width" | "height">,
): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    ignoreHTTPSErrors: true,
    reducedMotion: "reduce",
    locale: "en-GB",
  })
  // A busy machine is no fault; what never comes fails anyway.
  context.setDefaultTimeout(PATIENCE_MS)
  return context.newPage()
}

/** The theme is chosen as a person would have: it is remembered in the browser's storage. */
export const openPage = async (browser: Browser, appearance: Appearance): Promise<Page> => {
  const page = await newPage(browser, appearance)
  await page.addInitScript((theme) => localStorage.setItem("ispvm.theme", theme), appearance.theme)
  return page
}

/** Saves a screenshot in the folder ISPVM_SCREENS; without it, none is taken. */
export const keepPicture = async (page: Page, name: string): Promise<void> => {
  const folder = pictureFolder()
  if (folder === undefined) return
  if (!existsSync(folder)) await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
