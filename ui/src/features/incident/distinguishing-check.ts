/** A check for a person that distinguishes two hypotheses. Pure. */
import type { Component } from "@ispvm/appliance/api/incidents"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"

const strings = t.causes.step

/** Null if both have the same components. `isDegraded`: all of them work, and one works badly. */
export const distinguishingCheck = (
  fleet: Fleet,
  one: readonly Component[],
  other: readonly Component[],
  isDegraded = false,
): string | null => {
  const [mine] = without(one, other)
  const [theirs] = without(other, one)
  if (mine === undefined && theirs === undefined) return null
  if (mine === undefined || theirs === undefined) {
    const left = mine ?? theirs
    if (left === undefined) return null
    return one.length === 0 || other.length === 0
      ? strings.reallyDown(named(left))
      : strings.checkAlsoFailed(named(left))
  }
  if (isDegraded) return strings.worksBadly(mine.name, theirs.name)
  return between(fleet, mine, theirs)
}

const without = (
  from: readonly Component[],
  excluded: readonly Component[],
): readonly Component[] => from.filter((each) => !excluded.some((other) => other.id === each.id))

export const named = ({ kind, name }: Component): string => `${t.incidents.kind[kind]} ${name}`

const between = (fleet: Fleet, one: Component, other: Component): string => {
  const of = (kind: Component["kind"]): Component | undefined =>
    [one, other].find((each) => each.kind === kind)
  const [agent, site, device, link] = [of("agent"), of("site"), of("device"), of("link")]
  if (agent !== undefined) return strings.elsewhere(agent.name)
  if (site !== undefined) {
    if (device !== undefined) return strings.sitePower(site.name, device.name)
    return link !== undefined ? strings.siteOrLine(site.name) : strings.sites(one.name, other.name)
  }
  if (device === undefined) return strings.light(one.name, other.name)
  if (link === undefined) return strings.powerEach(one.name, other.name)
  // Its power cannot be measured from here.
  if (isUpstream(fleet, device.id)) return strings.carrier(device.name)
  return strings.power(
    device.name,
    fleet.devices.get(device.id)?.siteName ?? t.incidents.step.nowhere,
  )
}

export const isUpstream = (fleet: Fleet, device: string): boolean =>
  fleet.devices.get(device)?.roles.includes("upstream") === true
