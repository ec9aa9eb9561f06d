/** Configured probes with what agents found, and where a fault is. */
import { randomUUID } from "node:crypto"
import type { Task } from "@ispvm/wire"
import type { Agent } from "../../api/agents.ts"
import type { Probe, ProbeList, ProbeQuery } from "../../api/probes.ts"
import type { Series } from "../../flow/series/series.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { notFound } from "../../platform/http/http-error.ts"
import { AgentId, type OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import {
  createProbeRecords,
  locateFaults,
  type ProbeRecords,
  readProbes,
} from "../../registry/probes/probes.ts"
import { probeOf, readFound } from "./views.ts"

type Deps = Pick<Parameters<typeof createProbeRecords>[0], "machine" | "onChange"> & {
  readonly db: Db
  readonly clock: Clock
  readonly series: Pick<Series, "latest" | "read">
  readonly agents: (org: OrgId) => Promise<readonly Agent[]>
  readonly queue: (agent: AgentId, task: Task) => void
}
export type Probes = ProbeRecords & {
  readonly list: (org: OrgId, query: ProbeQuery) => Promise<ProbeList>
  /** Its agents run it now; the values arrive as usual. */
  readonly run: (actor: Actor, id: string) => Promise<{ id: string }>
}

/** Paths say nothing here: many hosts at their end are silent. */
const targetOf = ({ name, segment, siteName, check, views }: Probe) =>
  check.kind === "trace"
    ? []
    : [
        {
          ...{ name, segment, site: siteName },
          views: views.map(({ agentName, state }) => ({
            agent: agentName,
            isUp: state === "unknown" ? null : state === "ok",
          })),
        },
      ]

export const createProbes = (deps: Deps): Probes => {
  const { db, clock, series } = deps
  const all = async (org: OrgId): Promise<readonly Probe[]> => {
    const agents = (await deps.agents(org)).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    )
    const nowMs = clock.now()
    return await db.asOrg(org, async (tx) => {
      const configured = await readProbes(tx, org)
      const devices = [...new Set(configured.map(({ deviceId }) => deviceId))]
      const found = await readFound(tx, org, series, devices, nowMs)
      return configured.map((probe) => probeOf(probe, agents, found, nowMs))
    })
  }
  return {
    ...createProbeRecords({ ...deps, now: clock.now }),
    list: async (org, { device, site }) => {
      const probes = await all(org)
      return {
        items: probes.filter(
          ({ deviceId, siteId }) =>
            (device === undefined || deviceId === device) &&
            (site === undefined || siteId === site),
        ),
        next: null,
        findings: [...locateFaults(probes.flatMap(targetOf))],
      }
    },
    run: async (actor, id) => {
      const agents = await deps.agents(actor.org)
      const probe = await db.asOrg(actor.org, async (tx) => {
        const found = (await readProbes(tx, actor.org)).find((one) => one.id === id)
        if (found === undefined) throw notFound("probe", id)
        await write(tx, actor, "probe.run", "probe", id, { name: found.name })
        return found
      })
      for (const agent of agents)
        if (probe.agents.length === 0 || probe.agents.includes(agent.id))
          deps.queue(AgentId.parse(agent.id), { kind: "probe", id: randomUUID(), probes: [id] })
      return { id }
    },
  }
}
