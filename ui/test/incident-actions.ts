/** One action on several incidents, as the appliance does it: closed incidents take notes only. */
import { IncidentsAction, type IncidentsActionAnswer } from "@ispvm/appliance/api/incident-actions"
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Answer } from "./server.ts"

export const actOnIncidents = (incidents: Incident[], body: unknown): Answer => {
  const request = IncidentsAction.parse(body)
  const results = request.ids.map((id): IncidentsActionAnswer["results"][number] => {
    const at = incidents.findIndex((each) => each.id === id)
    const was = incidents[at]
    if (was === undefined) return rejected(id, "not-found", `There is no incident ${id}.`)
    if (request.action === "note") return { id, rejection: null }
    if (was.state === "closed") return rejected(id, "incident-closed", "This incident is closed.")
    const isAcknowledged = request.action === "acknowledge"
    incidents[at] = {
      ...was,
      state: isAcknowledged ? "acknowledged" : "open",
      acknowledgedBy: isAcknowledged ? "Ayşe Demir" : null,
      updatedAtMs: Date.now(),
    }
    return { id, rejection: null }
  })
  return { status: 200, body: { results } }
}

const rejected = (id: string, code: string, message: string) => ({
  id,
  rejection: { code, message },
})
