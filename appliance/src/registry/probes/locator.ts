/**
 * Where a fault is, from what several agents see of targets on several parts of the network: at one
 * agent, the last mile, aggregation, upstream, a service, or between some agents and the target.
 * Pure.
 *
 *   agent ── aggregation ──┬── last mile (customer gateway)
 *                          └── upstream ── service (resolver, web site)
 *
 * A target is reached through the parts before it, so the nearest part whose targets all fail is the
 * fault, and failures behind it are explained by it.
 */
import type { ProbeFinding, ProbeSegment } from "../../api/probes.ts"

/** `isUp` null: this agent knows nothing about it. */
export type TargetView = {
  readonly agent: string
  readonly isUp: boolean | null
}
export type Target = {
  readonly name: string
  readonly segment: ProbeSegment
  /** Name of the site; null: none. */
  readonly site: string | null
  readonly views: readonly TargetView[]
}
type Assessed = Target & {
  readonly failing: readonly string[]
  readonly working: readonly string[]
}

/** One failing target says nothing about an agent: the target may be down. */
const MIN_TARGETS_OF_AGENT = 2

const assess = (target: Target, without: ReadonlySet<string>): Assessed => {
  const known = target.views.filter(({ agent, isUp }) => isUp !== null && !without.has(agent))
  const names = (isUp: boolean) => known.flatMap((view) => (view.isUp === isUp ? [view.agent] : []))
  return { ...target, failing: names(false), working: names(true) }
}
const isDown = ({ failing, working }: Assessed): boolean =>
  failing.length > 0 && working.length === 0
const isUp = ({ failing, working }: Assessed): boolean => working.length > 0 && failing.length === 0
const isMixed = ({ failing, working }: Assessed): boolean =>
  working.length > 0 && failing.length > 0

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort()
const finding = (
  place: ProbeFinding["place"],
  site: string | null,
  targets: readonly Assessed[],
  explains: number,
): ProbeFinding => ({
  place,
  site,
  probes: unique(targets.map(({ name }) => name)),
  agents: unique(targets.flatMap(({ failing }) => failing)),
  others: unique(targets.flatMap(({ working }) => working)),
  explains,
})

/** Agents that reach nothing of what others reach. */
const isolatedAgents = (targets: readonly Target[]): ReadonlyMap<string, readonly Assessed[]> => {
  const assessed = targets.map((target) => assess(target, new Set()))
  const agents = unique(assessed.flatMap(({ failing, working }) => [...failing, ...working]))
  return new Map(
    agents.flatMap((agent): [string, Assessed[]][] => {
      const own = assessed.filter(({ failing }) => failing.includes(agent))
      const reachesAny = assessed.some(({ working }) => working.includes(agent))
      const isSeenByOthers = own.filter(isMixed).length > 0
      return own.length >= MIN_TARGETS_OF_AGENT && !reachesAny && isSeenByOthers
        ? [[agent, own]]
        : []
    }),
  )
}

const of = (targets: readonly Assessed[], segment: ProbeSegment): readonly Assessed[] =>
  targets.filter((target) => target.segment === segment)

/** Of one site: its aggregation, or only some customers' last miles. */
const accessFindings = (
  site: string | null,
  here: readonly Assessed[],
): readonly ProbeFinding[] => {
  const aggregation = of(here, "aggregation")
  const customers = of(here, "last-mile")
  const unanswered = customers.filter(isDown)
  const lost = aggregation.filter(isDown)
  if (lost.length > 0 && !aggregation.some(isUp))
    return [finding("aggregation", site, lost, unanswered.length)]
  // Without a probe of the aggregation itself: that all customers fail at once is no accident.
  const isAll = customers.length > 1 && unanswered.length === customers.length
  if (aggregation.length === 0 && isAll) return [finding("aggregation", site, unanswered, 0)]
  return unanswered.map((target) => finding("last-mile", site, [target], 0))
}

const beyondFindings = (all: readonly Assessed[]): readonly ProbeFinding[] => {
  const upstream = of(all, "upstream")
  const lost = upstream.filter(isDown)
  const services = of(all, "service").filter(isDown)
  if (lost.length > 0 && !upstream.some(({ working }) => working.length > 0))
    return [finding("upstream", null, lost, services.length)]
  return [
    ...lost.map((target) => finding("upstream", target.site, [target], 0)),
    ...services.map((target) => finding("service", target.site, [target], 0)),
  ]
}

export const locateFaults = (targets: readonly Target[]): readonly ProbeFinding[] => {
  const isolated = isolatedAgents(targets)
  const without = new Set(isolated.keys())
  const assessed = targets.map((target) => assess(target, without))
  const bySite = Map.groupBy(assessed, ({ site }) => site)
  // The targets that only some agents reach: their paths differ, and so does what is broken.
  const mixed = Map.groupBy(assessed.filter(isMixed), ({ failing }) => unique(failing).join("\n"))
  return [
    ...[...isolated].map(([agent, own]) => ({
      ...finding("agent", null, own, own.length),
      agents: [agent],
      others: unique(own.flatMap(({ working }) => working)),
    })),
    ...[...bySite].flatMap(([site, here]) => accessFindings(site, here)),
    ...beyondFindings(assessed),
    ...[...mixed.values()].map((list) => finding("path", null, list, 0)),
  ]
}
