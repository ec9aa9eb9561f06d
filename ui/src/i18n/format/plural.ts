/** Plurals in the language of the UI. */
import { createPlural } from "@ispvm/appliance/messages/numbers"
import { locale } from "../locale.ts"

/** Picks the form of a number; "#" in it is the number. */
export const plural = createPlural(locale.tag)
