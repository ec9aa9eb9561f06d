/** Checks the addresses that this agent may contact, after name resolution and right before use. */
import { networkInterfaces } from "node:os"
import {
  type Contact,
  checkDestination,
  type DestinationResult,
  type DestinationRules,
  destinationSentence,
  literalAddress,
} from "@ispvm/wire"
import { CollectError } from "./collector.ts"
import type { Resolve } from "./reachability/resolve.ts"

export type Destinations = {
  /** The appliance's list for this agent; empty: every address that is not special. */
  readonly allow: (networks: readonly string[]) => void
  /** Why no secret may be sent to `ip`, as a sentence; null if it may. */
  readonly rejectionReason: (ip: string) => string | null
  /** Throws a `CollectError` with the reason. */
  readonly require: (ip: string) => void
  /** As `resolve`, but throws for an address to which no secret may be sent. */
  readonly forAccess: (resolve: Resolve) => Resolve
  /** As `resolve`, but null for an address that may not be probed. */
  readonly forProbe: (resolve: Resolve) => Resolve
  readonly counts: { rejected: number }
}

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
/**
 * Interfaces come and go with a VPN. Reading them for each probe would cost more than the probe.
 */
const OWN_FOR_MS = 10_000

type Deps = {
  readonly allowLoopback: boolean
  /** A monotonic clock in ms. */
  readonly steady: () => number
  readonly own?: () => readonly string[]
}

export const createDestinations = ({
  allowLoopback,
  steady,
  own = ownAddresses,
}: Deps): Destinations => {
  let allowedNetworks: readonly string[] = []
  let known = { addresses: own(), atMs: steady() }
  /** Results by what is asked, until the rules may be others: an address is asked for each poll. */
  const results = new Map<string, DestinationResult>()
  const counts = { rejected: 0 }
  const rules = (): DestinationRules => ({ allowedNetworks, allowLoopback, own: known.addresses })
  const check = (ip: string, contact: Contact): DestinationResult => {
    if (steady() - known.atMs > OWN_FOR_MS) {
      known = { addresses: own(), atMs: steady() }
      results.clear()
    }
    const key = `${contact} ${ip}`
    const result = results.get(key) ?? checkDestination(ip, contact, rules())
    results.set(key, result)
    return result
  }
  const rejectionReason = (ip: string, contact: Contact): string | null => {
    const result = check(ip, contact)
    if (result.ok) return null
    counts.rejected += 1
    return destinationSentence(ip, result.reason)
  }
  const requireAllowed = (ip: string): void => {
    const why = rejectionReason(ip, "access")
    if (why === null) return
    throw new CollectError(
      "failed",
      `${why}; nothing was sent. An administrator can allow it in the agent's allowed networks`,
    )
  }
  return {
    counts,
    allow: (networks) => {
      allowedNetworks = networks
      results.clear()
    },
    rejectionReason: (ip) => rejectionReason(ip, "access"),
    require: requireAllowed,
    forAccess: (resolve) => async (address) => {
      const ip = await resolve(address)
      if (ip !== null) requireAllowed(ip)
      return ip
    },
    forProbe: (resolve) => async (address) => {
      const ip = await resolve(address)
      // The appliance has checked a literal address and allows its probe; only the agent knows
      // where a name leads.
      const contact = literalAddress(address) === null ? "access" : "probe"
      return ip === null || rejectionReason(ip, contact) !== null ? null : ip
    },
  }
}
