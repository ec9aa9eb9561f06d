/** Collection intervals on the Settings page. */
export const collectors = {
  title: "Collection intervals",
  lead: "How often agents read each device. A change reaches the agents within seconds. Probes are not affected: they run every second.",
  failed: "The collection intervals could not be loaded",
  names: {
    "routeros-api.interface": "Interfaces, RouterOS API",
    "routeros-api.health": "CPU, memory and sensors, RouterOS API",
    "routeros-api.facts": "Model and version, RouterOS API",
    "snmp.interface": "Interfaces, SNMP",
    "snmp.health": "CPU, memory and sensors, SNMP",
    "snmp.facts": "Model and version, SNMP",
  } as Readonly<Record<string, string>>,
  unknown: "This release has no such collector. Set the default to remove the interval.",
  interval: (name: string) => `Interval: ${name}`,
  byDefault: (interval: string) => `Default (${interval})`,
  none: "none",
  changed: (name: string, interval: string) => `${name}: every ${interval}.`,
  removed: (name: string) => `${name}: default interval.`,
}
