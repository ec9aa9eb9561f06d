/**
 * Finds texts that stayed English on a page in Turkish. Other packages type-check this file without
 * the types of a browser, so the catalogues are imported by address, and the script is a text.
 */
import type { Page } from "playwright-core"

const catalogue = async (path: string, name: string): Promise<unknown> => {
  const module: Record<string, unknown> = await import(new URL(path, import.meta.url).href)
  return module[name]
}
const english = [
  await catalogue("../src/i18n/strings/english.ts", "english"),
  await catalogue("../src/i18n/strings/english-pages.ts", "englishPages"),
]
const turkish = [
  await catalogue("../src/i18n/strings/tr/turkish.ts", "turkish"),
  await catalogue("../src/i18n/strings/tr/turkish.ts", "turkishPages"),
]

const leaves = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : []
}
const wordsOf = (text: string): readonly string[] =>
  text
    .split(/[\s/()"“”…]+/u)
    .map((word) => word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "").toLowerCase())
    .filter((word) => /^\p{L}{3,}$/u.test(word) || ["is", "of", "to"].includes(word))

const pairs = (en: unknown, tr: unknown): readonly (readonly [string, string])[] => {
  if (typeof en === "string" && typeof tr === "string") return en === tr ? [] : [[en, tr]]
  if (typeof en !== "object" || en === null || typeof tr !== "object" || tr === null) return []
  const translated = new Map(Object.entries(tr))
  return Object.entries(en).flatMap(([key, value]) => pairs(value, translated.get(key)))
}

/** Words of English texts that are translated, and of no Turkish text. */
export const englishWords = (): ReadonlySet<string> => {
  const inTurkish = new Set(leaves(turkish).flatMap(wordsOf))
  const words = pairs(english, turkish).flatMap(([text]) => wordsOf(text))
  return new Set(words.filter((word) => !inTurkish.has(word)))
}

/**
 * What people read on a page, also in shadow roots: texts, labels, tooltips and placeholders.
 * Commands and scripts are no language; some texts are marked as English.
 */
const READ_TEXTS = `(() => {
  const SKIPPED = "style, script, code, pre, svg, .code, .mono, [lang=en]:not(html)"
  const isShown = (element) => element === null || element.checkVisibility({ visibilityProperty: true })
  const visit = (node) => {
    if (node instanceof Text) return isShown(node.parentElement) ? [node.data.trim()] : []
    if (!(node instanceof Element)) return [...node.childNodes].flatMap(visit)
    if (node.matches(SKIPPED)) return []
    const labels = isShown(node)
      ? ["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) ?? "")
      : []
    return [...labels, ...[...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].flatMap(visit)]
  }
  return [...new Set(visit(document.body))].filter((text) => text !== "")
})()`

/** The texts with a word of English; `isData`: what people, routers or agents wrote. */
export const englishTextsOf = async (
  page: Page,
  isData: (text: string) => boolean,
): Promise<readonly string[]> => {
  const words = englishWords()
  const texts: readonly string[] = await page.evaluate(READ_TEXTS)
  return texts.flatMap((text) => {
    const found = isData(text) ? [] : wordsOf(text).filter((word) => words.has(word))
    return found.length === 0 ? [] : [`${found.join(", ")}: ${text}`]
  })
}
