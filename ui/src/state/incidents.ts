/** The incident store: all that are not closed, and the recently closed. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Api } from "../api/client.ts"
import type { Live } from "../api/live.ts"
import { worstFirst } from "./severity.ts"
import { createStore, type Readable } from "./store.ts"

export type Incidents = {
  readonly phase: "loading" | "ready" | "failed"
  readonly error: Error | null
  readonly all: ReadonlyMap<string, Incident>
}
export type IncidentStore = Readable<Incidents> & {
  readonly start: () => void
  readonly stop: () => void
  readonly reload: () => Promise<void>
}

const NONE: Incidents = { phase: "loading", error: null, all: new Map() }

export const createIncidents = (api: Api, live: Live): IncidentStore => {
  const store = createStore<Incidents>(NONE)
  let unsubscribers: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const reload = async (): Promise<void> => {
    try {
      const answer = await api.incidents({ limit: 200 })
      // A stream message may be newer than this answer; the newer one wins.
      const all = new Map(answer.items.map((incident) => [incident.id, incident]))
      for (const [id, known] of store.value.all)
        if (known.updatedAtMs > (all.get(id)?.updatedAtMs ?? 0)) all.set(id, known)
      store.set({ phase: "ready", error: null, all })
    } catch (error) {
      store.update((was) =>
        was.phase === "ready"
          ? was
          : {
              ...was,
              phase: "failed",
              error: error instanceof Error ? error : new Error(String(error)),
            },
      )
    }
  }

  return {
    get value() {
      return store.value
    },
    subscribe: store.subscribe,
    reload,
    start: () => {
      if (unsubscribers.length > 0) return
      unsubscribers = [
        live.on("hello", (hello) => {
          if (hello.resumed && store.value.phase === "ready") return
          clearTimeout(timer)
          void reload()
        }),
        live.on("incident", (incident) =>
          store.update((was) => ({ ...was, all: new Map(was.all).set(incident.id, incident) })),
        ),
      ]
      timer = setTimeout(() => void reload(), 500)
    },
    stop: () => {
      clearTimeout(timer)
      for (const stop of unsubscribers) stop()
      unsubscribers = []
      store.set(NONE)
    },
  }
}

/** Highest impact first; closed ones by their start. */

export const inState = (incidents: Incidents, state: Incident["state"]): readonly Incident[] =>
  [...incidents.all.values()]
    .filter((incident) => incident.state === state)
    .sort(state === "closed" ? (a, b) => b.openedAtMs - a.openedAtMs : worstFirst)
