import type { Translation } from "./translation.ts"

const RLO = "\u202E"
const PDF = "\u202C"

/** Every text of a table, letters written right to left: what is not turned is not from the table. */
export const pseudoRtl = <T>(table: T): Translation<T> => turn(table) as Translation<T>

const turn = (value: unknown): unknown => {
  if (typeof value === "string") return value === "" ? "" : `${RLO}${value}${PDF}`
  if (typeof value === "function")
    return (...args: readonly unknown[]): unknown => turn(Reflect.apply(value, undefined, args))
  if (Array.isArray(value)) return value.map(turn)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, turn(each)]))
}
