/** The texts of the UI in the current language. Read once, at the start. */
import { activeMessages } from "../messages.ts"

export const t = activeMessages()
