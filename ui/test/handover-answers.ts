/** The answer for the handover page. */
import type { Handover, HandoverNote } from "@ispvm/appliance/api/handover"
import type { Incident } from "@ispvm/appliance/api/incidents"

export const makeHandover = (
  incidents: readonly Incident[],
  notes: readonly HandoverNote[],
): Handover => ({
  sinceMs: Date.now() - 8 * 3_600_000,
  open: incidents.filter(({ state }) => state !== "closed"),
  resolved: incidents.filter(({ state }) => state === "closed"),
  events: incidents.slice(0, 1).map(({ id, number }) => ({
    ...{ incidentId: id, number, atMs: Date.now() - 600_000, kind: "acknowledged" },
    who: "Ayşe Demir",
    message: { code: "timeline.acknowledged", params: { by: "Ayşe Demir", note: "on it" } },
  })),
  notes: [...notes],
})
