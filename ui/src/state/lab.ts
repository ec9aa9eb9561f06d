/** Faults injected into the demo's simulated network. The demo serves them, not the appliance. */
import type { DeviceFault, DeviceRepair } from "./device-fault-names.ts"
import { createStore, type Readable } from "./store.ts"

/** A command of the simulator; names are those of the inventory. */
export type LabCommand =
  | {
      readonly do: "cut" | "repair" | "ospf-down" | "ospf-up" | "isis-down" | "isis-up"
      readonly link: string
    }
  | { readonly do: DeviceFault | DeviceRepair; readonly router: string }
  | { readonly do: "guess-passwords"; readonly router: string; readonly times: number }
  | {
      readonly do: "change-config"
      readonly router: string
      readonly section: "ip firewall filter"
    }
  | {
      readonly do:
        | "kill"
        | "revive"
        | "lose-upstream"
        | "restore-upstream"
        | "bgp-down"
        | "bgp-up"
        | "drop-sessions"
        | "restore-sessions"
      readonly router: string
    }
  | {
      readonly do: "fade-optic"
      readonly router: string
      readonly port: string
      readonly db: number
    }
  | { readonly do: "power-off" | "power-on"; readonly site: string }
  | { readonly do: "loss"; readonly ratio: number }
  | {
      readonly do: "flap"
      readonly router: string
      readonly port: string
      readonly times: number
    }
  | {
      readonly do:
        | "cut-uplink"
        | "repair-uplink"
        | "stop-agent"
        | "start-agent"
        | "cut-management-path"
        | "repair-management-path"
        | "heal"
    }
/** The active faults. */
export type LabState = {
  readonly cutLinks: readonly string[]
  readonly deadRouters: readonly string[]
  readonly poweredOffSites: readonly string[]
  readonly lostUpstreams: readonly string[]
  readonly lossRatio: number
  readonly degradedLinks: readonly string[]
  readonly congestedLinks: readonly string[]
  readonly bgpDown: readonly string[]
  readonly withoutSessions: readonly string[]
  /** `router port`. */
  readonly fadedOptics: readonly string[]
  readonly ospfDown: readonly string[]
  readonly isisDown: readonly string[]
  /** `fault router`. */
  readonly deviceFaults: readonly string[]
  /** By router: the faults inside it that can be injected. */
  readonly possibleFaults: Readonly<Record<string, readonly string[]>>
  readonly ospfLinks: readonly string[]
  readonly isisLinks: readonly string[]
  readonly agentRunning: boolean
  readonly managementPathDown: boolean
  readonly uplinkDown: boolean
  readonly mode: "namespace" | "loopback"
}

export type Lab = {
  readonly state: LabState | null
  readonly problem: string
  readonly pending: string
}
export type LabStore = Readable<Lab> & {
  readonly load: () => Promise<void>
  /** True when the fault was injected; else `problem` says why not. */
  readonly run: (command: LabCommand) => Promise<boolean>
}
type Deps = {
  readonly fetcher: typeof fetch
  /** The demo's address; null where there is no demo. */
  readonly url: () => string | null
}

const NO_LAB: Lab = { state: null, problem: "", pending: "" }
const DEADLINE_MS = 15_000

const messageOf = (body: unknown): string | null =>
  typeof body === "object" && body !== null && "message" in body ? String(body.message) : null

const request = async ({ fetcher, url }: Deps, command?: LabCommand): Promise<LabState> => {
  const address = url()
  if (address === null) throw new Error("There is no simulated network.")
  const answer = await fetcher(address, {
    credentials: "omit",
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...(command === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(command),
        }),
  })
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw new Error(messageOf(body) ?? `The demo answered ${answer.status}.`)
  return body as LabState
}

export const createLab = (deps: Deps): LabStore => {
  const store = createStore<Lab>(NO_LAB)
  const load = async (): Promise<void> => {
    const state = await request(deps).catch(() => null)
    store.update((was) => ({ ...was, state }))
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
        const state = await request(deps, command)
        store.update((was) => ({ ...was, state }))
        return true
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error)
        store.update((was) => ({ ...was, problem }))
        await load()
        return false
      } finally {
        store.update((was) => ({ ...was, pending: "" }))
      }
    },
  }
}
