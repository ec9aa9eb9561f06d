/**
 * What the columns can hold. The wire allows any finite number; one that does not fit would stop the
 * whole batch.
 */
import type { Facts } from "@ispvm/wire"
import { type ColumnType, type Family, numberOf, type StoredField } from "@ispvm/wire/families"

const INT = 2_147_483_647
/** bit/s, bytes, seconds: a petabit, and an hour of such sums still fits into a bigint. */
const BIG = 1e15
const MAX: Readonly<Record<ColumnType, number>> = {
  boolean: 1,
  smallint: 32_767,
  int: INT,
  bigint: BIG,
  real: BIG,
  "double precision": 1e300,
}

const tooLarge = (name: string, value: number | null, max: number): string | null =>
  value !== null && Math.abs(value) > max ? `${name}: ${value} is more than can be (${max})` : null

const nameOf = ({ name, field }: StoredField): string => field.path?.join(".") ?? name

/** What is wrong with a sample, or null. */
export const sampleOutOfRange = (family: Family, sample: object): string | null => {
  for (const stored of family.fields) {
    const error = tooLarge(nameOf(stored), numberOf(stored, sample), MAX[stored.type])
    if (error !== null) return error
  }
  return null
}

export const factsOutOfRange = ({ interfaces }: Facts): string | null => {
  for (const [index, { mtu, speedBps, ifIndex }] of (interfaces ?? []).entries()) {
    const error =
      tooLarge("mtu", mtu, INT) ??
      tooLarge("speedBps", speedBps, BIG) ??
      tooLarge("ifIndex", ifIndex, BIG)
    if (error !== null) return `interfaces.${index}.${error}`
  }
  return null
}
