import { locale } from "../locale.ts"
import { count } from "./units.ts"

export type PluralForms = { readonly other: string } & Partial<
  Readonly<Record<Intl.LDMLPluralRule, string>>
>

/** Picks the form of `n` by the rules of a language; "#" in it is the number. */
export const createPlural = (tag: string): ((n: number, forms: PluralForms) => string) => {
  const rules = new Intl.PluralRules(tag)
  return (n, forms) => (forms[rules.select(n)] ?? forms.other).replaceAll("#", count(n))
}
export const plural = createPlural(locale.tag)

const conjunction = new Intl.ListFormat(locale.tag, { type: "conjunction" })
/** "a, b and c" */
export const listText = (items: readonly string[]): string => conjunction.format(items)
