/** Alertmanager's configuration for some networks. JSON is YAML too. */
import type { Pace } from "./pace.ts"
import { type Host, hostsOf, type Port, type Scene } from "./scene.ts"

export type Labels = Readonly<Record<string, string>>

/** `behind` tells all hosts that this one hangs on, for rules to look into; `device` is what an alert is about. */
const behindOf = (host: Host): string => `,${host.behind.join(",")},`
export const hostLabels = (network: string, host: Host): Labels => ({
  alertname: "HostDown",
  network,
  instance: host.name,
  device: host.name,
  site: host.site,
  behind: behindOf(host),
})
/** A port's `device` is the host it points at: if that is down, the port tells nothing new. */
export const portLabels = (network: string, port: Port, teller: Host): Labels => ({
  alertname: "PortDown",
  network,
  instance: port.host,
  device: port.far,
  link: port.link,
  behind: behindOf(teller),
})

/**
 * Inhibition knows "if this fires, that is silent" and no "and": a host is silenced by each router that it cannot be reached without,
 * never by one of two ways.
 */
const inhibitRules = (scenes: readonly Scene[]): readonly object[] => {
  const carriers = new Set(scenes.flatMap(hostsOf).flatMap((host) => host.behind))
  return [
    { source_matchers: ['alertname="HostDown"'], target_matchers: ['alertname="PortDown"'], equal: ["network", "device"] },
    ...[...carriers].map((carrier) => ({
      source_matchers: ['alertname="HostDown"', `instance="${carrier}"`],
      target_matchers: [`behind=~".*,${carrier},.*"`],
      equal: ["network"],
    })),
  ]
}

const seconds = (looks: number, pace: Pace): string => `${looks * pace.lookMs}ms`

/** Hosts by site, the two ends of a link together. */
export const alertmanagerConfig = (scenes: readonly Scene[], webhook: string, pace: Pace): string => {
  const rhythm = {
    group_wait: seconds(pace.settle, pace),
    group_interval: seconds(pace.checkEvery, pace),
    repeat_interval: "24h",
  }
  return `${JSON.stringify(
    {
      global: { resolve_timeout: "5m" },
      route: {
        receiver: "operator",
        group_by: ["network", "site"],
        ...rhythm,
        routes: [{ matchers: ['alertname="PortDown"'], group_by: ["network", "link"] }],
      },
      inhibit_rules: inhibitRules(scenes),
      receivers: [{ name: "operator", webhook_configs: [{ url: webhook, send_resolved: true, max_alerts: 0 }] }],
    },
    null,
    1,
  )}\n`
}
