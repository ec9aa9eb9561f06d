/** ENTITY-MIB (RFC 6933): finds the chassis among all components of a device. */
import type { QueryOptions, SnmpSession } from "../client/session.ts"
import { numberOf } from "../client/values.ts"

const ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
const COLUMN = {
  descr: `${ENTITY}.2`,
  class: `${ENTITY}.5`,
  software: `${ENTITY}.10`,
  serial: `${ENTITY}.11`,
  vendor: `${ENTITY}.12`,
  model: `${ENTITY}.13`,
} as const
const CHASSIS = 3
const BACKPLANE = 4
const STACK = 11
/** A router with many cards has thousands of entities; the chassis comes first. */
const MAX_ENTITIES = 120

export type Chassis = Readonly<
  Record<"descr" | "software" | "serial" | "vendor" | "model", unknown>
>

/** Null if the device has no such table. Without classes, it is the first entity with a model. */
export const readChassis = async (
  session: SnmpSession,
  options: QueryOptions,
): Promise<Chassis | null> => {
  const limit = { ...options, maxRows: MAX_ENTITIES }
  const { kind } = await session.columns({ kind: COLUMN.class }, limit)
  const classes = [...kind].map(([index, value]) => [index, numberOf(value)] as const)
  const byClass = (classId: number) => classes.find(([, value]) => value === classId)?.[0]
  const index =
    byClass(CHASSIS) ??
    byClass(STACK) ??
    (kind.size > 0 ? null : await firstWithModel(session, limit))
  if (index === null || index === undefined) return null
  const { class: _, ...classId } = COLUMN
  const values = await session.get(
    Object.values(classId).map((root) => `${root}.${index}`),
    options,
  )
  const at = (root: string): unknown => values.get(`${root}.${index}`)
  // Some chassis have their serial number on the backplane.
  const backplane = isBlank(at(COLUMN.serial)) ? byClass(BACKPLANE) : undefined
  const plate = `${COLUMN.serial}.${backplane}`
  const serial =
    backplane === undefined ? at(COLUMN.serial) : (await session.get([plate], options)).get(plate)
  return {
    descr: at(COLUMN.descr),
    software: at(COLUMN.software),
    serial,
    vendor: at(COLUMN.vendor),
    model: at(COLUMN.model),
  }
}

const firstWithModel = async (
  session: SnmpSession,
  options: QueryOptions,
): Promise<string | null> => {
  const { model } = await session.columns({ model: COLUMN.model }, options)
  for (const [index, value] of model) if (!isBlank(value)) return index
  return null
}

const isBlank = (value: unknown): boolean =>
  !Buffer.isBuffer(value) || !value.some((byte) => byte > 0x20)
