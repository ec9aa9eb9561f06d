/** What a language has to provide. */
import type { english } from "./strings/english.ts"

/** The shape of English with any text in its places: a key, a parameter or a row too few is a type error. */
export type Translation<T> = T extends string
  ? string
  : T extends (...args: infer A) => infer R
    ? (...args: A) => Translation<R>
    : { readonly [K in keyof T]: Translation<T[K]> }
export type Messages = Translation<typeof english>
