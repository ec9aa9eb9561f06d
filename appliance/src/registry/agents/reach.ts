/** Which agent reaches which device, by its probes. In memory: what is known ends with the process. */
import type { PingSample } from "@ispvm/wire"
import type { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"

/** Probes are a second apart. Older results say nothing about now. */
const FRESH_MS = 10_000
/** An answer to another agent is this recent: the device is up, and the lost path is the agent's. */
const ANSWERED_MS = 3_000
/** Agents are asked to confirm at most this often for one device. */
const CONFIRM_GAP_MS = 2_000

type Probe = Pick<PingSample, "answers" | "icmp" | "tcp">
type Result = { readonly answers: boolean; sinceMs: number; atMs: number }
type DeviceReach = { readonly byAgent: Map<AgentId, Result>; confirmedAtMs: number }
type Deps = {
  readonly steady: () => number
  readonly holderOf: (org: OrgId, device: DeviceId) => AgentId | null
  /** Requests a confirmation burst. */
  readonly confirm: (agent: AgentId, devices: readonly DeviceId[]) => void
}
export type Reach = {
  readonly note: (org: OrgId, device: DeviceId, agent: AgentId, probe: Probe) => void
  /** What the agent's probes show now, and for how long; null: unknown. */
  readonly of: (
    device: DeviceId,
    agent: AgentId,
  ) => { readonly answers: boolean; readonly forMs: number } | null
  /**
   * Whether one of these agents reaches the device now. If so, they are asked to confirm it, because
   * they may not have noticed yet.
   */
  readonly isReachedBy: (org: OrgId, device: DeviceId, agents: readonly AgentId[]) => boolean
}

export const createReach = ({ steady, holderOf, confirm }: Deps): Reach => {
  const devices = new Map<DeviceId, DeviceReach>()
  const entry = (device: DeviceId): DeviceReach => {
    const known = devices.get(device) ?? {
      byAgent: new Map(),
      confirmedAtMs: Number.NEGATIVE_INFINITY,
    }
    devices.set(device, known)
    return known
  }
  return {
    note: (org, device, agent, { answers, icmp, tcp }) => {
      // Nothing was probed.
      if (!answers && icmp === null && tcp === null) return
      const known = entry(device)
      const was = known.byAgent.get(agent)
      const nowMs = steady()
      const isSame = was !== undefined && was.answers === answers && nowMs - was.atMs < FRESH_MS
      known.byAgent.set(agent, { answers, sinceMs: isSame ? was.sinceMs : nowMs, atMs: nowMs })
      if (answers || was?.answers === false) return
      // The holder noticed first, and its unanswered probes were not believed: it repeats them.
      const holder = holderOf(org, device)
      if (holder !== null && holder !== agent && known.byAgent.get(holder)?.answers === false)
        confirm(holder, [device])
    },
    of: (device, agent) => {
      const result = devices.get(device)?.byAgent.get(agent)
      const nowMs = steady()
      if (result === undefined || nowMs - result.atMs > FRESH_MS) return null
      return { answers: result.answers, forMs: nowMs - result.sinceMs }
    },
    isReachedBy: (_, device, agents) => {
      const known = devices.get(device)
      const nowMs = steady()
      if (known === undefined) return false
      const reaching = agents.filter((agent) => {
        const result = known.byAgent.get(agent)
        return result?.answers === true && nowMs - result.atMs <= ANSWERED_MS
      })
      if (reaching.length > 0 && nowMs - known.confirmedAtMs > CONFIRM_GAP_MS) {
        known.confirmedAtMs = nowMs
        for (const agent of reaching) confirm(agent, [device])
      }
      return reaching.length > 0
    },
  }
}
