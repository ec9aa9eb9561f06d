/** The latest values, from the tables of last values: one indexed row a thing, whatever lies in the series. */

import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type {
  DeviceNow,
  InterfaceNow,
  LinkNow,
  MinuteTraffic,
  PollIntervals,
  SourceLast,
  StoredFailure,
} from "./model.ts"

/** A value older than this, and than three polls, is not "now" and is shown as none. */
const FRESH_MS = 15 * 60_000
const FRESH_POLLS = 3

export const freshMs = (pollMs: number): number => Math.max(FRESH_MS, FRESH_POLLS * pollMs)
// Rates of bridges, VLANs and tunnels repeat those of the ports beneath: a device's traffic is what its own ports carry.
const NOT_A_PORT =
  "^(bridge|vlan|l2vlan|bond|ieee8023ad|loopback|software|lo$|ppp|pptp|l2tp|ovpn|sstp|gre|eoip|ipip|6to4|vxlan|veth|wg|wireguard|vrrp|dummy|tunnel|prop)"

const at = (tx: Tx, nowMs: number) => tx`to_timestamp(${nowMs}::float8 / 1000)`
const span = (tx: Tx, ms: number) => tx`${ms}::float8 * interval '1 millisecond'`
const only = (tx: Tx, device: string | null) => (device === null ? tx`` : tx`and d.id = ${device}`)

/**
 * Types of an organisation's interfaces, once each: the pattern costs 20 µs a type, and a large network has tens of thousands of
 * interfaces of a few types. Materialised, or the pattern would be moved below `distinct`.
 */
const interfaceTypes = (tx: Tx, org: OrgId, device: string | null) => tx`types as materialized (
    select i.type from inventory.interface i where i.org_id = ${org} ${ofDevice(tx, device)} group by 1
  )`
const ofDevice = (tx: Tx, device: string | null) =>
  device === null ? tx`` : tx`and i.device_id = ${device}`
// An array, or the planner expects few interfaces and looks up the values of each.
const isPort = (tx: Tx) =>
  tx`i.type = any(array(select type from types where type !~* ${NOT_A_PORT}))`

/** Latest probes with target and device; of a device with several agents, those of the one that has it. */
const ownProbes = (
  tx: Tx,
  org: OrgId,
) => tx`series.ping_last p join inventory.target t on t.id = p.target_id and t.org_id = ${org}
    join inventory.device d on d.id = t.device_id
      and (d.agent_fallback = 'none' or p.agent_id = (select a.key from agents.agent a where a.id = d.agent_id))`

/**
 * One row a device, all devices or one. Loss over the last minute is this clock minute's count and as much of the one before as
 * the minute lacks: at most a few probes off, and no probe is read for it.
 */
export const devicesNow = (
  tx: Tx,
  org: OrgId,
  device: string | null,
  nowMs: number,
  polled: PollIntervals,
): Promise<DeviceNow[]> => tx<DeviceNow[]>`
  with ${interfaceTypes(tx, org, device)}, moment as (
    select ${at(tx, nowMs)} as now, date_trunc('minute', ${at(tx, nowMs)}) as minute,
      1 - extract(second from ${at(tx, nowMs)})::float8 / 60 as rest
  ), probes as (
    select t.device_id, max(answered_at) as answered_at, max(ts) as ts,
      avg(rtt_us) filter (where ts > now - interval '5 minutes')::float8 as rtt_us,
      sum(case when p.minute >= m.minute then sent + sent_before * rest when p.minute = m.minute - interval '1 minute' then sent * rest end) as sent,
      sum(case when p.minute >= m.minute then received + received_before * rest
        when p.minute = m.minute - interval '1 minute' then received * rest end) as received
    from ${ownProbes(tx, org)} cross join moment m
    where true ${only(tx, device)}
    group by 1
  ), traffic as (
    select i.device_id, max(l.ts) as ts, sum(l.rx_bps) filter (where l.ts > now - ${span(tx, freshMs(polled.interfaceMs))})::float8 as rx_bps,
      sum(l.tx_bps) filter (where l.ts > now - ${span(tx, freshMs(polled.interfaceMs))})::float8 as tx_bps
    from series.interface_last l join inventory.interface i on i.id = l.interface_id cross join moment
    where i.org_id = ${org} ${ofDevice(tx, device)} and ${isPort(tx)}
    group by 1
  )
  select d.id as "deviceId", (extract(epoch from greatest(p.answered_at, h.ts, t.ts)) * 1000)::float8 as "lastSeenAtMs",
    (extract(epoch from p.ts) * 1000)::float8 as "probedAtMs", (extract(epoch from h.ts) * 1000)::float8 as "healthAtMs",
    (extract(epoch from t.ts) * 1000)::float8 as "trafficAtMs",
    p.rtt_us / 1000 as "rttMs", (100 * (1 - p.received / nullif(p.sent, 0)))::float8 as "lossPct",
    case when h.ts > now - ${span(tx, freshMs(polled.healthMs))} then h.uptime_s end as "uptimeS",
    case when h.ts > now - ${span(tx, freshMs(polled.healthMs))} then round(100 * h.cpu_ratio::numeric, 3)::float8 end as "cpuPct",
    case when h.ts > now - ${span(tx, freshMs(polled.healthMs))} then 100 * h.memory_used_byte::float8 / nullif(h.memory_total_byte, 0) end as "memoryPct",
    t.rx_bps as "rxBps", t.tx_bps as "txBps"
  from inventory.device d cross join moment
    left join probes p on p.device_id = d.id
    left join series.health_last h on h.device_key = d.key
    left join traffic t on t.device_id = d.id
  where d.org_id = ${org} ${only(tx, device)}`

