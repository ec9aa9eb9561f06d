/** Policies as people configure them. */
import type { Policies, PoliciesInput, Policy } from "../../api/notifications.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { isAlwaysQuiet } from "./quiet-hours.ts"
import { readSchedules } from "./schedules-store.ts"
import { readChannelFacts, readPolicies, readSiteIds, writePolicies } from "./store.ts"

type Known = Readonly<Record<"channel" | "schedule" | "site", ReadonlySet<string>>>
/** What there is, and what was removed since and may stay named. */
const readKnown = async (tx: Tx, org: OrgId): Promise<Known> => {
  const { policies } = await readPolicies(tx, org)
  const steps = policies.flatMap((one) => one.steps)
  const channels = [...(await readChannelFacts(tx, org)).keys()]
  const schedules = (await readSchedules(tx, org)).schedules.map(({ id }) => id)
  const sites = await readSiteIds(tx, org)
  return {
    channel: new Set([...channels, ...steps.flatMap((one) => one.channels)]),
    schedule: new Set([...schedules, ...steps.flatMap((one) => one.schedules)]),
    site: new Set([...sites, ...policies.flatMap((one) => one.siteIds)]),
  }
}

const problemsOf = ({ steps, siteIds, quietHours }: Policy, known: Known, path: string) => {
  const missing = (what: keyof Known, ids: readonly string[], field: string) =>
    ids.some((id) => !known[what].has(id))
      ? [{ path: `${path}.${field}`, code: "field.not-found" as const, params: { what } }]
      : []
  return [
    ...missing("site", siteIds, "siteIds"),
    ...steps.flatMap(({ channels, schedules }, step) => [
      ...missing("channel", channels, `steps.${step}.channels`),
      ...missing("schedule", schedules, `steps.${step}.schedules`),
    ]),
    ...(quietHours !== null && isAlwaysQuiet(quietHours)
      ? [{ path: `${path}.quietHours.to`, code: "field.always-quiet" as const, params: {} }]
      : []),
  ]
}

export const createPolicies = (db: Db) => ({
  view: (org: OrgId): Promise<Policies> => db.asOrg(org, (tx) => readPolicies(tx, org)),
  change: (actor: Actor, { version, policies }: PoliciesInput): Promise<Policies> =>
    db.asOrg(actor.org, async (tx) => {
      const known = await readKnown(tx, actor.org)
      const problems = policies.flatMap((one, index) => problemsOf(one, known, `policies.${index}`))
      if (problems.length > 0) throw invalid(problems)
      if (!(await writePolicies(tx, actor.org, version, policies)))
        throw conflict("changed-meanwhile", { code: "problem.changed-meanwhile", params: {} })
      await write(tx, actor, "notification-policies.changed", "notification-policies", null, {
        policies: policies.map(({ name }) => name),
      })
      return await readPolicies(tx, actor.org)
    }),
})
