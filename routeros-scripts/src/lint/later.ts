/** What script text is before it is kept: put together of literals, and of variables that hold literals. */
import type { Value } from "../check/syntax.ts"
import { givenIn, type Nested, plainOf, type Site } from "./walk.ts"

/** Text, and whether all of it is known: what is not stands in it as 0. */
export type Held = { readonly text: string; readonly isWhole: boolean }

type Known = ReadonlyMap<string, Held>
const UNKNOWN: Held = { text: "0", isWhole: false }

const joined = (parts: readonly Held[]): Held => ({
  text: parts.map(({ text }) => text).join(""),
  isWhole: parts.every(({ isWhole }) => isWhole),
})

const heldIn = (value: Value, known: Known): Held => {
  if (value.kind === "word") return { text: value.text, isWhole: true }
  if (value.kind === "variable") return known.get(value.name) ?? UNKNOWN
  if (value.kind === "group") return heldIn(value.value, known)
  if (value.kind === "binary" && value.operator === ".") return chained(value, known)
  if (value.kind !== "string") return UNKNOWN
  return joined(
    value.parts.map((part) => (part.kind === "text" ? { text: part.text, isWhole: true } : heldIn(part.value, known))),
  )
}

/** `a . b . c` leans to the left and may be long: no recursion. */
const chained = (value: Value, known: Known): Held => {
  const parts: Held[] = []
  let at = value
  while (at.kind === "binary" && at.operator === ".") {
    parts.push(heldIn(at.right, known))
    at = at.left
  }
  return joined([heldIn(at, known), ...parts.toReversed()])
}

/**
 * Every script text that a text holds, as far as it is known where it is kept. A variable is what was last put into it above, wherever that
 * was; one that is put together in a loop is unknown.
 */
export const laterTexts = (sites: readonly Site[]): readonly (readonly [Nested, Held])[] => {
  const known = new Map<string, Held>()
  const later: (readonly [Nested, Held])[] = []
  for (const site of sites) {
    if (site.kind === "nested" && site.nested.value.kind !== "code") later.push([site.nested, heldIn(site.nested.value, known)])
    if (site.kind !== "command" || !/^\/(local|global|set)$/.test(site.command.path)) continue
    const target = givenIn(site.command, "name")
    const name = target?.kind === "variable" ? target.name : plainOf(target)
    const value = givenIn(site.command, "value")
    if (name === undefined) continue
    const isLooped = site.scene.around !== null && /^\/(for|foreach|while)$/.test(site.scene.around.path)
    known.set(name, value === undefined || isLooped ? UNKNOWN : heldIn(value, known))
  }
  return later
}
