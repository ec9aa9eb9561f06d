/** The reader's state and its smallest steps: where it stands, what it may skip, what a refusal is. */
import type { Menu } from "./menus.ts"
import type { Statement, Value } from "./syntax.ts"

/** What a router says first of a text it will not take. `at` is an offset in bytes. */
export type Rejection = { readonly at: number; readonly message: string }

/** Ends reading at once. Thrown and caught inside this folder alone: the depth of the text would else be in every signature. */
export class RejectionError extends Error {
  readonly rejection: Rejection
  constructor(at: number, message: string) {
    super(message)
    this.rejection = { at, message }
  }
}

/** Names that `:set` may be given. A function's body does not see what is declared around it. */
export type Scope = { readonly names: Set<string>; readonly outer: Scope | null }

/**
 * Where an expression is. In brackets, line ends are blanks and bare words are names; a condition
 * ends with its command. If something is missing before a closing bracket, the router reports the
 * position after the bracket, except in a statement that is one bracketed expression.
 */
export type Place = "brackets" | "statement" | "condition" | "in condition"

/** The parts of the grammar that values contain again: `[…]` and `{…}` hold statements. */
export type Grammar = {
  /** Reads up to and past the closing bracket, or to the end of the text if none is expected. */
  readonly readStatements: (r: Reader, closing: "" | "]" | "}") => readonly Statement[]
  readonly readExpression: (r: Reader, place: Place) => Value
}

export type Reader = {
  readonly bytes: string
  /** Here and not imported, because statements contain values and values contain statements. */
  readonly grammar: Grammar
  readonly root: Menu
  /** Unknown parameters are told like unknown commands (from 7.23) and do not end the reading. */
  readonly continuesAfterParameters: boolean
  /** `/system/identity` as well as `/system identity`: since RouterOS 7. */
  readonly acceptsSlashes: boolean
  /** What is told only if the whole text can be read. */
  readonly deferred: Rejection[]
  /** `add` commands without something they need. */
  readonly adds: { readonly path: string; readonly at: number; readonly given: readonly string[] }[]
  at: number
  menu: Menu
  scope: Scope
  depth: number
}

export const SYNTAX = "syntax error"
export const END = "expected end of command"
export const NAME = "expected command name"
/** The one message that no router gives: the release has it, and the table at hand does not tell how it is read. */
export const OUTSIDE = "not in this product's table"

export const reject = (at: number, message: string): never => {
  throw new RejectionError(at, message)
}

export const peek = (r: Reader, ahead = 0): string => r.bytes[r.at + ahead] ?? ""
export const startsWith = (r: Reader, text: string): boolean => r.bytes.startsWith(text, r.at)

const isSpace = (c: string): boolean => c === " " || c === "\t" || c === "\r"
/** Only ASCII: `\s` would also match the byte A0, which is part of letters such as `à`. */
export const isBlankOrLineEnd = (c: string): boolean =>
  isSpace(c) || c === "\n" || c === "\v" || c === "\f"

/** A backslash joins lines, also with blanks behind it; before any other blank it is one itself. */
const JOINT = /\\[ \t]*\r?\n|\\[ \t\r\v\f]/y

export const isJoint = (r: Reader): boolean => {
  JOINT.lastIndex = r.at
  return JOINT.test(r.bytes)
}

/** Blanks, and a backslash before a blank or the end of a line. */
export const skipBlanks = (r: Reader): boolean => {
  const from = r.at
  for (;;) {
    const c = peek(r)
    if (c === "\r" && peek(r, 1) === "\n") break
    if (isSpace(c)) r.at += 1
    else if (c !== "\\" || consume(r, JOINT) === "") break
  }
  return r.at > from
}

/** Blanks, line ends and lines that are comments: inside brackets. */
export const skipSpace = (r: Reader): void => {
  for (;;) {
    skipBlanks(r)
    if (peek(r) !== "\n" && !startsWith(r, "\r\n")) return
    r.at += peek(r) === "\n" ? 1 : 2
    skipBlanks(r)
    if (peek(r) === "#") consume(r, /[^\n]*/y)
  }
}

/** Nothing more of this command: the end of the text or of the line, a semicolon, a closing bracket. */
export const isAtEnd = (r: Reader): boolean => {
  const c = peek(r)
  return c === "" || c === "\n" || c === ";" || c === "}" || c === "]" || startsWith(r, "\r\n")
}

/** What the sticky pattern takes from here, read past. */
export const consume = (r: Reader, pattern: RegExp): string => {
  pattern.lastIndex = r.at
  const found = pattern.exec(r.bytes)?.[0] ?? ""
  r.at += found.length
  return found
}

/** Brackets in brackets beyond this are refused rather than followed. */
const MAX_DEPTH = 400
export const withDepth = <T>(r: Reader, read: () => T): T => {
  r.depth += 1
  if (r.depth > MAX_DEPTH) reject(r.at, SYNTAX)
  try {
    return read()
  } finally {
    r.depth -= 1
  }
}
