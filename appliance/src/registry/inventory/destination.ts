/**
 * Whether a device may have this address: what its agent may contact, as far as that is known
 * without DNS. Pure.
 */
import { checkDestination, literalAddress } from "@ispvm/wire"
import type { FieldError } from "../../api/field-messages.ts"
import type { DeviceInput } from "../../api/inventory.ts"

export type OwnMachine = {
  readonly allowLoopback: boolean
  readonly ownAddresses: () => readonly string[]
}
type Place = Pick<DeviceInput, "address" | "agentId" | "methods">
type DestinationQuestion = {
  /** Null: a new device. What has not changed is not checked again. */
  readonly was: Place | null
  readonly now: Place
  /** Of the device's agent; empty without one. */
  readonly allowedNetworks: readonly string[]
  /** May add networks to an agent, and therefore a TCP probe of the agent's own host too. */
  readonly mayProbe: boolean
}

/** Null: allowed. */
export const destinationFault = (
  machine: OwnMachine,
  { was, now, allowedNetworks, mayProbe }: DestinationQuestion,
): FieldError | null => {
  const at = ({ address, agentId, methods }: Place): string =>
    JSON.stringify([address, agentId, methods])
  const ip = literalAddress(now.address)
  if (ip === null || (was !== null && at(was) === at(now))) return null
  const { routerosApi, snmp, tcpPort } = now.methods
  const isAccess = routerosApi !== null || snmp !== null || (tcpPort !== null && !mayProbe)
  const rules = {
    allowedNetworks,
    allowLoopback: machine.allowLoopback,
    own: machine.ownAddresses(),
  }
  const result = checkDestination(ip, isAccess ? "access" : "probe", rules)
  if (result.ok) return null
  const { reason: kind } = result
  const params = { ip, kind, mayBeAllowed: !NEVER.has(kind) }
  return { path: "address", code: "field.destination", params }
}
const NEVER: ReadonlySet<string> = new Set(["multicast", "broadcast", "unspecified"])
