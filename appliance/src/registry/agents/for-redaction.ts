/** What people see of one agent: what it reads, sends and hides; and the switches of that. */
import type { AgentRedaction } from "../../api/redaction.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { readAgentDevices } from "./agent-devices.ts"
import type { AgentParts, Agents, AgentsDeps } from "./model.ts"
import { createRedaction, redactionOf } from "./redaction.ts"
import { isOffline } from "./status.ts"
import { agentRows } from "./store.ts"

type ForRedaction = Pick<
  Agents,
  "redaction" | "changeRedaction" | "sentOf" | "noteSent" | "devicesOf"
>
const HOUR_MS = 3_600_000

export const forRedaction = (
  { dbs, clock, changes }: AgentsDeps,
  { liveness, features, reports, sent }: AgentParts,
): ForRedaction => {
  const switches = createRedaction({
    db: dbs.ui,
    clock,
    // The listeners of collectors are those of anything that changes what agents are assigned.
    onChange: (org) => changes.emit({ org, what: "collector", id: "redaction" }),
  })
  const agentRedaction = (id: AgentId, version: number): AgentRedaction =>
    redactionOf(version, reports.get(id) ?? null, {
      isOnline: !isOffline(liveness.of(id)?.lastSeenAtMs ?? null, clock.now()),
      knowsSwitches: features.get(id)?.includes("redaction") === true,
    })
  const agentsOf = (org: OrgId, id: string | null) =>
    dbs.ui.asOrg(org, (tx) => agentRows(tx, org, id))
  const oneOf = async (org: OrgId, id: string) => {
    const [row] = await agentsOf(org, id)
    if (row === undefined) throw notFound("agent", id)
    return row
  }
  const read: Agents["redaction"] = async (org) => {
    const settings = await switches.settings(org)
    const enrolled = (await agentsOf(org, null)).filter(
      ({ enrolledAtMs, revokedAtMs }) => enrolledAtMs !== null && revokedAtMs === null,
    )
    return {
      ...settings,
      agents: enrolled.map(({ id, name }) => ({
        id,
        name,
        ...agentRedaction(id, settings.version),
      })),
    }
  }
  return {
    redaction: read,
    changeRedaction: async (actor, input) => {
      await switches.change(actor, input)
      return await read(actor.org)
    },
    devicesOf: async (org, id) => readAgentDevices(dbs.ui, org, (await oneOf(org, id)).id),
    sentOf: async (org, id) => {
      const row = await oneOf(org, id)
      const { version } = await switches.settings(org)
      return {
        sinceMs: Math.round(Math.max(sent.startedAtMs, clock.now() - HOUR_MS)),
        kinds: sent.of(row.id).map((each) => ({ ...each, isHidden: false })),
        redaction: agentRedaction(row.id, version),
      }
    },
    noteSent: sent.noteItems,
  }
}
