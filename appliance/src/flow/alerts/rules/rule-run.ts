/** What rules use of an evaluation of the alert engine: its time, its alerts, and where steps go. */
import type { AlertTable } from "../alert-table.ts"
import type { AlertKind } from "../kinds/kind.ts"
import type { Topology, Transition } from "../model.ts"

export type RuleRun = {
  readonly nowMs: number
  readonly out: Transition[]
  readonly evaluation: {
    readonly topology: Topology
    readonly table: AlertTable
    readonly kinds: readonly AlertKind[]
  }
}
