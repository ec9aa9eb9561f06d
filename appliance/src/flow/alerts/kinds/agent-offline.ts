/** An agent is offline when it sends no message for four seconds. Its devices become unknown. */
import { initialState, markDown, markUp, type PhaseReasons } from "../state-machine.ts"
import type { AlertKind, CurrentState, KindAlert } from "./kind.ts"

const AGENT_OFFLINE_MS = 4_000

const reasons = {
  online: "ok",
  "online-again": "recovering",
  "online-for-hold": "ok",
  offline: "down",
  // Of the alerts that it hides.
  "agent-offline": "unknown",
} as const
const REASONS: PhaseReasons<keyof typeof reasons> = {
  ok: "online",
  recovering: "online-again",
  recovered: "online-for-hold",
  down: "offline",
}

export type Liveness = CurrentState<null>

/** A new agent, or any agent after a restart of the appliance, has its full time from now. */
export const newLiveness = (atMs: number, state = initialState(atMs)): Liveness => ({
  state,
  observedAtMs: atMs,
  answeredAtMs: null,
  memory: null,
})

export const stepSeen = (was: Liveness, atMs: number): Liveness => ({
  ...was,
  state: markUp(was.state, atMs, REASONS),
  observedAtMs: Math.max(was.observedAtMs ?? atMs, atMs),
})

/** An agent is offline since its last message, not since the appliance noticed. */
export const evaluateLivenessTimeout = (was: Liveness, nowMs: number): Liveness => {
  const lastSeenAtMs = was.observedAtMs ?? nowMs
  return nowMs - lastSeenAtMs > AGENT_OFFLINE_MS
    ? { ...was, state: markDown(was.state, lastSeenAtMs, REASONS), observedAtMs: lastSeenAtMs }
    : { ...was, observedAtMs: lastSeenAtMs }
}

export const agentOffline: AlertKind<null, never> = {
  id: "agent-offline",
  observes: "agent",
  reasons,
  memory: null,

  *subjects({ agents }) {
    for (const { id } of agents.values())
      yield { entity: id, deviceId: null, interface: null, agentId: id }
  },
  create: (nowMs) => newLiveness(nowMs),
  restore: (state, _, nowMs) => newLiveness(nowMs, state),
  senderEntity: ({ agent }) => agent,
  stepReceived: (was, nowMs) => stepSeen(was, nowMs),
  evaluateTimer: (was, { nowMs, isLate }) =>
    evaluateLivenessTimeout(isLate ? { ...was, observedAtMs: nowMs } : was, nowMs),
  offlineDueAtMs: ({ state, observedAtMs }, { nowMs }) =>
    state.phase === "down" ? null : (observedAtMs ?? nowMs) + AGENT_OFFLINE_MS,
  hides: ({ agentId, state }: KindAlert<null>, { topology }) => ({
    devices: [...topology.devices.values()].flatMap((device) =>
      device.agentId === agentId ? [device.id] : [],
    ),
    sinceMs: state.sinceMs,
    reason: "agent-offline",
    reasonAfter: "no-recent-data",
  }),
}