/** Mean round trips of the devices that answer, ms: those of `devicesNow`, without what else it reads. */
export const roundTripsNow = async (tx: Tx, org: OrgId, nowMs: number): Promise<number[]> => {
  const rows = await tx<{ rttMs: number }[]>`
    select avg(p.rtt_us)::float8 / 1000 as "rttMs"
    from ${ownProbes(tx, org)} where p.ts > ${at(tx, nowMs)} - interval '5 minutes'
    group by t.device_id having avg(p.rtt_us) is not null`
  return rows.map(({ rttMs }) => rttMs)
}

/**
 * A failure is over when the agent says so. An answer alone is no end: of a router whose ports cannot be read, the
 * processor's load may come all the same.
 */
export const sourcesNow = (tx: Tx, org: OrgId, device: string | null): Promise<SourceLast[]> => tx<
  SourceLast[]
>`
  select d.id as "deviceId", s.source, (extract(epoch from s.ts) * 1000)::float8 as "lastAtMs",
    s.problem
  from series.source_last s join inventory.device d on d.key = s.device_key
  where d.org_id = ${org} ${only(tx, device)}
  order by d.id, s.source`

/** Sources of all devices that fail now. */
export const failingSources = (tx: Tx, org: OrgId): Promise<StoredFailure[]> => tx<StoredFailure[]>`
  select d.id as "deviceId", s.source, s.problem as message, (extract(epoch from s.problem_at) * 1000)::float8 as "sinceMs"
  from series.source_last s join inventory.device d on d.key = s.device_key
  where d.org_id = ${org} and s.problem is not null`

/** Ports that repeat what others carry. */
export const repeatingPorts = async (tx: Tx, org: OrgId): Promise<ReadonlySet<number>> => {
  const rows = await tx<{ id: number }[]>`with ${interfaceTypes(tx, org, null)}
    select i.id from inventory.interface i where i.org_id = ${org} and i.type in (select type from types where type ~* ${NOT_A_PORT})`
  return new Set(rows.map((row) => row.id))
}

/** Ids of the ports that links end at. */
export const portsOfLinks = async (tx: Tx, org: OrgId): Promise<ReadonlySet<number>> => {
  const rows = await tx<{ id: number }[]>`
    select i.id from inventory.link k join inventory.interface i on i.device_id = k.a_device_id and i.name = k.a_interface
    where k.org_id = ${org}
    union
    select i.id from inventory.link k join inventory.interface i on i.device_id = k.b_device_id and i.name = k.b_interface
    where k.org_id = ${org}`
  return new Set(rows.map((row) => row.id))
}

export const interfacesNow = (tx: Tx, org: OrgId, device: string): Promise<InterfaceNow[]> => tx<
  InterfaceNow[]
>`
  select l.interface_id as "interfaceId", l.running, l.disabled, l.rx_bps as "rxBps", l.tx_bps as "txBps",
    l.errs::float8 as "errorsPs", l.drops::float8 as "dropsPs", (extract(epoch from l.ts) * 1000)::float8 as "atMs"
  from series.interface_last l join inventory.interface i on i.id = l.interface_id
  where i.org_id = ${org} and i.device_id = ${device}`

/** What end A says it sends, or else what B says it receives; and the other way round. Old values are none. */
export const linksNow = (
  tx: Tx,
  org: OrgId,
  nowMs: number,
  { interfaceMs }: PollIntervals,
): Promise<LinkNow[]> => tx<LinkNow[]>`
  select k.id as "linkId", a.id as "aInterfaceId", b.id as "bInterfaceId", coalesce(la.tx_bps, lb.rx_bps) as "aToBBps",
    coalesce(la.rx_bps, lb.tx_bps) as "bToABps", (extract(epoch from greatest(la.ts, lb.ts)) * 1000)::float8 as "atMs"
  from inventory.link k
    left join inventory.interface a on a.device_id = k.a_device_id and a.name = k.a_interface
    left join inventory.interface b on b.device_id = k.b_device_id and b.name = k.b_interface
    left join series.interface_last la on la.interface_id = a.id and la.ts > ${at(tx, nowMs)} - ${span(tx, freshMs(interfaceMs))}
    left join series.interface_last lb on lb.interface_id = b.id and lb.ts > ${at(tx, nowMs)} - ${span(tx, freshMs(interfaceMs))}
  where k.org_id = ${org}`

/** What all links carried, both directions together, a minute a row; each link is read at one of its ends. */
export const linkTraffic = (
  tx: Tx,
  org: OrgId,
  fromMs: number,
  toMs: number,
): Promise<MinuteTraffic[]> => tx<MinuteTraffic[]>`
  with ends as (
    select distinct coalesce(a.id, b.id) as interface_id
    from inventory.link k
      left join inventory.interface a on a.device_id = k.a_device_id and a.name = k.a_interface
      left join inventory.interface b on b.device_id = k.b_device_id and b.name = k.b_interface
    where k.org_id = ${org}
  ), minutes as (
    select c.interface_id, date_trunc('minute', c.ts) as minute, avg(c.rx_bps) as rx, avg(c.tx_bps) as tx
    from series.interface_counters_between(${at(tx, fromMs)}, ${at(tx, toMs)}) c
    where c.interface_id = any(array(select interface_id from ends))
    group by 1, 2
  )
  select (extract(epoch from minute) * 1000)::float8 as "atMs", sum(coalesce(rx, 0) + coalesce(tx, 0))::float8 as bps
  from minutes where rx is not null or tx is not null group by 1 order by 1`
