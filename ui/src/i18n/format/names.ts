import { locale } from "../locale.ts"

/**
 * Sorts numbers in names as numbers: r-2 before r-10. The language is fixed, because a browser may
 * report one that it rejects.
 */
const collator = new Intl.Collator(locale.tag, { numeric: true, sensitivity: "base" })
export const byText = (a: string, b: string): number => collator.compare(a, b)
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  byText(a.name, b.name)
