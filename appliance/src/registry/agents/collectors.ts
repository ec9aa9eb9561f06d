/** Collection intervals: what the organisation sets, over the setting of the appliance, over the defaults. */
import { COLLECTORS, type CollectorIntervals, type Intervals, isCollectorName } from "@ispvm/wire"
import type {
  Collector,
  CollectorChange,
  ScopedInterval,
  ScopedIntervalChange,
  ScopedProfile,
  ScopedProfileChange,
} from "../../api/collectors.ts"
import type { Actor } from "../../platform/http/http.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import {
  deleteInterval,
  deleteProfile,
  deleteScopedInterval,
  intervalOverrides,
  readProfiles,
  readScopedIntervals,
  saveInterval,
  saveProfile,
  saveScopedInterval,
  subjectExists,
} from "./collector-store.ts"

/** Intervals that differ from the defaults. Names that this release does not know are kept. */
export const effectiveIntervals = (
  setting: CollectorIntervals,
  overrides: CollectorIntervals,
): CollectorIntervals =>
  Object.fromEntries(
    Object.entries({ ...setting, ...overrides })
      .filter(([name, everyMs]) => !isCollectorName(name) || COLLECTORS[name] !== everyMs)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** What agents of this organisation are assigned. */
export const assignedIntervals = async (
  tx: Tx,
  org: OrgId,
  setting: CollectorIntervals,
): Promise<CollectorIntervals> => effectiveIntervals(setting, await intervalOverrides(tx, org))

const presentCollector = (
  name: string,
  setting: CollectorIntervals,
  overrides: CollectorIntervals,
): Collector => {
  const overrideMs = overrides[name] ?? null
  const isKnown = isCollectorName(name)
  const defaultMs = isKnown ? (setting[name] ?? COLLECTORS[name] ?? null) : null
  return { name, isKnown, defaultMs, overrideMs, everyMs: overrideMs ?? defaultMs }
}

type Deps = {
  readonly db: Db
  readonly setting: CollectorIntervals
  /** After commit: the assignments of this organisation have changed. */
  readonly onChange: (org: OrgId, name: string) => void
}
/** The longest interval in use of the collectors that read the same thing. */
export type PollIntervals = Readonly<Pick<Intervals, "interfaceMs" | "healthMs">>
export type CollectorSettings = {
  readonly all: (org: OrgId) => Promise<readonly Collector[]>
  /** Throws `not-found` if an interval is set for a collector that this release does not have. */
  readonly change: (actor: Actor, name: string, change: CollectorChange) => Promise<Collector>
  readonly profiles: (org: OrgId) => Promise<readonly ScopedProfile[]>
  /** Throws `not-found` if there is no such device, role or site. */
  readonly changeProfile: (
    actor: Actor,
    change: ScopedProfileChange,
  ) => Promise<readonly ScopedProfile[]>
  readonly intervals: (org: OrgId) => Promise<readonly ScopedInterval[]>
  /** Throws `not-found` if there is no such device, role or site. */
  readonly changeInterval: (
    actor: Actor,
    change: ScopedIntervalChange,
  ) => Promise<readonly ScopedInterval[]>
  readonly pollIntervals: (tx: Tx, org: OrgId) => Promise<PollIntervals>
}

/** Of the collectors `*.<read>`, whatever their source. */
const longest = (read: string, intervals: CollectorIntervals): number =>
  Math.max(
    ...Object.entries(COLLECTORS)
      .filter(([name]) => name.endsWith(`.${read}`))
      .map(([name, everyMs]) => intervals[name] ?? everyMs),
  )

export const createCollectorSettings = ({ db, setting, onChange }: Deps): CollectorSettings => ({
  all: (org) =>
    db.asOrg(org, async (tx) => {
      const overrides = await intervalOverrides(tx, org)
      const names = new Set([...Object.keys(COLLECTORS), ...Object.keys(overrides)])
      return [...names].map((name) => presentCollector(name, setting, overrides))
    }),
  change: async (actor, name, { everyMs }) => {
    const changed = await db.asOrg(actor.org, async (tx) => {
      const before = await intervalOverrides(tx, actor.org)
      const wasMs = before[name] ?? null
      if (!isCollectorName(name) && (everyMs !== null || wasMs === null))
        throw notFound("collector", name)
      if (everyMs === null) await deleteInterval(tx, actor.org, name)
      else await saveInterval(tx, actor.org, name, everyMs)
      const detail = differences({ everyMs: wasMs }, { everyMs })
      if (wasMs !== everyMs) await write(tx, actor, "collector.changed", "collector", name, detail)
      return presentCollector(name, setting, everyMs === null ? {} : { [name]: everyMs })
    })
    onChange(actor.org, name)
    return changed
  },
  profiles: (org) => db.asOrg(org, (tx) => readProfiles(tx, org)),
  changeProfile: async (actor, { scope, subject, profile }) => {
    const all = await db.asOrg(actor.org, async (tx) => {
      const before = (await readProfiles(tx, actor.org)).find(
        (each) => each.scope === scope && each.subject === subject,
      )
      const was = before?.profile ?? null
      if (profile !== null && !(await subjectExists(tx, actor.org, { scope, subject })))
        throw notFound(scope === "site" ? "site" : "device", subject)
      if (profile === null) await deleteProfile(tx, actor.org, { scope, subject })
      else await saveProfile(tx, actor.org, { scope, subject, profile })
      const detail = differences({ profile: was }, { profile })
      if (was !== profile)
        await write(tx, actor, "collector.changed", "collector", `${scope} ${subject}`, detail)
      return await readProfiles(tx, actor.org)
    })
    onChange(actor.org, `${scope} ${subject}`)
    return all
  },
  intervals: (org) => db.asOrg(org, (tx) => readScopedIntervals(tx, org)),
  changeInterval: async (actor, { scope, subject, group, everyMs }) => {
    const { org } = actor
    const of = `${scope} ${subject} ${group}`
    const all = await db.asOrg(org, async (tx) => {
      const before = (await readScopedIntervals(tx, org)).find(
        (each) => each.scope === scope && each.subject === subject && each.group === group,
      )
      const wasMs = before?.everyMs ?? null
      if (everyMs !== null && !(await subjectExists(tx, org, { scope, subject })))
        throw notFound(scope === "site" ? "site" : "device", subject)
      if (everyMs === null) await deleteScopedInterval(tx, org, { scope, subject, group })
      else await saveScopedInterval(tx, org, { scope, subject, group, everyMs })
      const detail = differences({ everyMs: wasMs }, { everyMs })
      if (wasMs !== everyMs) await write(tx, actor, "collector.changed", "collector", of, detail)
      return await readScopedIntervals(tx, org)
    })
    onChange(org, of)
    return all
  },
  pollIntervals: async (tx, org) => {
    const intervals = await assignedIntervals(tx, org, setting)
    return {
      interfaceMs: longest("interface", intervals),
      healthMs: longest("health", intervals),
    }
  },
})
