/**
 * Which components and incidents a maintenance window covers. An incident is covered if its cause
 * is, and everything that is out of reach because of it. Pure.
 */
import type { IncidentId } from "../../platform/ids.ts"
import type { Topology } from "../alerts/alerts.ts"
import type { PlannedWindow } from "../maintenance/model.ts"
import type { Reachability } from "./engine/reachability.ts"
import { plannedTargets, withLinks } from "./maintenance-targets.ts"
import { type Incident, type Line, SYSTEM } from "./model.ts"

/** `own`: targets and what belongs to them; `dependents`: reachable only through them. */
export type Covered = {
  readonly id: string
  readonly name: string
  readonly untilMs: number
  readonly own: ReadonlySet<string>
  readonly dependents: ReadonlySet<string>
}

/** The windows that are on at `atMs`, with what each covers. */
export const coveredAt = (
  topology: Topology,
  { unreachable }: Pick<Reachability, "unreachable">,
  windows: readonly PlannedWindow[],
  atMs: number,
): readonly Covered[] =>
  windows.flatMap(({ id, name, targets: planned, withDependents, occurrences }): Covered[] => {
    const now = occurrences.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
    if (now === undefined) return []
    const targets = plannedTargets(topology, planned)
    const own = new Set(targets.flatMap((target) => target.own))
    const failed = targets.flatMap((target) => [target.id, ...target.devices])
    const dependents = withDependents ? withLinks(topology, unreachable(topology, failed)) : []
    return [{ id, name, untilMs: now.untilMs, own, dependents: new Set(dependents) }]
  })

export const isInMaintenance = (
  topology: Topology,
  reachability: Pick<Reachability, "unreachable">,
  windows: readonly PlannedWindow[],
  component: string,
  atMs: number,
): boolean =>
  coveredAt(topology, reachability, windows, atMs).some(
    ({ own, dependents }) => own.has(component) || dependents.has(component),
  )

const isCovered = (
  { own, dependents }: Covered,
  { check, causes, alternatives, symptoms, expected }: Incident,
): boolean => {
  const has = (id: string): boolean => own.has(id) || dependents.has(id)
  if (check !== null || ![...causes, ...alternatives].some(({ id }) => has(id))) return false
  const outOfReach = [...symptoms.values()].filter(
    ({ observes, untilMs, role }) =>
      observes === "device" && untilMs === null && role === "downstream",
  )
  return [...outOfReach, ...expected].every(({ deviceId }) => deviceId === null || has(deviceId))
}

/** The window that an incident keeps while it lasts, else the first that covers it. */
const coveringOf = (incident: Incident, covered: readonly Covered[]): Covered | undefined =>
  covered.find((one) => one.id === incident.maintenanceWindowId && isCovered(one, incident)) ??
  covered.find((one) => isCovered(one, incident))

export type Marked = { readonly changed: readonly Incident[]; readonly lines: readonly Line[] }
/** Open incidents whose window has changed: what a window covers begins, ends or outlives it. */
export const markMaintenance = (
  open: Iterable<Incident>,
  covered: readonly Covered[],
  windows: readonly Pick<PlannedWindow, "id" | "name">[],
  nowMs: number,
): Marked => {
  const changed: Incident[] = []
  const lines: Line[] = []
  for (const was of open) {
    const covering = coveringOf(was, covered)
    const id = covering?.id ?? null
    if (was.maintenanceWindowId === id) continue
    changed.push({ ...was, maintenanceWindowId: id, updatedAtMs: nowMs })
    lines.push(lineOf(was.id, was.maintenanceWindowId ?? "", covering, covered, windows, nowMs))
  }
  return { changed, lines }
}

const lineOf = (
  incidentId: IncidentId,
  wasId: string,
  covering: Covered | undefined,
  covered: readonly Covered[],
  windows: readonly Pick<PlannedWindow, "id" | "name">[],
  nowMs: number,
): Line => {
  const line = { incidentId, atMs: nowMs, kind: "maintenance", who: SYSTEM } as const
  if (covering !== undefined) {
    const params = { window: covering.id, name: covering.name }
    return { ...line, message: { code: "timeline.in-maintenance", params } }
  }
  const params = { window: wasId, name: windows.find(({ id }) => id === wasId)?.name ?? null }
  const isOn = covered.some(({ id }) => id === wasId)
  return {
    ...line,
    message: {
      code: isOn ? "timeline.maintenance-exceeded" : "timeline.maintenance-over",
      params,
    },
  }
}

/** What the windows of an organisation cover now. */
export type Coverage = {
  readonly setWindows: (windows: readonly PlannedWindow[]) => void
  /** True where another window is on than at the last call, or the topology has changed. */
  readonly update: (topology: Topology, nowMs: number) => boolean
  readonly covered: () => readonly Covered[]
  readonly mark: (open: Iterable<Incident>, nowMs: number) => Marked
}
export const createCoverage = (reachability: Pick<Reachability, "unreachable">): Coverage => {
  let windows: readonly PlannedWindow[] = []
  let covered: readonly Covered[] = []
  let known: { topology: Topology; windows: readonly PlannedWindow[]; on: string } | null = null
  const onAt = (atMs: number): string =>
    windows
      .flatMap(({ id, occurrences }) => {
        const now = occurrences.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
        return now === undefined ? [] : [`${id} ${now.untilMs}`]
      })
      .join()
  return {
    setWindows: (next) => {
      windows = next
    },
    update: (topology, nowMs) => {
      const on = onAt(nowMs)
      if (known?.topology === topology && known.windows === windows && known.on === on) return false
      const wasEmpty = covered.length === 0
      covered = coveredAt(topology, reachability, windows, nowMs)
      known = { topology, windows, on }
      return !(wasEmpty && covered.length === 0)
    },
    covered: () => covered,
    mark: (open, nowMs) => markMaintenance(open, covered, windows, nowMs),
  }
}
