/** The tables of last values as they are, for memory to begin with. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type {
  HealthLast,
  LatestRows,
  LinkEnds,
  PingLast,
  PortLast,
  SourceState,
} from "./org-latest.ts"

const ms = (tx: Tx, column: string) => tx`(extract(epoch from ${tx(column)}) * 1000)::float8`

/** In one statement a table: each is as of its own moment. */
export const readLatestRows = async (tx: Tx, org: OrgId): Promise<LatestRows> => ({
  pings: await tx<PingLast[]>`
    select t.device_id as device, p.target_id as "targetId", a.id as agent, ${ms(tx, "p.ts")} as "atMs", ${ms(tx, "p.answered_at")} as "answeredAtMs",
      p.rtt_us as "rttUs", ${ms(tx, "p.minute")} as "minuteMs", p.sent, p.received, p.sent_before as "sentBefore", p.received_before as "receivedBefore"
    from series.ping_last p join inventory.target t on t.id = p.target_id and t.org_id = ${org} join agents.agent a on a.key = p.agent_id
    where t.device_id is not null`,
  health: await tx<(HealthLast & { device: string })[]>`
    select d.id as device, ${ms(tx, "h.ts")} as "atMs", h.uptime_s::float8 as "uptimeS", h.cpu_ratio as "cpuRatio",
      h.memory_used_byte::float8 as "memoryUsedByte", h.memory_total_byte::float8 as "memoryTotalByte"
    from series.health_last h join inventory.device d on d.key = h.device_key where d.org_id = ${org}`,
  ports: await tx<PortLast[]>`
    select l.interface_id as id, i.device_id as device, ${ms(tx, "l.ts")} as "atMs", l.rx_bps::float8 as "rxBps", l.tx_bps::float8 as "txBps"
    from series.interface_last l join inventory.interface i on i.id = l.interface_id where i.org_id = ${org}`,
  sources: await tx<(SourceState & { device: string; source: string })[]>`
    select d.id as device, s.source, ${ms(tx, "s.ts")} as "lastAtMs", s.problem, coalesce(${ms(tx, "s.problem_at")}, '-infinity') as "saidAtMs"
    from series.source_last s join inventory.device d on d.key = s.device_key where d.org_id = ${org}`,
})

/** The interfaces at which links end, where they are known. */
export const readLinkEnds = (tx: Tx, org: OrgId): Promise<LinkEnds[]> => tx<LinkEnds[]>`
  select k.id, a.id as a, b.id as b
  from inventory.link k
    left join inventory.interface a on a.device_id = k.a_device_id and a.name = k.a_interface
    left join inventory.interface b on b.device_id = k.b_device_id and b.name = k.b_interface
  where k.org_id = ${org}`
