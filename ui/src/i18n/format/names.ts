import { locale } from "../locale.ts"

/** Names in the order people count in: r-2 before r-10. A language is named, because a browser's own may be one that it refuses. */
const collator = new Intl.Collator(locale.tag, { numeric: true, sensitivity: "base" })
export const byText = (a: string, b: string): number => collator.compare(a, b)
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  byText(a.name, b.name)
