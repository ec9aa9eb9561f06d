/** All SQL of alerts: the monitored inventory (read), alerts and their transitions (stored). */
import { z } from "zod"
import { AgentId, AlertId, DeviceId, InterfaceId, LinkId, type OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import type { RenamedInterface } from "../../registry/inventory/inventory.ts"
import { type ConfiguredProbe, readProbes, seriesName } from "../../registry/probes/probes.ts"
import type { AlertKind } from "./kinds/kind.ts"
import {
  type MonitoredProbe,
  RuleOfAlert,
  type StoredAlert,
  type Topology,
  type Transition,
} from "./model.ts"
import { Kind, Phase, Reason, State } from "./state-machine.ts"
import { buildTopology, portEntity } from "./topology.ts"

const DeviceRow = z.object({
  id: DeviceId,
  name: z.string(),
  roles: z.array(z.string()),
  agentId: AgentId.nullable(),
  siteId: z.uuid().nullable(),
  reportsEveryS: z.int().nullable(),
  tags: z.array(z.string()),
})
const LinkRow = z.object({
  id: LinkId,
  name: z.string(),
  aDevice: DeviceId,
  aInterface: z.string().nullable(),
  bDevice: DeviceId,
  bInterface: z.string().nullable(),
  capacityBps: z.number().nullable(),
  tags: z.array(z.string()),
})
const SiteRow = z.object({
  id: z.uuid(),
  name: z.string(),
  region: z.string().nullable(),
  regionId: z.uuid().nullable(),
  tags: z.array(z.string()),
})
const InterfaceRow = z.object({
  id: InterfaceId,
  isNameReused: z.boolean(),
  earlierNames: z.array(z.string()),
  deviceId: DeviceId,
  name: z.string(),
  type: z.string(),
  speedBps: z.number().nullable(),
})
const AgentRow = z.object({
  id: AgentId,
  name: z.string(),
  deviceId: DeviceId.nullable(),
  siteId: z.uuid().nullable(),
})

/** Paths have no state of their own. */
const monitoredProbes = (
  probes: readonly ConfiguredProbe[],
  agents: readonly { readonly id: AgentId; readonly name: string }[],
): readonly MonitoredProbe[] =>
  probes
    .filter(({ isEnabled, check }) => isEnabled && check.kind !== "trace")
    .flatMap(({ id, name, deviceId, segment, agents: own }) =>
      agents
        .filter((agent) => own.length === 0 || own.includes(agent.id))
        .map((agent) => ({
          ...{ id, name, segment, deviceId: DeviceId.parse(deviceId), agentId: agent.id },
          series: seriesName(name, agent.name),
        })),
    )

export const loadTopology = async (
  tx: Tx,
  org: OrgId,
  interfacePollMs?: number,
): Promise<Topology> => {
  const devices = await tx`
    select id, name, roles, agent_id as "agentId", site_id as "siteId", reports_every_s as "reportsEveryS", tags
    from inventory.device where org_id = ${org} order by name`
  const links = await tx`
    select l.id, coalesce(l.name, a.name || '–' || b.name) as name, l.a_device_id as "aDevice", l.a_interface as "aInterface",
      l.b_device_id as "bDevice", l.b_interface as "bInterface",
      l.capacity_bps::float8 as "capacityBps", l.tags
    from inventory.link l join inventory.device a on a.id = l.a_device_id join inventory.device b on b.id = l.b_device_id
    where l.org_id = ${org} order by name`
  const agents = await tx`
    select id, name, device_id as "deviceId", site_id as "siteId" from agents.agent
    where org_id = ${org} and enrolled_at is not null and revoked_at is null order by name`
  const sites = await tx`
    select s.id, s.name, s.tags, r.name as region, s.region_id as "regionId"
    from inventory.site s left join inventory.region r on r.id = s.region_id where s.org_id = ${org} order by s.name`
  const interfaces = await tx`
    select i.id, i.device_id as "deviceId", i.name, i.type, i.speed_bps::float8 as "speedBps", f.name is not null as "isNameReused",
      coalesce(e.names, '{}') as "earlierNames"
    from inventory.interface i
      left join (
        select l.interface_id, array_agg(l.name order by l.name) as names
        from (
          select distinct on (device_id, name) device_id, name, interface_id from inventory.interface_name
          where org_id = ${org} order by device_id, name, until desc, id desc) l
        where not exists (
          select 1 from inventory.interface o where o.device_id = l.device_id and o.name = l.name and o.gone_at is null)
        group by l.interface_id) e on e.interface_id = i.id
      left join (select distinct device_id, name from inventory.interface_name where org_id = ${org}) f
        on f.device_id = i.device_id and f.name = i.name
    where i.org_id = ${org} and i.gone_at is null`
  const known = AgentRow.array().parse(agents)
  return buildTopology(
    DeviceRow.array().parse(devices),
    LinkRow.array()
      .parse(links)
      .map(({ aDevice, aInterface, bDevice, bInterface, ...line }) => ({
        ...line,
        a: { deviceId: aDevice, interface: aInterface },
        b: { deviceId: bDevice, interface: bInterface },
      })),
    known,
    SiteRow.array().parse(sites),
    interfacePollMs,
    new Map(
      InterfaceRow.array()
        .parse(interfaces)
        .map(({ deviceId, name, ...own }) => [portEntity(deviceId, name), own]),
    ),
    monitoredProbes(await readProbes(tx, org), known),
  )
}

const AlertRow = z.object({
  id: AlertId,
  kind: Kind,
  entity: z.string(),
  deviceId: DeviceId.nullable(),
  interface: z.string().nullable(),
  agentId: AgentId.nullable(),
  phase: Phase,
  reason: z.string(),
  sinceMs: z.number(),
  state: z.unknown(),
})
/** The column `state`: the state, and the memory of kinds that store one. */
const Memory = z.object({
  memory: z.unknown(),
  rule: RuleOfAlert.optional().catch(undefined),
})
const alertOf = (row: z.infer<typeof AlertRow>, kinds: readonly AlertKind[]): StoredAlert => {
  const { id, kind, entity, deviceId, agentId, phase, sinceMs } = row
  // A state that another release stored and this one cannot read is made from the columns.
  const state = State.safeParse(row.state).data ?? {
    phase,
    reason: Reason.safeParse(row.reason).data ?? "no-data-yet",
    sinceMs,
    wasDown: phase === "down" || phase === "recovering",
    goodSinceMs: null,
    upAgainAtMs: null,
    flaps: 0,
  }
  const stored = Memory.safeParse(row.state).data
  return {
    id,
    kind,
    // Another release may have stored a kind that this one does not know.
    observes: kinds.find((one) => one.id === kind)?.observes ?? null,
    entity,
    deviceId,
    interface: row.interface,
    agentId,
    state,
    observedAtMs: null,
    answeredAtMs: null,
    memory: stored?.memory,
    ...(stored?.rule === undefined ? {} : { rule: stored.rule }),
  }
}
/** Memory is stored for kinds that can parse it again. */
const storedState = (
  { kind, rule, state, memory }: StoredAlert,
  kinds: readonly AlertKind[],
): string =>
  JSON.stringify(
    rule === undefined && kinds.find(({ id }) => id === kind)?.memory == null
      ? state
      : { ...state, memory, rule },
  )

/** An earlier release does not know `pending`; the column `state` has it. */
const storedPhase = ({ state: { phase } }: StoredAlert): Phase =>
  phase === "pending" ? "ok" : phase

/** All alerts, or those with these ids. */
export const loadAlerts = async (
  tx: Tx,
  org: OrgId,
  kinds: readonly AlertKind[],
  ids: readonly string[] | null = null,
): Promise<StoredAlert[]> => {
  const rows = await tx`
    select id, kind, entity, device_id as "deviceId", interface, agent_id as "agentId", phase, reason,
      (extract(epoch from since) * 1000)::float8 as "sinceMs", state
    from alerts.alert where org_id = ${org} ${ids === null ? tx`` : tx`and id = any(${[...ids]}::uuid[])`}`
  return AlertRow.array()
    .parse(rows)
    .map((row) => alertOf(row, kinds))
}

/** The current state of each alert, and the transitions that led there. */
export const saveAlerts = async (
  tx: Tx,
  org: OrgId,
  kinds: readonly AlertKind[],
  steps: readonly Transition[],
  changed: readonly StoredAlert[] = [],
): Promise<void> => {
  const latest = [...steps.map(({ alert }) => alert), ...changed]
  const alerts = [...new Map(latest.map((alert) => [alert.id, alert])).values()]
  await tx`
    insert into alerts.alert (id, org_id, kind, entity, device_id, interface, agent_id, phase, reason, since, state)
    select id, ${org}, kind, entity, device_id, interface, agent_id, phase, reason, to_timestamp(since / 1000), state::jsonb
    from unnest(${alerts.map((a) => a.id)}::uuid[], ${alerts.map((a) => a.kind)}::text[], ${alerts.map((a) => a.entity)}::text[],
      ${alerts.map((a) => a.deviceId)}::uuid[], ${alerts.map((a) => a.interface)}::text[], ${alerts.map((a) => a.agentId)}::uuid[],
      ${alerts.map(storedPhase)}::text[], ${alerts.map((a) => a.state.reason)}::text[],
      ${alerts.map((a) => a.state.sinceMs)}::float8[], ${alerts.map((a) => storedState(a, kinds))}::text[])
      as given (id, kind, entity, device_id, interface, agent_id, phase, reason, since, state)
    on conflict (id) do update
      set phase = excluded.phase, reason = excluded.reason, since = excluded.since, state = excluded.state`
  await tx`
    insert into alerts.transition (org_id, alert_id, at, was, now, reason)
    select ${org}, alert_id, to_timestamp(at / 1000), was, now, reason
    from unnest(${steps.map((s) => s.alert.id)}::uuid[], ${steps.map((s) => s.atMs)}::float8[], ${steps.map((s) => s.was)}::text[],
      ${steps.map((s) => s.now)}::text[], ${steps.map((s) => s.reason)}::text[]) as given (alert_id, at, was, now, reason)`
}

/**
 * Alerts of interfaces that have other names now, in the transaction that gives them. Two may have
 * swapped theirs, and an alert that has ended may still have the name: it gets one of its own.
 */
export const renameAlerts = async (
  tx: Tx,
  org: OrgId,
  renamed: readonly RenamedInterface[],
): Promise<void> => {
  if (renamed.length === 0) return
  const entities = (name: "was" | "name") => renamed.map((one) => portEntity(one.device, one[name]))
  const names = tx`unnest(${entities("was")}::text[], ${entities("name")}::text[], ${renamed.map(({ name }) => name)}::text[])
    as n (was, now, name)`
  const moved = await tx<{ id: string; now: string; name: string }[]>`
    update alerts.alert a set entity = 'renaming ' || a.id
    from ${names} where a.org_id = ${org} and a.interface is not null and a.entity = n.was
    returning a.id, n.now, n.name`
  await tx`
    update alerts.alert a set entity = a.entity || ' #' || a.id
    from ${names} where a.org_id = ${org} and a.entity = n.now`
  await tx`
    update alerts.alert a set entity = m.now, interface = m.name
    from unnest(${moved.map(({ id }) => id)}::uuid[], ${moved.map(({ now }) => now)}::text[], ${moved.map(({ name }) => name)}::text[])
      as m (id, now, name) where a.org_id = ${org} and a.id = m.id`
}

/** Whether the database answers. */
export const isDatabaseUp = async (sql: Sql): Promise<boolean> => {
  try {
    await sql`select 1`
    return true
  } catch {
    // The next query that fails reports the error.
    return false
  }
}

/**
 * Deletes alerts of rules that ended before and that no incident holds, with their steps. Those of
 * the program's own kinds stay as long as what they are about.
 */
export const pruneEnded = async (tx: Tx, org: OrgId, beforeMs: number): Promise<number> => {
  const gone = await tx`
    delete from alerts.alert a where a.org_id = ${org} and a.id in (
      select e.id from alerts.alert e
      where e.org_id = ${org} and e.phase = 'ok' and e.state ? 'rule' and e.state ->> 'phase' = 'ok'
        and e.since < to_timestamp(${beforeMs}::float8 / 1000)
        and not exists (select from incidents.symptom s where s.alert_id = e.id)
      order by e.since limit 10000)`
  return gone.count
}

/** Deletes old transitions; incidents keep what matters of them. */
export const pruneTransitions = async (tx: Tx, org: OrgId, beforeMs: number): Promise<number> => {
  const gone = await tx`
    delete from alerts.transition where org_id = ${org} and id in (
      select id from alerts.transition where org_id = ${org}
        and at < to_timestamp(${beforeMs}::float8 / 1000) order by id limit 10000)`
  return gone.count
}
