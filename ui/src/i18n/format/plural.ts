/** Plurals and lists in the language of the UI. */
import { createList, createPlural } from "@ispvm/appliance/messages/numbers"
import { locale } from "../locale.ts"

/** Picks the form of a number; "#" in it is the number. */
export const plural = createPlural(locale.tag)
/** "a, b and c" */
export const listText = createList(locale.tag)
