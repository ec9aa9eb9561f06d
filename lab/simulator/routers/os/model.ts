/** The operating system of a simulated router, as its menus, commands and services use it. */
import type { Release } from "@ispvm/routeros-scripts/check"
import type { Row } from "../api-query.ts"
import type { Router } from "../router.ts"
import type { Menus, Runner, Value } from "../script/value.ts"
import type { Certificates } from "./certificates.ts"
import type { Engine } from "./engine.ts"
import type { FetchContext } from "./fetch.ts"
import type { Files } from "./files.ts"
import type { Sessions } from "./sessions.ts"
import type { Item, Store } from "./store.ts"
import type { PeerState } from "./views.ts"

/** The network around the router. */
export type NetworkView = {
  /** Whether the address answers this router. */
  readonly reaches: (address: string) => Promise<boolean>
  /** The addresses on the way to one, which is the last if it answers. */
  readonly pathTo: (address: string) => {
    readonly hops: readonly string[]
    readonly isReached: boolean
  }
  /** False where no packet of this router leaves the network. */
  readonly canReachOutside: () => boolean
  readonly peers: () => readonly PeerState[]
}

/** Properties that a running entry adds to its configured row, by the id of the row. */
export type RunningEntries = { readonly statusRow: (id: string) => Row }

export type RouterSystem = Menus & {
  readonly router: Router
  readonly release: Release
  readonly store: Store
  readonly files: Files
  readonly certificates: Certificates
  readonly network: NetworkView
  readonly now: () => number
  readonly engine: Engine
  readonly scheduler: RunningEntries
  readonly netwatch: RunningEntries & {
    /** Properties of a new entry that sets nothing else. */
    readonly defaults: () => readonly (readonly [string, string])[]
  }
  readonly sessions: Sessions
  /** How often each stored script has run, by its id. */
  readonly runs: ReadonlyMap<string, { readonly count: number; readonly lastAtMs: number }>
  readonly isV6: boolean
  readonly isOn: boolean
  /** Discards the output of `:put` and of errors: nothing reads this console. */
  readonly print: (text: string) => void
  /** Rows as the API prints them; null where the router has no such menu. */
  readonly rows: (path: string) => readonly Row[] | null
  readonly date: (atMs: number) => string
  /** The configuration below a menu as a script; of everything for "". */
  readonly export: (below: string) => string
  readonly requestReboot: () => void
  /** Calls the listeners for changed certificates. */
  readonly certificatesChanged: () => void
  readonly fetchContext: () => FetchContext
  /** Runs a stored script by its name, only with rights that the runner has. */
  readonly runNamed: (item: Item, runner: Runner) => Promise<Value>
  readonly runStored: (item: Item, runner: Runner, signal?: AbortSignal) => Promise<Value>
}
