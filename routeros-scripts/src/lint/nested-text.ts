/**
 * Script text before it is stored: a concatenation of literals and of variables that hold literals.
 */
import type { Value } from "../check/syntax.ts"
import { argumentValue, literalText, type Nested, type Site } from "./walk.ts"

/** The text, and whether all of it is known; unknown pieces are 0 in it. */
export type KnownText = { readonly text: string; readonly isComplete: boolean }

type Known = ReadonlyMap<string, KnownText>
const UNKNOWN: KnownText = { text: "0", isComplete: false }

const joined = (parts: readonly KnownText[]): KnownText => ({
  text: parts.map(({ text }) => text).join(""),
  isComplete: parts.every(({ isComplete }) => isComplete),
})

const resolveText = (value: Value, known: Known): KnownText => {
  if (value.kind === "word") return { text: value.text, isComplete: true }
  if (value.kind === "variable") return known.get(value.name) ?? UNKNOWN
  if (value.kind === "group") return resolveText(value.value, known)
  if (value.kind === "binary" && value.operator === ".") return chained(value, known)
  if (value.kind !== "string") return UNKNOWN
  return joined(
    value.parts.map((part) =>
      part.kind === "text" ? { text: part.text, isComplete: true } : resolveText(part.value, known),
    ),
  )
}

/** `a . b . c` is left-associative and may be long, so this does not recurse. */
const chained = (value: Value, known: Known): KnownText => {
  const parts: KnownText[] = []
  let at = value
  while (at.kind === "binary" && at.operator === ".") {
    parts.push(resolveText(at.right, known))
    at = at.left
  }
  return joined([resolveText(at, known), ...parts.toReversed()])
}

/**
 * Every script text that a text contains, as far as it is known where it is stored. A variable has
 * the value last assigned above it, in any scope; one that is built up in a loop is unknown.
 */
export const nestedTexts = (sites: readonly Site[]): readonly (readonly [Nested, KnownText])[] => {
  const known = new Map<string, KnownText>()
  const found: (readonly [Nested, KnownText])[] = []
  for (const site of sites) {
    if (site.kind === "nested" && site.nested.value.kind !== "code")
      found.push([site.nested, resolveText(site.nested.value, known)])
    if (site.kind !== "command" || !/^\/(local|global|set)$/.test(site.command.path)) continue
    const target = argumentValue(site.command, "name")
    const name = target?.kind === "variable" ? target.name : literalText(target)
    const value = argumentValue(site.command, "value")
    if (name === undefined) continue
    const isLooped =
      site.context.enclosing !== null && /^\/(for|foreach|while)$/.test(site.context.enclosing.path)
    known.set(name, value === undefined || isLooped ? UNKNOWN : resolveText(value, known))
  }
  return found
}
