/** The interface at the end of a link has no link. */
import {
  initialState,
  markDegraded,
  markDown,
  markUp,
  type PhaseReasons,
} from "../state-machine.ts"
import { portEntity } from "../topology.ts"
import type { AlertKind, CurrentState, Reading } from "./kind.ts"

/** At least this long, and three polls at the interval that is set: one or two may fail. */
const UNSEEN_MS = 300_000
const UNSEEN_POLLS = 3

export type PortReading = { readonly running: boolean; readonly disabled: boolean }
export type Port = CurrentState<null>

const reasons = {
  "port-up": "ok",
  "port-up-again": "recovering",
  "port-up-for-hold": "ok",
  "port-down": "down",
  "disabled-by-admin": "degraded",
} as const
const REASONS: PhaseReasons<keyof typeof reasons> = {
  ok: "port-up",
  recovering: "port-up-again",
  recovered: "port-up-for-hold",
  down: "port-down",
}

export const newPort = (atMs: number): Port => ({
  state: initialState(atMs),
  observedAtMs: null,
  answeredAtMs: null,
  memory: null,
})

/** A disabled interface is a decision, not a fault; the remote end reports the lost link. */
const nextState = ({ state }: Port, { running, disabled }: PortReading, atMs: number) => {
  if (disabled) return markDegraded(state, atMs, "disabled-by-admin")
  return running ? markUp(state, atMs, REASONS) : markDown(state, atMs, REASONS)
}
export const stepPort = (was: Port, reading: PortReading, atMs: number): Port => ({
  ...was,
  state: nextState(was, reading, atMs),
  observedAtMs: atMs,
})

/** The hold ends by time alone, because the next reading may be a minute away. */
export const evaluatePortHold = <P extends Port>(was: P, nowMs: number): P =>
  was.state.phase === "recovering" ? { ...was, state: markUp(was.state, nowMs, REASONS) } : was

/** Interface samples, and events of link state. */
const readingsOf: NonNullable<AlertKind<null, PortReading>["readings"]> = ({
  interfaces,
  events,
}) => {
  const readings: Reading<PortReading>[] = interfaces.map((sample) => ({
    entity: portEntity(sample.device, sample.interface),
    device: sample.device,
    atMs: sample.atMs,
    value: sample,
  }))
  for (const { name, device, interface: port, atMs } of events) {
    if (port === null || (name !== "link-down" && name !== "link-up")) continue
    const value = { running: name === "link-up", disabled: false }
    readings.push({ entity: portEntity(device, port), device, atMs, value })
  }
  return readings
}

export const interfaceDown: AlertKind<null, PortReading> = {
  id: "interface-down",
  observes: "link",
  reasons,
  memory: null,

  *subjects({ monitored, devices, linksAt }) {
    for (const { id } of devices.values()) {
      if (!monitored.has(id)) continue
      for (const link of linksAt.get(id) ?? []) {
        const end = link.a.deviceId === id ? link.a : link.b
        if (end.port === null) continue
        yield { entity: end.port, deviceId: id, interface: end.interface, agentId: null }
      }
    }
  },
  create: newPort,
  readings: readingsOf,
  step: stepPort,
  rejectedEntity: ({ device, port }) => (port === null ? null : portEntity(device, port)),
  evaluateTimer: (was, { nowMs }) => evaluatePortHold(was, nowMs),
  // A self-reporting router reports changes only, and the silence of the router has its own rule.
  unseenMs: ({ deviceId }, { selfReporting, interfacePollMs }) =>
    deviceId !== null && selfReporting.has(deviceId)
      ? null
      : Math.max(UNSEEN_MS, UNSEEN_POLLS * interfacePollMs),
}
