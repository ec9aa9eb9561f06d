/** Texts of pages that load later, in the current language. Nothing of the first view imports this. */
import { pageMessages } from "../messages.ts"
import { englishPages } from "./english-pages.ts"

export const pageTexts = pageMessages(englishPages)
