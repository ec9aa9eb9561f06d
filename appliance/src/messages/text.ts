/** Messages as text, on the server. The UI renders with the catalogue of its language. */
import type { Message } from "../api/messages.ts"
import { render } from "./catalogue.ts"
import { en } from "./en.ts"
import { tr } from "./tr.ts"

const LANGUAGES = { en, tr } as const
export type Language = keyof typeof LANGUAGES

/** One or more sentences; a title and evidence are without a full stop at the end. */
export const textOf = (message: Message, language: Language = "en"): string =>
  render(LANGUAGES[language], message)
