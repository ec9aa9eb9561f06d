/**
 * The part of an accepted batch that evaluation must not lose: what can open an alert. It is stored
 * with the batch until the resulting alert states are stored, and evaluated again after a crash.
 */
import { Event, InterfaceSample, PingSample } from "@ispvm/wire"
import { z } from "zod"
import { type AgentId, DeviceId } from "../../platform/ids.ts"
import type { Accepted } from "./model.ts"

/**
 * The part of an interface sample that shows whether it is up: rates are stored already, and a
 * switch has many unused interfaces.
 */
const PortState = InterfaceSample.pick({
  device: true,
  interface: true,
  atMs: true,
  running: true,
  disabled: true,
})
type PortState = z.infer<typeof PortState>

export const Remainder = z.object({
  pings: z.array(PingSample),
  interfaces: z.array(PortState),
  events: z.array(Event),
  /** Absent if an earlier release stored it. */
  rejected: z.array(z.object({ device: DeviceId, port: z.string().nullable() })).default([]),
})
export type Remainder = z.infer<typeof Remainder>

/** A batch that was stored and not evaluated. `mark` names it; times are epoch ms. */
export type Unevaluated = Remainder & {
  readonly mark: number
  readonly agent: { readonly id: AgentId } | null
  readonly router: DeviceId | null
  readonly receivedAtMs: number
  readonly skewMs: number
  /** Why the stored remainder cannot be evaluated. Null if it can. */
  readonly unreadable: string | null
}

const portStateOf = ({
  device,
  interface: port,
  atMs,
  running,
  disabled,
}: PortState): PortState => ({
  device,
  interface: port,
  atMs,
  running,
  disabled,
})

/** An unanswered probe that can prove an outage: a burst, or one of a device that has no ICMP. */
const isBadProbe = ({ answers, icmp, because }: PingSample): boolean =>
  !answers && (because !== "round" || icmp === null)

/**
 * Null if nothing could be lost. Good observations are omitted, because the next probe or poll
 * repeats them. `link-up` is an exception, since the next poll of an interface may be a minute
 * away.
 */
export const remainderOf = (
  accepted: Pick<Accepted, "pings" | "interfaces" | "events" | "rejected" | "isSecond">,
): Remainder | null => {
  const { pings, interfaces, events, rejected = [], isSecond = false } = accepted
  const remainder: Remainder = {
    // A second process with the same identity does not decide what is reachable.
    pings: isSecond ? [] : pings.filter(isBadProbe),
    // A port that an administrator disabled is not a fault.
    interfaces: interfaces
      .filter(({ running, disabled }) => !running && !disabled)
      .map(portStateOf),
    events: events.filter(({ name }) => name === "link-down" || name === "link-up"),
    rejected: isSecond ? [] : [...rejected],
  }
  return Object.values(remainder).every((items) => items.length === 0) ? null : remainder
}
