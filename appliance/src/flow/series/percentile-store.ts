/** Figures of an interface that no rollup has. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { P95 } from "./model.ts"

/** Exact, hence from the raw values and never from a rollup. */
export const interfaceP95 = async (
  tx: Tx,
  s: {
    readonly org: OrgId
    readonly device: string
    readonly interface: number | null
    readonly fromMs: number
    readonly toMs: number
  },
): Promise<P95> => {
  const [row] = await tx<P95[]>`
    select percentile_cont(0.95) within group (order by rx_bps) as "rxBps",
      percentile_cont(0.95) within group (order by tx_bps) as "txBps"
    from series.interface_counters_between(
        to_timestamp(${s.fromMs}::float8 / 1000), to_timestamp(${s.toMs}::float8 / 1000))
    where interface_id = (select id from inventory.interface
        where org_id = ${s.org} and device_id = ${s.device} and id = ${s.interface})`
  return row ?? { rxBps: null, txBps: null }
}
