/**
 * Leases of all devices that several agents may read: kept in memory, decided twice a second, and
 * stored. Agents need not know of them: the appliance assigns a device to its holder, and stores
 * of what an agent read only what was read while it was the holder.
 */
import type { PingSample } from "@ispvm/wire"
import type { LeaseReason } from "../../api/leases.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { listOrgs } from "../orgs/orgs.ts"
import {
  type Candidate,
  LEASE_TIMES,
  type Lease,
  type LeaseTimes,
  NO_LEASE,
  stepLease,
} from "./lease-machine.ts"
import * as store from "./lease-store.ts"
import { createReach, type Reach } from "./reach.ts"

const TICK_MS = 500
/** The appliance itself did not run for so long: missing heartbeats prove nothing. */
const STALLED_MS = 2_000
/** A change that was not announced is found after this time. */
const RELOAD_MS = 60_000

export type LeaseChange = {
  readonly org: OrgId
  readonly device: DeviceId
  readonly from: AgentId | null
  readonly to: AgentId | null
  readonly reason: LeaseReason
  readonly atMs: number
}
type Seen = { readonly lastSeenAtMs: number; readonly onlineSinceMs: number }
type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly seenOf: (agent: AgentId) => Seen | null
  /** The assignment of this organisation's agents has changed. */
  readonly onAssigned: (org: OrgId, devices: readonly DeviceId[]) => void
  readonly confirm: (agent: AgentId, devices: readonly DeviceId[]) => void
  readonly onError: (error: unknown) => void
  readonly times?: LeaseTimes
}
export type Probes = {
  readonly org: OrgId
  readonly agent: { readonly id: AgentId } | null
  readonly pings: readonly Pick<PingSample, "device" | "answers" | "icmp" | "tcp" | "atMs">[]
}
export type Leases = {
  readonly changes: Signal<LeaseChange>
  /** Something in this organisation has changed. */
  readonly touch: (org: OrgId) => void
  /** Notes which devices an agent reaches. */
  readonly noteProbes: (probes: Probes) => void
  /**
   * Whether a probe decides about the status of its device: one of the holder, and an unanswered
   * one only if no other agent reaches the device.
   */
  readonly decides: (org: OrgId, agent: AgentId, probe: Probes["pings"][number]) => boolean
  readonly tick: () => Promise<void>
  readonly start: () => void
  readonly stop: () => Promise<void>
}
type Shared = { readonly candidates: store.SharedDevice["candidates"]; lease: Lease }
type OrgLeases = {
  readonly devices: Map<DeviceId, Shared>
  loads: Map<AgentId, number>
  loadedAtMs: number
}

type State = {
  readonly deps: Deps
  readonly times: LeaseTimes
  readonly steady: () => number
  readonly orgs: Map<OrgId, OrgLeases>
  readonly dirty: Set<OrgId>
  readonly changes: Signal<LeaseChange>
  readonly reach: Reach
  /** By the steady clock; null: never. */
  tickedAtMs: number | null
  /** Until then, missing heartbeats prove nothing. */
  takesOverAtMs: number
}

const restored = (row: store.SharedDevice, nowMs: number): Lease => ({
  holder: row.holder,
  sinceMs: row.heldSinceMs ?? nowMs,
  reason: row.reason ?? "assigned",
  incoming: row.incoming === null ? null : { agent: row.incoming, sinceMs: nowMs },
})

/**
 * Stores what follows from a change of the inventory: a device with a single agent has no lease any
 * more, and a holder whom a person has chosen gets one.
 */
const storeChosen = async (
  tx: Tx,
  org: OrgId,
  { id, candidates, holder, spanAgent, incoming }: store.SharedDevice,
  nowMs: number,
): Promise<void> => {
  if (candidates.length === 0) {
    if (spanAgent !== null) await store.endLease(tx, org, id, nowMs)
    if (incoming !== null) await store.clearIncoming(tx, org, id)
    return
  }
  if (spanAgent === holder) return
  await store.saveLease(tx, org, id, holder, { ...NO_LEASE, holder, sinceMs: nowMs }, nowMs)
}

const load = async ({ deps, orgs, dirty, steady }: State, org: OrgId): Promise<void> => {
  dirty.delete(org)
  const nowMs = deps.clock.now()
  const { rows, loads } = await deps.db.asOrg(org, async (tx) => {
    const rows = await store.sharedDevices(tx, org)
    for (const row of rows) await storeChosen(tx, org, row, nowMs)
    return { rows, loads: await store.loadOfAgents(tx, org) }
  })
  const was = orgs.get(org)?.devices
  const devices = new Map<DeviceId, Shared>()
  for (const row of rows) {
    if (row.candidates.length === 0) continue
    const known = was?.get(row.id)
    const lease = known?.lease.holder === row.holder ? known?.lease : undefined
    devices.set(row.id, { candidates: row.candidates, lease: lease ?? restored(row, nowMs) })
  }
  orgs.set(org, { devices, loads: new Map(loads), loadedAtMs: steady() })
}

