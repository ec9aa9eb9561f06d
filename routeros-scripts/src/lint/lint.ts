/**
 * Our own lint: traps that a router accepts without an error, found in a script and in the scripts
 * it contains. Pure; one table of rules.
 */
import { checkScript, type Release } from "../check/check.ts"
import { OUTSIDE } from "../check/reader.ts"
import { bytesOf, type Place, placeOf } from "../check/text.ts"
import { type KnownText, nestedTexts } from "./nested-text.ts"
import type { Rule, Text } from "./rule.ts"
import { GLOBALS_RULES } from "./rules-globals.ts"
import { LANGUAGE_RULES } from "./rules-language.ts"
import { ROUTER_RULES } from "./rules-router.ts"
import { type Nested, namesIn, sitesIn } from "./walk.ts"

export type { Rule } from "./rule.ts"
export const RULES: readonly Rule[] = [...LANGUAGE_RULES, ...ROUTER_RULES, ...GLOBALS_RULES]
/** The rule of a text that cannot be read and that no other rule explains. */
export const REJECTED = "rejected"

export type Finding = Place & {
  readonly rule: string
  readonly what: string
  readonly detail: string
  readonly why: string
  /**
   * The position in script text that the script contains: `on-event, line 3 column 5`; line and
   * column of the finding are then those in the outer script.
   */
  readonly within: string | null
}

const rejectionFinding = (
  bytes: string,
  place: Place,
  message: string,
  release: Release,
): Omit<Finding, keyof Place | "within"> => {
  let at = 0
  for (let line = 1; line < place.line; line += 1) at = bytes.indexOf("\n", at) + 1
  at += place.column - 1
  const rule = RULES.find(
    (each) => each.kind === "rejected" && each.explains(bytes, at, release.name),
  )
  if (rule === undefined)
    return {
      rule: REJECTED,
      what: "text that the router rejects",
      detail: message,
      why: "none of it would run",
    }
  return { rule: rule.id, what: rule.what, detail: message, why: rule.why }
}

/** The name of a stored script is not script text. */
const isName = (text: string): boolean => /^[A-Za-z0-9_-]*$/.test(text)

const inNested = (nested: Nested, content: KnownText, outer: Text): readonly Finding[] => {
  if (isName(content.text)) return []
  const place = placeOf(outer.bytes, nested.value.span.start)
  return findings(content.text, content.isComplete, outer.release, nested).map((finding) => ({
    ...finding,
    ...place,
    within: [`${nested.argument}, line ${finding.line} column ${finding.column}`, finding.within]
      .filter((each) => each !== null)
      .join("; "),
  }))
}

type How = Pick<Nested, "runs" | "isNetwatch">
const findings = (
  source: string | Uint8Array,
  isComplete: boolean,
  release: Release,
  how: How,
): readonly Finding[] => {
  const bytes = bytesOf(source)
  const result = checkScript(source, release)
  if (!result.ok) {
    if (result.message.startsWith(OUTSIDE) || !isComplete) return []
    const { line, column } = result
    return [
      { line, column, within: null, ...rejectionFinding(bytes, result, result.message, release) },
    ]
  }
  const sites = sitesIn(result.script, how.runs, how.isNetwatch)
  const text: Text = {
    bytes,
    release,
    sites,
    nestedTexts: nestedTexts(sites),
    names: namesIn(sites),
  }
  const here = RULES.flatMap((rule) =>
    rule.kind === "rejected"
      ? []
      : rule.check(text).map(({ span, detail }): Finding => {
          const { id, what, why } = rule
          return { ...placeOf(bytes, span.start), rule: id, what, detail, why, within: null }
        }),
  )
  return [
    ...here,
    ...text.nestedTexts.flatMap(([nested, content]) => inNested(nested, content, text)),
  ]
}

/** All findings in a script, given as text or as the bytes of its file, in line order. */
export const lintScript = (source: string | Uint8Array, release: Release): readonly Finding[] =>
  [...findings(source, true, release, { runs: "at once", isNetwatch: false })].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  )
