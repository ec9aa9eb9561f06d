/** The fleet store: loaded once and updated by the stream; only inventory changes reload it. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { LiveData } from "@ispvm/appliance/api/live"
import type { Api } from "../api/client.ts"
import type { Live } from "../api/live.ts"
import { ApiError } from "../api/problem.ts"
import { type Fleet, NO_FLEET } from "./fleet-model.ts"
import { patchAgent, patchDevice, patchLink, patchReadings, withFreshPing } from "./fleet-patch.ts"
import { createStore, type Readable, type Store } from "./store.ts"
import { type Numbers, patchValues, takeNumbers } from "./value-columns.ts"

export { type Fleet, NO_FLEET } from "./fleet-model.ts"
export type FleetStore = Readable<Fleet> & {
  readonly start: () => void
  readonly stop: () => void
  readonly reload: () => Promise<void>
  readonly refresh: (id: string) => Promise<void>
}

/** Inventory changes come in groups (an import of 500 rows); one reload answers them. */
const DEBOUNCE_MS = 250
/** A failed reload is tried again, because the stream does not repeat what was missed. */
const RETRY_MS = 5_000

type Apis = Pick<Api, "topology" | "agents" | "device">
type Patch = (was: Fleet) => Fleet

/** Reads the network as a whole; of several requests, the latest counts. */
const createReader = (api: Apis, store: Store<Fleet>, onFailed: () => void) => {
  let latestRequest = 0
  let requestsInFlight = 0
  /** Stream messages during a reload, applied again to its answer, because they may be newer. */
  let pendingPatches: Patch[] = []

  const reload = async (): Promise<void> => {
    latestRequest += 1
    const request = latestRequest
    if (requestsInFlight === 0) pendingPatches = []
    requestsInFlight += 1
    try {
      const read = await readFleet(api).finally(() => {
        requestsInFlight -= 1
      })
      if (request === latestRequest)
        store.set(pendingPatches.reduce((was, step) => step(was), read))
    } catch (error) {
      if (request !== latestRequest) return
      // The old data stays; the page shows its age.
      store.update((was) =>
        was.phase === "ready" ? was : { ...was, phase: "failed", error: asError(error) },
      )
      onFailed()
    }
  }
  return {
    reload,
    patch: (step: Patch): void => {
      if (requestsInFlight > 0) pendingPatches.push(step)
      store.update((was) => (was.phase === "ready" ? step(was) : was))
    },
    forget: (): void => {
      latestRequest += 1
    },
  }
}

export const createFleet = (api: Apis, live: Pick<Live, "on">): FleetStore => {
  const store = createStore<Fleet>(NO_FLEET)
  let unsubscribers: (() => void)[] = []
  const numbers: Numbers = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const reader = createReader(api, store, () => {
    if (unsubscribers.length > 0) scheduleReload(RETRY_MS)
  })
  const scheduleReload = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void reader.reload(), ms)
  }
  const patched =
    <D>(step: (was: Fleet, data: D) => Fleet) =>
    (data: D): void =>
      reader.patch((was) => step(was, data))

  return {
    get value() {
      return store.value
    },
    subscribe: store.subscribe,
    reload: reader.reload,
    refresh: (id) => refreshDevice(api, store, id),
    start: () => {
      if (unsubscribers.length > 0) return
      unsubscribers = [
        live.on("hello", (hello) => {
          if (!hello.resumed || store.value.phase !== "ready") scheduleReload(0)
        }),
        live.on("device", patched<LiveData<"device">>(patchDevice)),
        live.on("link", patched<LiveData<"link">>(patchLink)),
        live.on("agent", patched<Agent>(patchAgent)),
        live.on("values", (values) => {
          takeNumbers(numbers, values)
          reader.patch((was) => patchValues(was, values, numbers))
        }),
        // Of the devices whose interfaces a page shows: more exact, and not requested here.
        live.on("readings", patched<LiveData<"readings">>(patchReadings)),
        live.on("inventory", () => scheduleReload(DEBOUNCE_MS)),
      ]
      // The first message of the stream starts the first load; if it does not connect, this timer
      // does.
      scheduleReload(500)
    },
    stop: () => {
      clearTimeout(timer)
      for (const stop of unsubscribers) stop()
      unsubscribers = []
      reader.forget()
      store.set(NO_FLEET)
    },
  }
}

const readFleet = async (api: Apis): Promise<Fleet> => {
  const [topology, agents] = await Promise.all([api.topology(), api.agents()])
  return {
    phase: "ready",
    error: null,
    devices: byId(topology.devices.map(withFreshPing)),
    links: byId(topology.links),
    sites: byId(topology.sites),
    agents: byId(agents.items),
  }
}

/** Data that the stream does not have, such as the times of methods, is requested per device. */
const refreshDevice = async (api: Apis, store: Store<Fleet>, id: string): Promise<void> => {
  try {
    const device = withFreshPing(await api.device(id))
    store.update((was) =>
      was.devices.has(id) ? { ...was, devices: new Map(was.devices).set(id, device) } : was,
    )
  } catch (error) {
    // Deleted or unreachable: the list and the app shell show it.
    if (!(error instanceof ApiError)) throw error
  }
}

const byId = <T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]))
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))
