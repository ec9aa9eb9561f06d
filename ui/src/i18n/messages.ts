/**
 * The catalogues: one table of texts per language, all of one type, loaded before the UI starts.
 */
import { LOCALES, type LocaleId } from "./locale.ts"
import { english } from "./strings/english.ts"
import type { Messages } from "./translation.ts"

let active: Messages = english

export const activeMessages = (): Messages => active

/** Loads a language; English is built in. Must finish before any element is defined. */
export const loadMessages = async (id: LocaleId): Promise<void> => {
  document.documentElement.lang = id
  document.documentElement.dir = LOCALES[id].dir
  switch (id) {
    case "en":
      active = english
      return
    case "tr":
      active = (await import("./strings/tr/turkish.ts")).turkish
      return
    case "ar-XB":
      active = (await import("./pseudo-rtl.ts")).pseudoRtl(english)
  }
}
