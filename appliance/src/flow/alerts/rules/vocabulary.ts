/** What the editor of a rule completes: the catalogue's metrics, and names of the inventory. Pure. */
import type { RuleVocabulary } from "../../../api/alert-rule-answers.ts"
import type { Topology } from "../model.ts"
import { EVENT_NAMES } from "./condition.ts"
import type { MetricCatalogue } from "./metrics.ts"

const MAX_DEVICES = 2_000

const sorted = (names: Iterable<string>): string[] =>
  [...new Set(names)].toSorted((one, other) => one.localeCompare(other))

export const vocabularyOf = (catalogue: MetricCatalogue, topology: Topology): RuleVocabulary => {
  const devices = [...topology.devices.values()]
  const sites = [...topology.sites.values()]
  const links = [...topology.links.values()]
  const interfaces = [...(topology.interfaces?.values() ?? [])]
  return {
    metrics: catalogue.all.map(({ metric, entity, unit, states, description }) => ({
      ...{ metric, entity, unit, description },
      states: Object.keys(states ?? {}),
    })),
    events: [...EVENT_NAMES],
    roles: sorted(devices.flatMap(({ roles }) => roles)),
    tags: sorted([...devices, ...sites, ...links].flatMap(({ tags }) => tags ?? [])),
    sites: sorted(sites.map(({ name }) => name)),
    regions: sorted(sites.flatMap(({ region }) => region ?? [])),
    devices: sorted(devices.map(({ name }) => name)).slice(0, MAX_DEVICES),
    interfaceTypes: sorted(interfaces.map(({ type }) => type)),
    agents: sorted([...topology.agents.values()].map(({ name }) => name)),
  }
}
