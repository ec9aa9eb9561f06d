import type { Session } from "@ispvm/appliance/api/session"
import type { Permission } from "@ispvm/appliance/api/shared"
import { createStore, type Loaded, type Readable } from "./store.ts"

export type SessionStore = Readable<Loaded<Session>> & {
  readonly load: () => Promise<void>
  readonly set: (session: Session) => void
  readonly can: (permission: Permission) => boolean
  /** The session, or null until it is known. */
  readonly current: () => Session | null
}

/** The session store: the user and the permissions. */
export const createSession = (fetchSession: () => Promise<Session>): SessionStore => {
  const store = createStore<Loaded<Session>>({ phase: "loading" })
  const set = (session: Session): void =>
    store.set({ phase: "ready", value: session, atMs: Date.now() })
  const current = (): Session | null => (store.value.phase === "ready" ? store.value.value : null)
  return {
    get value() {
      return store.value
    },
    subscribe: store.subscribe,
    set,
    current,
    load: async () => {
      try {
        set(await fetchSession())
      } catch (error) {
        store.set({
          phase: "failed",
          error: error instanceof Error ? error : new Error(String(error)),
        })
      }
    },
    can: (permission) => current()?.permissions.includes(permission) ?? false,
  }
}
