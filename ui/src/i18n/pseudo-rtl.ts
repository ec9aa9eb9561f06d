import type { Translation } from "./translation.ts"

const RLO = "\u202E"
const PDF = "\u202C"

/**
 * Turns all texts of a catalogue right to left: a text that is not turned is not from the
 * catalogue.
 */
export const pseudoRtl = <T>(table: T): Translation<T> => turn(table) as Translation<T>

const turn = (value: unknown): unknown => {
  if (typeof value === "string") return value === "" ? "" : `${RLO}${value}${PDF}`
  if (typeof value === "function")
    return (...args: readonly unknown[]): unknown => turn(Reflect.apply(value, undefined, args))
  if (Array.isArray(value)) return value.map(turn)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, turn(each)]))
}
