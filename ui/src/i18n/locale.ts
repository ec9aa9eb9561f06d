/** The language of the UI, and how it writes numbers, dates and spans. Outside a browser: English. */

export type LocaleId = "en" | "tr" | "ar-XB"

export type Locale = {
  readonly id: LocaleId
  /** Its own name, as it stands in the choice of languages. */
  readonly name: string
  /** For `Intl`. Named outright: a browser may give a tag that it refuses itself. */
  readonly tag: string
  readonly dir: "ltr" | "rtl"
  /** "#" is the number. */
  readonly percent: string
  readonly underOneSecond: string
  readonly justNow: string
  /** "#" is the span. */
  readonly ago: string
  readonly units: {
    readonly s: string
    readonly min: string
    readonly h: string
    readonly d: string
  }
}

const ENGLISH = {
  tag: "en-GB",
  percent: "# %",
  underOneSecond: "under 1 s",
  justNow: "just now",
  ago: "# ago",
  units: { s: "s", min: "min", h: "h", d: "d" },
} as const

/** `ar-XB`: English, written right to left, to test layouts. By its name in CLDR. */
export const LOCALES: Readonly<Record<LocaleId, Locale>> = {
  en: { ...ENGLISH, id: "en", name: "English", dir: "ltr" },
  tr: {
    id: "tr",
    name: "Türkçe",
    tag: "tr-TR",
    dir: "ltr",
    percent: "%#",
    underOneSecond: "1 sn’den az",
    justNow: "şimdi",
    ago: "# önce",
    units: { s: "sn", min: "dk", h: "sa", d: "gün" },
  },
  "ar-XB": { ...ENGLISH, id: "ar-XB", name: "Pseudo (RTL)", dir: "rtl" },
}

const isLocaleId = (tag: string): tag is LocaleId => Object.hasOwn(LOCALES, tag)

/** The first of the tags that there is a language for, by itself or without its region. */
export const negotiate = (tags: readonly string[]): LocaleId => {
  for (const tag of tags) {
    const language = tag.split("-")[0] ?? ""
    if (isLocaleId(tag)) return tag
    if (isLocaleId(language)) return language
  }
  return "en"
}

const STORED = "ispvm.language"

/** Chosen by the address (`?lang=tr`), else by whoever sits here, else by the browser. */
export const requestedLocale = (): LocaleId => {
  const inAddress = new URLSearchParams(location.search).get("lang")
  let stored: string | null = null
  try {
    stored = localStorage.getItem(STORED)
  } catch {
    // Storage may be forbidden; the browser's languages decide then.
  }
  return negotiate([inAddress ?? "", stored ?? "", ...navigator.languages])
}

export const locale: Locale = LOCALES[globalThis.document === undefined ? "en" : requestedLocale()]

/** The page loads again in the other language: texts are read once, when it starts. */
export const chooseLocale = (id: LocaleId): void => {
  try {
    localStorage.setItem(STORED, id)
  } catch {
    // The address carries it for this page.
  }
  const url = new URL(location.href)
  if (url.searchParams.has("lang")) url.searchParams.set("lang", id)
  location.assign(url)
}
