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
const CLOSED_ROWS = 200
/** As many as one request takes. */
const PAGE_ROWS = 500
/** A failed reload is tried again, because the stream does not repeat what was missed. */
const RETRY_MS = 5_000

export const createIncidents = (
  api: Pick<Api, "incidents">,
  live: Pick<Live, "on">,
): IncidentStore => {
  const store = createStore<Incidents>(NONE)
  let unsubscribers: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let latestRequest = 0
  /** Stream messages during a reload: they may be newer than its answer. */
  let received = new Map<string, Incident>()
  let requestsInFlight = 0

  const scheduleReload = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), ms)
  }
  const reload = async (): Promise<void> => {
    clearTimeout(timer)
    latestRequest += 1
    const request = latestRequest
    if (requestsInFlight === 0) received = new Map()
    requestsInFlight += 1
    try {
      const active = await readActive(api)
      if (request !== latestRequest) return
      const known = new Map([...closedOf(store.value.all), ...received])
      store.set({ phase: "ready", error: null, all: withNewer(byId(active), known) })
      const closed = await api.incidents({ state: "closed", limit: CLOSED_ROWS })
      if (request !== latestRequest) return
      store.update((was) => ({ ...was, all: withNewer(byId(closed.items), was.all) }))
    } catch (error) {
      if (request !== latestRequest) return
      store.update((was) =>
        was.phase === "ready" ? was : { ...was, phase: "failed", error: asError(error) },
      )
      if (unsubscribers.length > 0) scheduleReload(RETRY_MS)
    } finally {
      requestsInFlight -= 1
    }
  }
  const receive = (incident: Incident): void => {
    if (requestsInFlight > 0) received.set(incident.id, incident)
    store.update((was) => ({ ...was, all: new Map(was.all).set(incident.id, incident) }))
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
          if (!hello.resumed || store.value.phase !== "ready") scheduleReload(0)
        }),
        live.on("incident", receive),
      ]
      scheduleReload(500)
    },
    stop: () => {
      clearTimeout(timer)
      for (const stop of unsubscribers) stop()
      unsubscribers = []
      latestRequest += 1
      store.set(NONE)
    },
  }
}

/** Every incident that is not closed, however old. */
const readActive = async (api: Pick<Api, "incidents">): Promise<readonly Incident[]> => {
  const read: Incident[] = []
  for (let before: string | null = ""; before !== null; ) {
    const { items, next }: Awaited<ReturnType<Api["incidents"]>> = await api.incidents({
      state: "active",
      limit: PAGE_ROWS,
      ...(before === "" ? {} : { before }),
    })
    read.push(...items)
    before = next
  }
  return read
}

const withNewer = (
  read: ReadonlyMap<string, Incident>,
  others: ReadonlyMap<string, Incident>,
): ReadonlyMap<string, Incident> => {
  const all = new Map(read)
  for (const [id, other] of others)
    if (other.updatedAtMs >= (all.get(id)?.updatedAtMs ?? 0)) all.set(id, other)
  return all
}

const closedOf = (all: ReadonlyMap<string, Incident>) =>
  [...all].filter(([, { state }]) => state === "closed")
const byId = (incidents: readonly Incident[]): ReadonlyMap<string, Incident> =>
  new Map(incidents.map((each) => [each.id, each]))
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

/** Highest impact first; closed ones by their start. */
export const inState = (incidents: Incidents, state: Incident["state"]): readonly Incident[] =>
  [...incidents.all.values()]
    .filter((incident) => incident.state === state)
    .sort(state === "closed" ? (a, b) => b.openedAtMs - a.openedAtMs : worstFirst)

/** Open or acknowledged; those of the appliance itself have no place on a map. */
export const openInNetwork = (incidents: Incidents): readonly Incident[] =>
  [...inState(incidents, "open"), ...inState(incidents, "acknowledged")].filter(
    ({ check }) => check === null,
  )
