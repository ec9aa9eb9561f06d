/**
 * What makes a short file slow to parse: the parser calls itself for each level, reports each
 * property that nothing follows, and compares each key with all others of its map. Without these
 * limits, a request of 200 kB takes up to 25 s, in which nothing else is evaluated.
 */
import { isScalar, Lexer, visit } from "yaml"

/** Rules have six levels or so. */
const MAX_DEPTH = 50
/** Anchors, aliases and tags. */
const MAX_PROPERTIES = 1_000

export type YamlFault = { readonly offset: number; readonly text: string }

/** Of the text before it is parsed. */
export const costlyYaml = (text: string): YamlFault | null => {
  let offset = 0
  let inFlow = 0
  let inLine = 0
  let properties = 0
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") inFlow += 1
    else if (token === "]" || token === "}") inFlow = Math.max(0, inFlow - 1)
    else if (token === "-" || token === "?") inLine += 1
    else if (token.startsWith("\n") || token.startsWith("\r")) inLine = 0
    else if (/^[&*!]/.test(token)) properties += 1
    if (inFlow > MAX_DEPTH || inLine > MAX_DEPTH)
      return { offset, text: `more than ${MAX_DEPTH} levels` }
    if (properties > MAX_PROPERTIES)
      return { offset, text: `more than ${MAX_PROPERTIES} anchors, aliases and tags` }
    if (!MARKS.has(token)) offset += token.length
  }
  return null
}
/** Tokens of the lexer that are not in the text: BOM, new document, end of a flow, a scalar. */
const MARKS = new Set(["\u{2}", "\u{18}", "\u{1f}"])

/** The parser's own check compares each key with each other one. */
export const repeatedKeys = (document: Parameters<typeof visit>[0]): readonly YamlFault[] => {
  const faults: YamlFault[] = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value))
          faults.push({ offset: key.range?.[0] ?? 0, text: "Map keys must be unique" })
        seen.add(key.value)
      }
    },
  })
  return faults
}
