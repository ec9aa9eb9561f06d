/** What this agent may contact, asked with the address a name was resolved to, right before it is used. */
import { networkInterfaces } from "node:os"
import {
  type Contact,
  checkDestination,
  type DestinationRules,
  destinationSentence,
  literalAddress,
} from "@ispvm/wire"
import { CollectError } from "./collector.ts"
import type { Resolve } from "./reachability/resolve.ts"

export type Destinations = {
  /** The appliance's list for this agent; empty: everything that is not special. */
  readonly allow: (networks: readonly string[]) => void
  /** Why nothing with a secret may go to `ip`, as a sentence; null: it may. */
  readonly rejectionReason: (ip: string) => string | null
  /** Throws a `CollectError` that says why. */
  readonly require: (ip: string) => void
  /** As `resolve`, but throws for an address that no secret may be sent to. */
  readonly forAccess: (resolve: Resolve) => Resolve
  /** As `resolve`, but null for an address that may not be probed: it then counts as not found. */
  readonly forProbe: (resolve: Resolve) => Resolve
  readonly counts: { rejected: number }
}

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
/** Interfaces come and go with a VPN; asking for each probe would cost more than the probe. */
const OWN_FOR_MS = 10_000

type Deps = {
  readonly allowLoopback: boolean
  /** A clock that nobody can set, in ms. */
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
  const counts = { rejected: 0 }
  const rules = (): DestinationRules => {
    if (steady() - known.atMs > OWN_FOR_MS) known = { addresses: own(), atMs: steady() }
    return { allowedNetworks, allowLoopback, own: known.addresses }
  }
  const rejectionReason = (ip: string, contact: Contact): string | null => {
    const result = checkDestination(ip, contact, rules())
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
      // The appliance has seen an address as it is, and lets a probe of it pass; what a name leads to only we know.
      const contact = literalAddress(address) === null ? "access" : "probe"
      return ip === null || rejectionReason(ip, contact) !== null ? null : ip
    },
  }
}
