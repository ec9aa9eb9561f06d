/** What is broken by hand in an attached simulation: asked for while somebody looks, and told by every lever. */
import type { LabCommand, LabState } from "@ispvm/appliance/api/lab"
import type { Api } from "../api/client.ts"
import { ApiError } from "../api/problem.ts"
import { createStore, type Readable } from "./store.ts"

export type Lab = {
  readonly state: LabState | null
  readonly problem: string
  readonly pending: string
}
export type LabStore = Readable<Lab> & {
  readonly load: () => Promise<void>
  /** True when the lever moved; else `trouble` says why not. */
  readonly run: (command: LabCommand) => Promise<boolean>
}

const NO_LAB: Lab = { state: null, problem: "", pending: "" }

export const createLab = (api: Pick<Api, "lab" | "runLabCommand">): LabStore => {
  const store = createStore<Lab>(NO_LAB)
  const load = async (): Promise<void> => {
    try {
      const state = await api.lab()
      store.update((was) => ({ ...was, state }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      store.update((was) => ({ ...was, state: null }))
    }
  }
  return {
    get value() {
      return store.value
    },
    subscribe: store.subscribe,
    load,
    run: async (command) => {
      store.update((was) => ({ ...was, pending: command.do, problem: "" }))
      try {
        await api.runLabCommand(command)
        return true
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        store.update((was) => ({ ...was, problem: error.message }))
        return false
      } finally {
        store.update((was) => ({ ...was, pending: "" }))
        await load()
      }
    },
  }
}
