/** API answers for maintenance windows; it stores changes. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import {
  MaintenanceInput,
  MaintenanceNow,
  type MaintenanceWindow,
} from "@ispvm/appliance/api/maintenance"
import { uuid } from "./make.ts"
import { page, problem } from "./problem.ts"
import type { Answer } from "./server.ts"

const HOUR_MS = 3_600_000
const makeWindow = (n: number, changes: Partial<MaintenanceWindow>): MaintenanceWindow => ({
  id: uuid(5_000 + n),
  name: `Work ${n}`,
  note: "",
  targets: [{ kind: "device", id: uuid(1), name: "ank-core-1" }],
  withDependents: true,
  startsAt: "2026-06-02T01:00",
  minutes: 240,
  zone: "Europe/Istanbul",
  rrule: null,
  createdBy: "Ayşe Demir",
  createdAtMs: 0,
  now: null,
  occurrences: [],
  heldBack: 0,
  ...changes,
})

/** One is on, one comes every week of the shown month. */
export const makeMaintenance = (): MaintenanceWindow[] => {
  const now = { fromMs: Date.now() - HOUR_MS, untilMs: Date.now() + HOUR_MS }
  const first = new Date()
  const weekly = [2, 9, 16, 23].map((day) => {
    const fromMs = new Date(first.getFullYear(), first.getMonth(), day, 1).getTime()
    return { fromMs, untilMs: fromMs + 4 * HOUR_MS }
  })
  return [
    makeWindow(1, { name: "New optics at Izmir", now, occurrences: [now], heldBack: 1 }),
    makeWindow(2, {
      name: "Router updates",
      rrule: "FREQ=WEEKLY;BYDAY=TU",
      occurrences: weekly,
      note: "Ask the help desk before",
    }),
  ]
}

export const answerMaintenance = (
  windows: MaintenanceWindow[],
  incidents: readonly Incident[],
  method: string,
  url: URL,
  body: unknown,
): Answer | null => {
  const [, kind, id, part] = url.pathname.split("/")
  if (kind !== "maintenance") return null
  const at = windows.findIndex((each) => each.id === id)
  const found = windows[at]
  if (method === "GET" && id === undefined) return page(windows)
  if (method === "POST" && (id === undefined || id === "now")) {
    const input = id === "now" ? MaintenanceNow.parse(body) : MaintenanceInput.parse(body)
    const made = makeWindow(9, {
      ...input,
      name: input.name ?? "Ayşe Demir",
      targets: input.targets.map((one) => ({ ...one, name: "ank-core-1" })),
    })
    windows.push(made)
    return { status: 201, body: { id: made.id } }
  }
  if (found === undefined) return problem(404, "not-found", "There is no maintenance window.")
  if (method === "GET")
    return { status: 200, body: { ...found, incidents: incidents.slice(0, found.heldBack) } }
  if (method === "DELETE") {
    windows.splice(at, 1)
    return { status: 204, body: null }
  }
  windows[at] =
    part === "end"
      ? { ...found, now: null }
      : {
          ...found,
          ...MaintenanceInput.omit({ targets: true }).loose().parse(body),
          targets: found.targets,
        }
  return { status: 200, body: { id } }
}
