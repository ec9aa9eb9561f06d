/** Scheduled internal work as durable jobs. Each deletes or derives by time, so a second run changes nothing. */
import { z } from "zod"
import type { OrgId } from "../platform/ids.ts"
import {
  createJobs,
  defineJob,
  type Job,
  type Jobs,
  type JobsDeps,
  RETRY,
} from "../platform/jobs/jobs.ts"

type PerOrg = (org: OrgId) => Promise<unknown>
export type HousekeepingDeps = {
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly series: (signal: AbortSignal) => Promise<void>
  readonly events: PerOrg
  readonly tables: PerOrg
  readonly alerts: PerOrg
  readonly ledger: PerOrg
  readonly pushes: PerOrg
  readonly sessions: PerOrg
  readonly tokens: PerOrg
  readonly walls: PerOrg
  readonly notifications: PerOrg
  readonly diagnostics: PerOrg
  readonly discovery: PerOrg
}
type None = Record<string, never>

const EACH_MINUTE = "* * * * *"
const EACH_FIVE_MINUTES = "*/5 * * * *"
const EACH_TEN_MINUTES = "3-59/10 * * * *"
const EACH_HOUR = "7 * * * *"

export const housekeepingJobs = ({ orgs, series, ...perOrg }: HousekeepingDeps): Job<None>[] => {
  const job = (
    name: string,
    cron: string,
    timeoutS: number,
    run: (signal: AbortSignal) => Promise<void>,
  ): Job<None> =>
    defineJob({
      name,
      payload: z.strictObject({}),
      schedule: { cron, payload: {} },
      isUnique: true,
      retry: RETRY,
      timeoutS,
      run: (_, { signal }) => run(signal),
    })
  const forEachOrg = (name: string, cron: string, work: PerOrg): Job<None> =>
    job(name, cron, 600, async (signal) => {
      for (const { id } of await orgs()) if (!signal.aborted) await work(id)
    })
  return [
    // Days of arrears are made up in one round.
    job("series-housekeeping", EACH_MINUTE, 3_600, series),
    forEachOrg("event-retention", EACH_FIVE_MINUTES, perOrg.events),
    forEachOrg("table-retention", EACH_FIVE_MINUTES, perOrg.tables),
    forEachOrg("alert-retention", EACH_HOUR, perOrg.alerts),
    forEachOrg("batch-ledger-retention", EACH_FIVE_MINUTES, perOrg.ledger),
    forEachOrg("push-ledger-retention", EACH_FIVE_MINUTES, perOrg.pushes),
    forEachOrg("session-expiry", EACH_FIVE_MINUTES, perOrg.sessions),
    forEachOrg("token-expiry", EACH_HOUR, perOrg.tokens),
    forEachOrg("wall-display-expiry", EACH_HOUR, perOrg.walls),
    forEachOrg("notification-retention", EACH_HOUR, perOrg.notifications),
    forEachOrg("diagnostics-retention", EACH_HOUR, perOrg.diagnostics),
    forEachOrg("discovery", EACH_TEN_MINUTES, perOrg.discovery),
  ]
}

/**
 * The queue with its jobs, and a first round of each: the appliance may have been off for days.
 * `onDemand` are run when they are sent.
 */
export const startJobs = async <P extends object>(
  deps: JobsDeps,
  all: readonly Job<None>[],
  onDemand: readonly Job<P>[],
  stack: AsyncDisposableStack,
): Promise<Jobs> => {
  const jobs = createJobs(deps)
  for (const job of all) jobs.add(job)
  for (const job of onDemand) jobs.add(job)
  stack.defer(() => jobs.stop())
  await jobs.start()
  await Promise.all(all.map((job) => jobs.send(job, {})))
  return jobs
}
