/** The catalogue: one table of texts a language, all of one type, loaded before the UI starts. */
import { LOCALES, type LocaleId } from "./locale.ts"
import { english } from "./strings/english.ts"

/** The shape of English with any text in its places: a key, a parameter or a row too few is a type error. */
export type Translation<T> = T extends string
  ? string
  : T extends (...args: infer A) => infer R
    ? (...args: A) => Translation<R>
    : { readonly [K in keyof T]: Translation<T[K]> }
export type Messages = Translation<typeof english>

let active: Messages = english

export const activeMessages = (): Messages => active

/** Loads a language; English is part of the program. To be awaited before any element is defined. */
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
