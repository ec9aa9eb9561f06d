/** What a device says it is: the system group, and what its maker keeps elsewhere. */
import type { FactsReading, PortFact } from "../collector.ts"
import { showsNothing } from "./failures.ts"
import { type Identity, readIdentity } from "./identity.ts"
import { SYSTEM } from "./oids.ts"
import { type Poll, UPTIME_OIDS, uptimeFrom } from "./poll.ts"
import type { Where } from "./rows.ts"
import type { Ask } from "./session.ts"
import { textOf } from "./values.ts"

export type SystemGroup = Identity & {
  readonly descr: string | null
  readonly name: string | null
  readonly uptimeS: number | null
}

export const readSystem = async (poll: Pick<Poll, "session" | "learned"> & { readonly ask: Ask }): Promise<SystemGroup> => {
  const { session, ask, learned } = poll
  const values = await session.get([SYSTEM.descr, SYSTEM.objectId, SYSTEM.name, ...UPTIME_OIDS], ask)
  const descr = textOf(values.get(SYSTEM.descr))
  const objectId = textOf(values.get(SYSTEM.objectId))
  const { uptimeS } = uptimeFrom(learned, values)
  if (descr === null && objectId === null && uptimeS === null && session.cut === null) throw showsNothing(session.target)
  const identity = await readIdentity(session, ask, objectId, descr)
  return {
    descr,
    name: textOf(values.get(SYSTEM.name)),
    uptimeS,
    ...identity,
  }
}

export const readFacts = (system: SystemGroup, interfaces: readonly PortFact[], where: Where): FactsReading => ({
  ...where,
  kind: "facts",
  identity: system.name,
  vendor: system.vendor,
  board: system.model,
  version: system.version,
  architecture: null,
  serial: system.serial,
  interfaces,
})
