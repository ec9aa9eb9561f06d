/** The texts of the UI in the language it runs in. Read once, when the page starts. */
import { activeMessages } from "../messages.ts"

export const t = activeMessages()
