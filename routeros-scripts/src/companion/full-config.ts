/**
 * A configuration with everything in it: it produces every part that a router may have from an
 * earlier script.
 */
import type { DesiredConfig } from "./desired-config.ts"

/**
 * The widest configuration: the rows on a router may come from an earlier one. Removal uses only
 * the tags; the values here appear nowhere.
 */
export const fullConfig = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  agents: ["192.0.2.1", "2001:db8::1"],
  api: { username: "x", password: "x" },
  diagnostics: { username: "x", password: "x" },
  snmp: { version: 2, community: "x" },
  syslogTo: { address: "192.0.2.1", port: 514 },
  push: {
    url: "https://192.0.2.1/",
    key: "x",
    heartbeatS: 60,
    maxPerMinute: 20,
    maxQueue: 100,
    netwatch: [],
    ...desired.push,
  },
  harden: { servicesOff: ["telnet"], discoveryList: "all", undoAfterMinutes: 10 },
})
