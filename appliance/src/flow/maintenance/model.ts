/** Maintenance windows as the org worker keeps them. */
import type { MaintenanceTarget, Occurrence } from "../../api/maintenance.ts"

/** When a window is on: by the wall clock of its zone. */
export type Schedule = {
  /** `YYYY-MM-DDTHH:MM` */
  readonly startsAt: string
  readonly minutes: number
  readonly zone: string
  /** Null: once. */
  readonly rrule: string | null
  /** Occurrences that were ended early: when they began, and when they ended instead. */
  readonly cuts: readonly (readonly [fromMs: number, untilMs: number])[]
}
/** With its occurrences around the present time. */
export type PlannedWindow = {
  readonly id: string
  readonly name: string
  readonly targets: readonly MaintenanceTarget[]
  readonly withDependents: boolean
  readonly occurrences: readonly Occurrence[]
}
