/**
 * A browser may report a language that its own Intl rejects ("en-US@posix"). The chart library
 * formats numbers in that language at import, and the page would stay blank. The language is
 * corrected once, before that.
 */
export const repairLanguage = (browser: Pick<Navigator, "language">): void => {
  try {
    new Intl.NumberFormat(browser.language)
  } catch {
    Object.defineProperty(browser, "language", { configurable: true, value: "en-GB" })
  }
}
