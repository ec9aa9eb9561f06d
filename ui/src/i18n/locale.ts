/**
 * The language of the UI and its formats of numbers, dates and durations. Outside a browser:
 * English.
 */
import { EN_FORMATS, type Formats, TR_FORMATS } from "@ispvm/appliance/messages/numbers"

export type LocaleId = "en" | "tr" | "ar-XB"

export type Locale = Formats & {
  readonly id: LocaleId
  /** Its own name, shown in the language menu. */
  readonly name: string
  readonly dir: "ltr" | "rtl"
  readonly justNow: string
  /** "#" is the duration. */
  readonly ago: string
}

const ENGLISH = { ...EN_FORMATS, justNow: "just now", ago: "# ago" } as const

/** `ar-XB`: English written right to left, to test layouts. The name is from CLDR. */
export const LOCALES: Readonly<Record<LocaleId, Locale>> = {
  en: { ...ENGLISH, id: "en", name: "English", dir: "ltr" },
  tr: {
    ...TR_FORMATS,
    id: "tr",
    name: "Türkçe",
    dir: "ltr",
    justNow: "şimdi",
    ago: "# önce",
  },
  "ar-XB": { ...ENGLISH, id: "ar-XB", name: "Pseudo (RTL)", dir: "rtl" },
}

const isLocaleId = (tag: string): tag is LocaleId => Object.hasOwn(LOCALES, tag)

/** The first tag with a catalogue, with or without its region. */
export const negotiate = (tags: readonly string[]): LocaleId => {
  for (const tag of tags) {
    const language = tag.split("-")[0] ?? ""
    if (isLocaleId(tag)) return tag
    if (isLocaleId(language)) return language
  }
  return "en"
}

const STORED = "ispvm.language"

/** From the URL (`?lang=tr`), else the stored choice, else the browser. */
const requestedLocale = (): LocaleId => {
  const inAddress = new URLSearchParams(location.search).get("lang")
  let stored: string | null = null
  try {
    stored = localStorage.getItem(STORED)
  } catch {
    // Storage may be blocked; then the languages of the browser decide.
  }
  return negotiate([inAddress ?? "", stored ?? "", ...navigator.languages])
}

export const locale: Locale = LOCALES[globalThis.document === undefined ? "en" : requestedLocale()]

/** Reloads the page in another language: texts are read once, at the start. */
export const chooseLocale = (id: LocaleId): void => {
  try {
    localStorage.setItem(STORED, id)
  } catch {
    // Then the URL has the language for this page.
  }
  const url = new URL(location.href)
  if (url.searchParams.has("lang")) url.searchParams.set("lang", id)
  location.assign(url)
}
