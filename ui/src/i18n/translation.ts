/** What a language has to provide. */
import type { english } from "./strings/english.ts"
import type { englishPages } from "./strings/english-pages.ts"

/**
 * The type of the English catalogue with other texts: a missing or additional key, parameter or row
 * is a type error.
 */
export type Translation<T> = T extends string
  ? string
  : T extends (...args: infer A) => infer R
    ? (...args: A) => Translation<R>
    : { readonly [K in keyof T]: Translation<T[K]> }
export type Messages = Translation<typeof english>
export type PageMessages = Translation<typeof englishPages>
