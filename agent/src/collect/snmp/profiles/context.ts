/** What names of a device's rows need: its interfaces and entities. Read once, kept until facts. */

import { numberOf, textOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"
import { PORT, SYSTEM } from "../collectors/oids.ts"
import type { Poll } from "../collectors/poll.ts"
import { portNames } from "../collectors/port-names.ts"
import { indexesOf } from "../collectors/table.ts"
import type { DeviceKind, Entities } from "./device.ts"

const ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
const ENTITY_ALIAS = "1.3.6.1.2.1.47.1.3.2.1.2"
const NONE: Column = new Map()
const MAX_ENTITIES = 6_000
const MAX_DEPTH = 12

export const deviceKind = async (poll: Poll): Promise<DeviceKind> => {
  const { learned, session, options } = poll
  if (learned.kind !== null) return learned.kind
  const values = await session.get([SYSTEM.objectId, SYSTEM.descr], options)
  const kind = {
    objectId: textOf(values.get(SYSTEM.objectId))?.replace(/^\./, "") ?? "",
    descr: textOf(values.get(SYSTEM.descr)) ?? "",
  }
  if (session.abortError === null) learned.kind = kind
  return kind
}

export const namesOfPorts = async (poll: Poll): Promise<ReadonlyMap<string, string>> => {
  const { learned, session, options } = poll
  if (learned.ports !== null) return learned.ports
  const { name, descr, mac, alias } = PORT
  const table = await session.columns({ name, descr, mac, alias }, options)
  const names = portNames(table, indexesOf([table.name, table.descr]))
  if (session.abortError === null) learned.ports = names
  return names
}

export const entitiesOf = async (poll: Poll): Promise<Entities> => {
  const { learned, session, options } = poll
  if (learned.entities !== null) return learned.entities
  const limit = { ...options, maxRows: MAX_ENTITIES }
  const table = await session.columns(
    { descr: `${ENTITY}.2`, inside: `${ENTITY}.4`, kind: `${ENTITY}.5`, name: `${ENTITY}.7` },
    limit,
  )
  const { alias } =
    table.inside.size === 0
      ? { alias: NONE }
      : await session.columns({ alias: ENTITY_ALIAS }, limit)
  const entities = entitiesFrom(table, alias)
  if (session.abortError === null) learned.entities = entities
  return entities
}

const IF_INDEX = /^1\.3\.6\.1\.2\.1\.(?:2\.2\.1|31\.1\.1\.1)\.\d{1,2}\.(\d{1,10})$/

export const entitiesFrom = (
  table: Readonly<Record<"descr" | "inside" | "kind" | "name", Column>>,
  alias: Column,
): Entities => {
  const names = new Map<string, string>()
  for (const index of indexesOf([table.name, table.descr])) {
    const name = textOf(table.name.get(index)) ?? textOf(table.descr.get(index))
    if (name !== null) names.set(index, name)
  }
  const ports = new Map<string, number>()
  for (const [index, target] of alias) {
    const [entity = ""] = index.split(".", 1)
    const ifIndex = IF_INDEX.exec(String(target).replace(/^\./, ""))?.[1]
    if (ifIndex !== undefined && !ports.has(entity)) ports.set(entity, Number(ifIndex))
  }
  const ifIndexOf = (entity: string): number | null => {
    let at = entity
    for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
      const own = ports.get(at)
      if (own !== undefined) return own
      const outer = numberOf(table.inside.get(at))
      if (outer === null || outer <= 0 || String(outer) === at) return null
      at = String(outer)
    }
    return null
  }
  return { names, ifIndexOf, classOf: (entity) => numberOf(table.kind.get(entity)) }
}
