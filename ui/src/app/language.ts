/**
 * A browser may give a language that it then refuses itself ("en-US@posix"); the charts' numbers are made with it when they are
 * loaded, and the page would stay blank. Mended once, before anything asks.
 */
export const repairLanguage = (browser: Pick<Navigator, "language">): void => {
  try {
    new Intl.NumberFormat(browser.language)
  } catch {
    Object.defineProperty(browser, "language", { configurable: true, value: "en-GB" })
  }
}
