/**
 * What makes a short file slow to parse: the parser calls itself for each level, reports each
 * property that nothing follows, and compares each key with all others of its map. Without these
 * limits, a request of 200 kB takes up to 25 s, in which nothing else is evaluated.
 */
import { isScalar, Lexer, visit, type YAMLError } from "yaml"
import { YAML_LIMITS, type YamlFaultCode } from "../../../api/rule-messages.ts"

export type YamlFault = { readonly offset: number; readonly fault: YamlFaultCode }

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
    if (inFlow > YAML_LIMITS.depth || inLine > YAML_LIMITS.depth)
      return { offset, fault: "too-deep" }
    if (properties > YAML_LIMITS.marks) return { offset, fault: "too-many-marks" }
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
        if (seen.has(key.value)) faults.push({ offset: key.range?.[0] ?? 0, fault: "same-key" })
        seen.add(key.value)
      }
    },
  })
  return faults
}

const FAULTS: Partial<Readonly<Record<YAMLError["code"], YamlFaultCode>>> = {
  ALIAS_PROPS: "alias",
  BAD_ALIAS: "alias",
  BAD_COLLECTION_TYPE: "tag",
  BAD_DQ_ESCAPE: "escape",
  BAD_INDENT: "indent",
  BAD_PROP_ORDER: "tag",
  BAD_SCALAR_START: "start",
  BLOCK_AS_IMPLICIT_KEY: "two-colons",
  DUPLICATE_KEY: "same-key",
  MISSING_CHAR: "character",
  MULTILINE_IMPLICIT_KEY: "key-lines",
  MULTIPLE_ANCHORS: "tag",
  MULTIPLE_DOCS: "documents",
  MULTIPLE_TAGS: "tag",
  RESOURCE_EXHAUSTION: "too-deep",
  TAB_AS_INDENT: "tab",
  TAG_RESOLVE_FAILED: "tag",
}
/** Where one code of the parser is about several things, its text says which. */
const BY_TEXT: readonly (readonly [RegExp, YamlFaultCode])[] = [
  [/^Missing closing .quote/, "quote"],
  [/^Implicit map keys? need/, "colon"],
  [/^Sequence item without|^A block sequence may not/, "indent"],
  [/must (?:be sufficiently indented and )?end with a/, "bracket"],
]
/** What an error of the parser means to who wrote the file. */
export const yamlFaultOf = ({
  code,
  message,
}: Pick<YAMLError, "code" | "message">): YamlFaultCode =>
  BY_TEXT.find(([text]) => text.test(message))?.[1] ?? FAULTS[code] ?? "unexpected"