const candidateOf = (
  { deps, times, reach }: State,
  device: DeviceId,
  { agent, rank }: Shared["candidates"][number],
  loads: ReadonlyMap<AgentId, number>,
  nowMs: number,
): Candidate => {
  const seen = deps.seenOf(agent)
  const isAlive = seen !== null && nowMs - seen.lastSeenAtMs < times.offlineMs
  const shown = isAlive ? reach.of(device, agent) : null
  return {
    agent,
    rank,
    load: loads.get(agent) ?? 0,
    aliveSinceMs: isAlive ? seen.onlineSinceMs : null,
    reach: shown === null ? null : { answers: shown.answers, sinceMs: nowMs - shown.forMs },
  }
}

const moveLoad = (loads: Map<AgentId, number>, was: Lease, now: Lease): void => {
  const [from, to] = [was.incoming?.agent ?? was.holder, now.incoming?.agent ?? now.holder]
  if (from === to) return
  if (from !== null) loads.set(from, Math.max(0, (loads.get(from) ?? 0) - 1))
  if (to !== null) loads.set(to, (loads.get(to) ?? 0) + 1)
}

const stepOrg = async (state: State, org: OrgId, own: OrgLeases): Promise<void> => {
  const { deps, changes, times } = state
  const nowMs = deps.clock.now()
  const mayTakeOver = state.steady() >= state.takesOverAtMs
  const moved: { device: DeviceId; shared: Shared; now: Lease }[] = []
  for (const [device, shared] of own.devices) {
    const candidates = shared.candidates.map((one) =>
      candidateOf(state, device, one, own.loads, nowMs),
    )
    const now = stepLease(shared.lease, candidates, nowMs, mayTakeOver, times)
    if (now === shared.lease) continue
    moveLoad(own.loads, shared.lease, now)
    moved.push({ device, shared, now })
  }
  if (moved.length === 0) return
  const saved = await deps.db.asOrg(org, async (tx) => {
    const done: typeof moved = []
    for (const move of moved)
      if (await store.saveLease(tx, org, move.device, move.shared.lease.holder, move.now, nowMs))
        done.push(move)
    return done
  })
  if (saved.length < moved.length) state.dirty.add(org)
  for (const { device, shared, now } of saved) {
    const from = shared.lease.holder
    shared.lease = now
    if (from !== now.holder)
      changes.emit({ org, device, from, to: now.holder, reason: now.reason, atMs: nowMs })
  }
  deps.onAssigned(
    org,
    saved.map(({ device }) => device),
  )
}

const tick = async (state: State): Promise<void> => {
  const { deps, orgs, dirty, steady, times } = state
  const nowMs = steady()
  if (state.tickedAtMs === null || nowMs - state.tickedAtMs > STALLED_MS)
    state.takesOverAtMs = nowMs + times.offlineMs
  state.tickedAtMs = nowMs
  for (const { id: org } of await listOrgs(deps.db.sql)) {
    const known = orgs.get(org)
    if (known === undefined || dirty.has(org) || nowMs - known.loadedAtMs > RELOAD_MS)
      await load(state, org)
    const own = orgs.get(org)
    if (own !== undefined) await stepOrg(state, org, own)
  }
  state.tickedAtMs = steady()
}

const decides = (
  { orgs, reach }: State,
  org: OrgId,
  agent: AgentId,
  probe: Probes["pings"][number],
): boolean => {
  const shared = orgs.get(org)?.devices.get(probe.device)
  if (shared === undefined) return true
  if (shared.lease.holder !== agent) return false
  if (probe.answers) return true
  const others = shared.candidates.flatMap((one) => (one.agent === agent ? [] : [one.agent]))
  return !reach.isReachedBy(org, probe.device, others)
}

const newState = (deps: Deps): State => {
  const orgs = new Map<OrgId, OrgLeases>()
  const steady = steadyOf(deps.clock).now
  return {
    deps,
    times: deps.times ?? LEASE_TIMES,
    steady,
    orgs,
    dirty: new Set(),
    changes: createSignal<LeaseChange>(deps.onError),
    reach: createReach({
      steady,
      holderOf: (org, device) => orgs.get(org)?.devices.get(device)?.lease.holder ?? null,
      confirm: deps.confirm,
    }),
    tickedAtMs: null,
    takesOverAtMs: 0,
  }
}

export const createLeases = (deps: Deps): Leases => {
  const state = newState(deps)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  return {
    changes: state.changes,
    touch: (org) => void state.dirty.add(org),
    noteProbes: ({ org, agent, pings }) => {
      const devices = state.orgs.get(org)?.devices
      if (agent === null || devices === undefined || devices.size === 0) return
      for (const ping of pings)
        if (devices.has(ping.device)) state.reach.note(org, ping.device, agent.id, ping)
    },
    decides: (org, agent, probe) => decides(state, org, agent, probe),
    tick: () => tick(state),
    start: () => {
      timer = setInterval(() => {
        running ??= tick(state)
          .catch(deps.onError)
          .finally(() => {
            running = null
          })
      }, TICK_MS)
    },
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
