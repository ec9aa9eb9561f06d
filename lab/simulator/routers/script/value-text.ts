/** Values as text, and the names of their types. */
import { formatTime } from "./times.ts"
import type { ArrayItem, Value } from "./value.ts"

/**
 * Functions from `do={…}` have the type array, as on a router; `[:parse …]` gives code, `(>[…])` an
 * op.
 */
const kinds = new WeakMap<Value, "function" | "op">()
export const asKind = (code: Value, kind: "function" | "op"): Value => {
  kinds.set(code, kind)
  return code
}

export const typeOf = (value: Value): string => {
  if (value.type !== "code") return value.type
  const kind = kinds.get(value)
  return kind === "function" ? "array" : kind === "op" ? "op" : "code"
}

const itemText = ({ key, value }: ArrayItem): string =>
  key === null ? toText(value) : `${key}=${toText(value)}`

export const toText = (value: Value): string => {
  switch (value.type) {
    case "nothing":
    case "nil":
      return ""
    case "bool":
      return value.is ? "true" : "false"
    case "num":
      return String(value.is)
    case "time":
      return formatTime(value.ns)
    case "array":
      return value.items.map(itemText).join(";")
    case "code":
      return kinds.get(value) === "function" ? ";(code)" : "(code)"
    case "str":
    case "id":
    case "ip":
    case "ip-prefix":
    case "ip6":
    case "ip6-prefix":
      return value.is
  }
}
