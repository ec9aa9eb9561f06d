/**
 * The catalogues: one table of texts per language, all of one type, loaded before the UI starts.
 */
import { LOCALES, type LocaleId } from "./locale.ts"
import { english } from "./strings/english.ts"
import type { englishPages } from "./strings/english-pages.ts"
import type { Messages, PageMessages } from "./translation.ts"

type EnglishPages = typeof englishPages

let active: Messages = english
let ofPages = (texts: EnglishPages): PageMessages => texts

export const activeMessages = (): Messages => active

/** What of pages that load later is in the current language; `texts`: the same in English. */
export const pageMessages = (texts: EnglishPages): PageMessages => ofPages(texts)

/** Loads a language; English is built in. Must finish before any element is defined. */
export const loadMessages = async (id: LocaleId): Promise<void> => {
  document.documentElement.lang = id
  document.documentElement.dir = LOCALES[id].dir
  switch (id) {
    case "en":
      active = english
      return
    case "tr": {
      const { turkish, turkishPages } = await import("./strings/tr/turkish.ts")
      active = turkish
      ofPages = () => turkishPages
      return
    }
    case "ar-XB": {
      const { pseudoRtl } = await import("./pseudo-rtl.ts")
      active = pseudoRtl(english)
      ofPages = pseudoRtl
    }
  }
}
