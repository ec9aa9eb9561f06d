/** The one question live asks of the database. */
import type { Tx } from "../../platform/db.ts"
import type { OrgId } from "../../platform/ids.ts"

// Rates of bridges, VLANs and tunnels repeat those of the ports beneath; the same list as the series' own `now` uses.
const NOT_A_PORT =
  "^(bridge|vlan|l2vlan|bond|ieee8023ad|loopback|software|lo$|ppp|pptp|l2tp|ovpn|sstp|gre|eoip|ipip|6to4|vxlan|veth|wg|wireguard|vrrp|dummy|tunnel|prop)"

/** Ports that repeat what others carry. */
export const loadRepeating = async (tx: Tx, org: OrgId): Promise<ReadonlySet<number>> => {
  const rows = await tx<{ id: number }[]>`select id from inventory.interface where org_id = ${org} and type ~* ${NOT_A_PORT}`
  return new Set(rows.map((row) => row.id))
}
