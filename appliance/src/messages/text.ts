/**
 * Messages as text. The only place where sentences about incidents come from: the UI, exports and
 * notifications all render through it.
 */
import type { Message } from "../api/messages.ts"
import { type Catalogue, render } from "./catalogue.ts"
import { en } from "./en.ts"

const LANGUAGES = { en } as const satisfies Readonly<Record<string, Catalogue>>
export type Language = keyof typeof LANGUAGES

/** One or more sentences; a title and evidence are without a full stop at the end. */
export const textOf = (message: Message, language: Language = "en"): string =>
  render(LANGUAGES[language], message)
