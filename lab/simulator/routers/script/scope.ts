/** Names and their values. A global is visible only where it is declared; its owner keeps it. */
import { NOTHING } from "./literal.ts"
import type { Value } from "./value.ts"

export type Globals = Map<string, Value>
type Cell =
  | { readonly kind: "local"; value: Value }
  | { readonly kind: "global"; readonly name: string; readonly of: Globals }

export type Scope = { readonly names: Map<string, Cell>; readonly outer: Scope | null }

export const scopeIn = (outer: Scope | null): Scope => ({ names: new Map(), outer })

export const declareLocal = (scope: Scope, name: string, value: Value): void => {
  scope.names.set(name, { kind: "local", value })
}
export const declareGlobal = (scope: Scope, name: string, of: Globals): void => {
  scope.names.set(name, { kind: "global", name, of })
}

const cellOf = (scope: Scope, name: string): Cell | undefined => {
  for (let each: Scope | null = scope; each !== null; each = each.outer) {
    const cell = each.names.get(name)
    if (cell !== undefined) return cell
  }
  return undefined
}

const read = (cell: Cell): Value =>
  cell.kind === "local" ? cell.value : (cell.of.get(cell.name) ?? NOTHING)

export const lookUp = (scope: Scope, name: string): Value => {
  const cell = cellOf(scope, name)
  return cell === undefined ? NOTHING : read(cell)
}

/**
 * Nothing deletes a global. An undeclared name is a parameter: it is set in the outermost scope.
 */
export const assign = (scope: Scope, name: string, value: Value): void => {
  const cell = cellOf(scope, name)
  if (cell === undefined) {
    let outermost = scope
    while (outermost.outer !== null) outermost = outermost.outer
    declareLocal(outermost, name, value)
  } else if (cell.kind === "local") cell.value = value
  else if (value.type === "nothing") cell.of.delete(cell.name)
  else cell.of.set(cell.name, value)
}
