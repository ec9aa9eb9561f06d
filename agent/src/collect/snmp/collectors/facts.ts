/** Facts of a device: the system group, and the objects of its vendor. */
import type { FactsReading, PortFact } from "../../collector.ts"
import { showsNothing } from "../client/failures.ts"
import type { QueryOptions } from "../client/session.ts"
import { textOf } from "../client/values.ts"
import { type Identity, readIdentity } from "./identity.ts"
import { SYSTEM } from "./oids.ts"
import { type Poll, UPTIME_OIDS, uptimeFrom } from "./poll.ts"
import type { ReadingOrigin } from "./rows.ts"

export type SystemGroup = Identity & {
  readonly descr: string | null
  readonly name: string | null
  readonly uptimeS: number | null
}

export const readSystem = async (
  poll: Pick<Poll, "session" | "learned"> & { readonly options: QueryOptions },
): Promise<SystemGroup> => {
  const { session, options, learned } = poll
  const values = await session.get(
    [SYSTEM.descr, SYSTEM.objectId, SYSTEM.name, ...UPTIME_OIDS],
    options,
  )
  const descr = textOf(values.get(SYSTEM.descr))
  const objectId = textOf(values.get(SYSTEM.objectId))
  const { uptimeS } = uptimeFrom(learned, values)
  if (descr === null && objectId === null && uptimeS === null && session.abortError === null)
    throw showsNothing(session.target)
  const identity = await readIdentity(session, options, objectId, descr)
  return {
    descr,
    name: textOf(values.get(SYSTEM.name)),
    uptimeS,
    ...identity,
  }
}

export const readFacts = (
  system: Omit<SystemGroup, "descr" | "uptimeS">,
  interfaces: readonly PortFact[] | null,
  origin: ReadingOrigin,
): FactsReading => ({
  ...origin,
  kind: "facts",
  identity: system.name,
  vendor: system.vendor,
  board: system.model,
  version: system.version,
  architecture: null,
  serial: system.serial,
  interfaces,
})
