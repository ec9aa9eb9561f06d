/** The planner of notifications with one policy and one channel, which takes everything at once. */
import type { Policy } from "@ispvm/appliance/api/notifications"
import type { Incident } from "@ispvm/appliance/incidents/model"
import type { Decision, IncidentFacts, Planned } from "@ispvm/appliance/notify/model"
import { planDeliveries } from "@ispvm/appliance/notify/plan"

const CHANNEL = {
  ...{ id: "00000000-0000-4000-8000-000000000010", name: "noc", kind: "webhook" },
  ...{ isEnabled: true, ownerId: null, fallbackId: null, isDead: false },
}
const policyOf = (delayS: number): Policy => ({
  ...{ id: "00000000-0000-4000-8000-000000000090", name: "all", isEnabled: true },
  ...{ leastSeverity: "warning", siteIds: [], tags: [], about: "all", leastUnreachable: 0 },
  ...{ leastCustomers: 0, delayS, repeat: null, hasUpdates: false, quietHours: null },
  steps: [
    {
      ...{ afterS: 0, channels: [CHANNEL.id], schedules: [] },
      ...{ leastUnreachable: 0, leastCustomers: 0 },
    },
  ],
  isLast: false,
})

type Case = {
  facts: IncidentFacts
  names: readonly string[]
  rows: Planned[]
  decisions: readonly Decision[]
}
/** What arrived: `names` are those of the moment in which it was sent. */
type Page = { readonly names: readonly string[]; recovered: boolean; readonly afterMs: number }

export type Pager = {
  readonly change: (incident: Incident, names: readonly string[], nowMs: number) => void
  /** Sends what is due. */
  readonly send: (nowMs: number) => void
  /** Something is open, or on its way. */
  readonly isOpen: () => boolean
  /** `afterMs`: when it was sent, epoch ms. */
  readonly pages: () => readonly Page[]
}

const plan = (one: Case, policy: Policy, nowMs: number): void => {
  const { added, changed, decisions } = planDeliveries({
    ...{ incident: one.facts, policies: [policy], channels: new Map([[CHANNEL.id, CHANNEL]]) },
    ...{ channelsOnCall: () => [], afterQuietOf: (_, __, atMs) => atMs, scheduleNames: new Map() },
    ...{ deliveries: one.rows, decisions: one.decisions, nowMs },
  })
  for (const { channel, policyName: _, ...row } of added)
    one.rows.push({
      ...{ ...row, id: row.key, channelId: channel.id, state: "waiting", maybeDelivered: false },
    })
  for (const { id, state, dueAtMs } of changed)
    one.rows = one.rows.map((row) => (row.id === id ? { ...row, state, dueAtMs } : row))
  const fresh = new Set(decisions.map(({ policyId, round }) => `${policyId} ${round}`))
  one.decisions = [
    ...one.decisions.filter(({ policyId, round }) => !fresh.has(`${policyId} ${round}`)),
    ...decisions,
  ]
}

/** `delayS`: what recovers within it pages nobody. */
export const createPager = (delayS: number): Pager => {
  const cases = new Map<string, Case>()
  const policy = policyOf(delayS)
  const pages: (Page & { readonly incident: string })[] = []
  const deliver = (one: Case, row: Planned, nowMs: number): void => {
    if (row.kind === "opened" || row.kind === "reminder")
      pages.push({
        ...{ incident: one.facts.id, names: one.names, recovered: false, afterMs: nowMs },
      })
    if (row.kind === "resolved")
      for (const page of pages) if (page.incident === one.facts.id) page.recovered = true
  }
  return {
    change: (incident, names, nowMs) => {
      const facts: IncidentFacts = {
        ...{ id: incident.id, state: incident.state, about: "network", siteIds: [], tags: [] },
        ...{ severity: incident.severity, unreachable: incident.downstream },
        ...{ openedAtMs: incident.openedAtMs, acknowledgedAtMs: null, snoozedUntilMs: null },
        ...{ isInMaintenance: false, recoveredAtMs: null, causeKey: names.join(" ") },
      }
      const known = cases.get(incident.id)
      const one = known ?? { facts, names, rows: [], decisions: [] }
      Object.assign(one, { facts, names })
      cases.set(incident.id, one)
      plan(one, policy, nowMs)
    },
    send: (nowMs) => {
      for (const one of cases.values())
        for (const row of one.rows)
          if (row.state === "waiting" && row.dueAtMs <= nowMs) {
            one.rows = one.rows.map((other) =>
              other === row ? { ...row, state: "delivered", maybeDelivered: true } : other,
            )
            deliver(one, row, nowMs)
          }
    },
    isOpen: () =>
      [...cases.values()].some(
        ({ facts, rows }) =>
          facts.state !== "closed" || rows.some(({ state }) => state === "waiting"),
      ),
    pages: () => pages.map(({ incident: _, ...page }) => page),
  }
}
