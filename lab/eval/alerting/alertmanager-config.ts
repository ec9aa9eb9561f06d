/** The configuration of Alertmanager for some networks. JSON is valid YAML. */

import { type Host, hostsOf, type NetworkInventory, type Port } from "./inventory.ts"
import type { Timing } from "./timing.ts"

export type Labels = Readonly<Record<string, string>>

/** Of the labels, `upstream` lists all hosts that this one depends on; `device` is the subject. */
const upstreamLabel = (host: Host): string => `,${host.upstream.join(",")},`
export const hostLabels = (network: string, host: Host): Labels => ({
  alertname: "HostDown",
  network,
  instance: host.name,
  device: host.name,
  site: host.site,
  upstream: upstreamLabel(host),
})
/** The `device` of a port is its remote host: if that is down, the port adds nothing. */
export const portLabels = (network: string, port: Port, reporter: Host): Labels => ({
  alertname: "PortDown",
  network,
  instance: port.host,
  device: port.remote,
  link: port.link,
  upstream: upstreamLabel(reporter),
})

/**
 * An inhibition rule has one source, and there is no "and". A host is inhibited by each router that
 * all its paths pass, never by one of two redundant routers.
 */
const inhibitRules = (inventories: readonly NetworkInventory[]): readonly object[] => {
  const upstreamHosts = new Set(inventories.flatMap(hostsOf).flatMap((host) => host.upstream))
  return [
    {
      source_matchers: ['alertname="HostDown"'],
      target_matchers: ['alertname="PortDown"'],
      equal: ["network", "device"],
    },
    ...[...upstreamHosts].map((upstreamHost) => ({
      source_matchers: ['alertname="HostDown"', `instance="${upstreamHost}"`],
      target_matchers: [`upstream=~".*,${upstreamHost},.*"`],
      equal: ["network"],
    })),
  ]
}

const duration = (rounds: number, timing: Timing): string => `${rounds * timing.probeIntervalMs}ms`

/** Groups hosts by site, and the two ends of a link together. */
export const alertmanagerConfig = (
  inventories: readonly NetworkInventory[],
  webhook: string,
  timing: Timing,
): string => {
  const schedule = {
    group_wait: duration(timing.holdDown, timing),
    group_interval: duration(timing.checkEvery, timing),
    repeat_interval: "24h",
  }
  return `${JSON.stringify(
    {
      global: { resolve_timeout: "5m" },
      route: {
        receiver: "operator",
        group_by: ["network", "site"],
        ...schedule,
        routes: [{ matchers: ['alertname="PortDown"'], group_by: ["network", "link"] }],
      },
      inhibit_rules: inhibitRules(inventories),
      receivers: [
        {
          name: "operator",
          webhook_configs: [{ url: webhook, send_resolved: true, max_alerts: 0 }],
        },
      ],
    },
    null,
    1,
  )}\n`
}
