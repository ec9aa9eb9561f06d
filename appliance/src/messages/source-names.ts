/** Protocols by which devices are read. Their names are the same in every language. */
const NAMES: Readonly<Record<string, string>> = {
  "routeros-api": "RouterOS API",
  snmp: "SNMP",
}
export const sourceName = (source: string): string => NAMES[source] ?? source
