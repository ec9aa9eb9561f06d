import type { Session } from "@ispvm/appliance/api/session"
import type { Permission } from "@ispvm/appliance/api/shared"
import { createStore, type Loaded, type Readable } from "./store.ts"

export type SessionStore = Readable<Loaded<Session>> & {
  readonly load: () => Promise<void>
  readonly take: (session: Session) => void
  readonly can: (permission: Permission) => boolean
  /** The session as it is, or null as long as it is not known. */
  readonly now: () => Session | null
}

/** Who is at the screen and what the appliance lets them do. */
export const createSession = (ask: () => Promise<Session>): SessionStore => {
  const store = createStore<Loaded<Session>>({ phase: "loading" })
  const take = (session: Session): void => store.set({ phase: "ready", value: session, atMs: Date.now() })
  const now = (): Session | null => (store.value.phase === "ready" ? store.value.value : null)
  return {
    get value() {
      return store.value
    },
    subscribe: store.subscribe,
    take,
    now,
    load: async () => {
      try {
        take(await ask())
      } catch (error) {
        store.set({ phase: "failed", error: error instanceof Error ? error : new Error(String(error)) })
      }
    },
    can: (permission) => now()?.permissions.includes(permission) ?? false,
  }
}
