/**
 * What counts of a device that several agents read: what was read by the agent that held its lease
 * at that moment. The leases of a device follow each other without a gap, so each moment has
 * one holder, and what an agent buffered after its lease had ended is dropped. Pure.
 */
export type LeasedDevice = {
  readonly agentId: string | null
  /** May read it while `agentId` does not. */
  readonly mayTakeOver?: boolean
  /** Who read it since when, in order; empty if one agent always did. */
  readonly leases?: readonly {
    readonly agentId: string
    readonly fromMs: number
    readonly toMs: number | null
  }[]
}
type Item = { readonly kind: string; readonly atMs: number; readonly source?: unknown }

export const mayReport = (
  { agentId: holder, mayTakeOver, leases }: LeasedDevice,
  agent: string,
): boolean =>
  holder === agent ||
  mayTakeOver === true ||
  (leases ?? []).some(({ agentId }) => agentId === agent)

/**
 * The holder at this time. Before the first lease it is that of the first; after the last one has
 * ended, only one agent may read the device.
 */
export const holderAt = (
  { agentId, leases = [] }: Pick<LeasedDevice, "agentId" | "leases">,
  atMs: number,
): string | null => {
  const lease = leases.findLast(({ fromMs }) => fromMs <= atMs) ?? leases[0]
  const isOver =
    lease === undefined || (lease === leases.at(-1) && lease.toMs !== null && lease.toMs <= atMs)
  return isOver ? agentId : lease.agentId
}

/** What an agent reads by itself. Everything else is sent by the device. */
const POLLED: ReadonlySet<unknown> = new Set(["routeros-api", "snmp"])

/**
 * Probes of every agent count, because each sees another path. So does what a device sends by
 * itself: it may send it to any agent.
 */
export const isRedundant = (
  item: Item,
  device: LeasedDevice | undefined,
  agent: string,
): boolean => {
  if (device === undefined || (device.leases ?? []).length === 0 || item.kind === "ping")
    return false
  if (item.kind === "event" && !POLLED.has(item.source)) return false
  return holderAt(device, item.atMs) !== agent
}
