/** One action on several incidents, as the appliance does it: what is over takes no acknowledgement. */
import { IncidentsAction, type IncidentsActionAnswer } from "@ispvm/appliance/api/incident-actions"
import type { Incident } from "@ispvm/appliance/api/incidents"
import { uuid } from "./make.ts"
import type { Answer } from "./server.ts"

export const actOnIncidents = (incidents: Incident[], body: unknown): Answer => {
  const request = IncidentsAction.parse(body)
  const results = request.ids.map((id): IncidentsActionAnswer["results"][number] => {
    const at = incidents.findIndex((each) => each.id === id)
    const was = incidents[at]
    if (was === undefined) return rejected(id, "not-found", `There is no incident ${id}.`)
    const isForClosed = ["note", "assign", "ticket", "close", "feedback"].includes(request.action)
    if (was.state === "closed" && !isForClosed)
      return rejected(id, "incident-closed", "This incident is closed.")
    incidents[at] = { ...was, ...changeOf(request), updatedAtMs: Date.now() }
    return { id, rejection: null }
  })
  return { status: 200, body: { results } }
}

const ME = { ownerId: uuid(1), ownerName: "Ayşe Demir" }
const NOBODY = { ownerId: null, ownerName: null }
const changeOf = (request: IncidentsAction): Partial<Incident> => {
  switch (request.action) {
    case "acknowledge":
      return {
        ...{ ...ME, state: "acknowledged", acknowledgedBy: "Ayşe Demir" },
        acknowledgedUntilMs:
          request.forMinutes === null ? null : Date.now() + request.forMinutes * 60_000,
      }
    case "unacknowledge":
      return { ...NOBODY, state: "open", acknowledgedBy: null, acknowledgedUntilMs: null }
    case "assign":
      return request.account === null
        ? NOBODY
        : request.account === ME.ownerId
          ? ME
          : { ownerId: request.account, ownerName: "Zeynep Ak" }
    case "snooze":
      return { snoozedUntilMs: request.untilMs }
    case "severity":
      return { severity: request.severity ?? "major" }
    case "ticket":
      return { ticket: { url: request.url, number: request.number } }
    case "close":
      return { causeCode: request.causeCode, causeCodedBy: "Ayşe Demir" }
    case "merge":
      return { state: "closed", closedAtMs: Date.now() }
    case "note":
    case "feedback":
      return {}
  }
}

const rejected = (id: string, code: string, message: string) => ({
  id,
  rejection: { code, message },
})
