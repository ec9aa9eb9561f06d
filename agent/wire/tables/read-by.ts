/** Which collector reads a table, so that an empty one can be explained. */
import type { TableName } from "./tables.ts"

/** What the collector reads, where it has another name than the table. */
const OTHERS: Readonly<Partial<Record<TableName, string>>> = {
  "bgp-peers": "bgp",
  "ospf-neighbours": "ospf",
  sessions: "session-list",
  leases: "dhcp",
  registrations: "registration",
  tunnels: "tunnel",
  certificates: "certificate",
}

/** The part of the collector's name behind its source: `bgp` of `routeros-api.bgp`. */
export const readBy = (table: TableName): string => OTHERS[table] ?? table
