import "./theme/page.css"
import { locale } from "./i18n/locale.ts"
import { loadMessages } from "./i18n/messages.ts"

/** Elements read their texts when they are defined, so the language is loaded first. */
const main = async (): Promise<void> => {
  await loadMessages(locale.id)
  const { start } = await import("./app/start.ts")
  start()
}

void main()
