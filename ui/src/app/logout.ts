/** Ends the session of this browser, and what it is notified of. */
import { forgetThisBrowser } from "../features/notifications/own-browser.ts"
import type { Deps } from "./deps.ts"

export const logout = async ({ api, session }: Pick<Deps, "api" | "session">): Promise<void> => {
  await forgetThisBrowser(api)
  await api.logout()
  await session.load()
}
