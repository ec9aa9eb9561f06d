/** Values: words, strings, variables, `[…]`, `(…)`, arrays. */
import {
  consume,
  type Place,
  peek,
  type Reader,
  reject,
  SYNTAX,
  skipBlanks,
  skipSpace,
  withDepth,
} from "./reader.ts"
import type { Item, Part, Value } from "./syntax.ts"
import { textOf } from "./text.ts"

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  _: " ",
  $: "$",
  "?": "?",
  '"': '"',
  "\\": "\\",
}

/** Reads an escape after its backslash; returns its text. */
const readEscape = (r: Reader): string => {
  const c = peek(r)
  if (consume(r, /[ \t]*\r?\n[ \t]*/y) !== "") return ""
  const hex = consume(r, /[0-9A-F]{2}/y)
  if (hex !== "") return String.fromCharCode(Number.parseInt(hex, 16))
  const plain = ESCAPES[c]
  if (plain === undefined) return reject(r.at, SYNTAX)
  r.at += 1
  return plain
}

export const readString = (r: Reader): Value => {
  const start = r.at
  const parts: Part[] = []
  let text = ""
  const flush = () => {
    if (text !== "") parts.push({ kind: "text", text: textOf(text) })
    text = ""
  }
  r.at += 1
  for (;;) {
    const c = peek(r)
    if (c === "") reject(r.at, SYNTAX)
    if (c === '"') break
    if (c === "$") {
      flush()
      parts.push({ kind: "value", value: readDollar(r) })
    } else if (c === "\\") {
      r.at += 1
      text += readEscape(r)
    } else {
      text += c
      r.at += 1
    }
  }
  r.at += 1
  flush()
  return { kind: "string", parts, span: { start, end: r.at } }
}

/**
 * `$name`, `$"any name"`, and in strings also `$(…)` and `$[…]`. In an expression, blanks may
 * precede the name.
 */
export const readDollar = (r: Reader, isSpaced = false): Value => {
  const start = r.at
  r.at += 1
  const c = peek(r)
  if (c === "(") return readGroup(r)
  if (c === "[") return readRun(r)
  if (c === '"') {
    const name = readString(r)
    const text =
      name.kind === "string"
        ? name.parts.map((part) => (part.kind === "text" ? part.text : "")).join("")
        : ""
    declareParameter(r, text)
    return { kind: "variable", name: text, span: { start, end: r.at } }
  }
  const nameStart = r.at
  if (isSpaced) skipBlanks(r)
  const name = consume(r, /[A-Za-z0-9]+/y)
  if (name === "") reject(nameStart, SYNTAX)
  declareParameter(r, name)
  return { kind: "variable", name, span: { start, end: r.at } }
}

/**
 * A name that is used without a declaration is taken as a parameter of the function, and may be set
 * from then on.
 */
const declareParameter = (r: Reader, name: string): void => {
  let scope = r.scope
  while (scope.outer !== null) scope = scope.outer
  scope.names.add(name)
}

/** `[…]`: commands, in the menu of the command around them. */
export const readRun = (r: Reader): Value =>
  withDepth(r, () => {
    const start = r.at
    const { menu } = r
    r.at += 1
    const statements = r.grammar.readStatements(r, "]")
    r.menu = menu
    return { kind: "run", statements, span: { start, end: r.at } }
  })

/** `{…}`: commands with a scope of their own. */
export const readCode = (r: Reader, isFunction: boolean, names: readonly string[] = []): Value =>
  withDepth(r, () => {
    const start = r.at
    const { menu, scope } = r
    r.scope = { names: new Set(names), outer: isFunction ? null : scope }
    r.at += 1
    const statements = r.grammar.readStatements(r, "}")
    r.menu = menu
    r.scope = scope
    return { kind: "code", statements, span: { start, end: r.at } }
  })

/** `(…)`. */
export const readGroup = (r: Reader, place: Place = "brackets"): Value =>
  withDepth(r, () => {
    const start = r.at
    r.at += 1
    const value = r.grammar.readExpression(r, place)
    skipSpace(r)
    if (peek(r) !== ")") reject(r.at, SYNTAX)
    r.at += 1
    return { kind: "group", value, span: { start, end: r.at } }
  })

/** `{1;2;"a"=3}`, also with line ends or blanks between. */
export const readArray = (r: Reader): Value =>
  withDepth(r, () => {
    const start = r.at
    const items: Item[] = []
    r.at += 1
    for (;;) {
      skipSpace(r)
      if (peek(r) === "}") break
      items.push(readItem(r))
      skipSpace(r)
      if (peek(r) === ";") r.at += 1
    }
    r.at += 1
    return { kind: "array", items, span: { start, end: r.at } }
  })

/** A key is a plain word or a string; a key without a value is itself a value. */
const readItem = (r: Reader): Item => {
  const start = r.at
  const key = readKey(r)
  if (key !== undefined && peek(r) === "=") {
    r.at += 1
    skipSpace(r)
    return /[;}]/.test(peek(r))
      ? { key: null, value: key }
      : { key, value: r.grammar.readExpression(r, "brackets") }
  }
  r.at = start
  const value = r.grammar.readExpression(r, "brackets")
  return value.kind === "binary" && value.operator === "="
    ? { key: value.left, value: value.right }
    : { key: null, value }
}

const readKey = (r: Reader): Value | undefined => {
  if (peek(r) === '"') return readString(r)
  const start = r.at
  const text = consume(r, /[A-Za-z0-9./-]+/y)
  return text === "" ? undefined : { kind: "word", text, span: { start, end: r.at } }
}

const BARE = /[^ \t\r\n\v\f;"$()[\]{}='`\\]+/y
/** A value without quotes: anything up to a blank, a bracket, a quote, `$`, `=` or `;`. */
export const readWord = (r: Reader): Value => {
  const start = r.at
  const text = consume(r, BARE)
  return { kind: "word", text: textOf(text), span: { start, end: r.at } }
}
