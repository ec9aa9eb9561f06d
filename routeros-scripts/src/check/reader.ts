/** The state of the reader and its basic steps: position, blanks, rejections. */
import type { Menu } from "./menus.ts"
import type { Statement, Value } from "./syntax.ts"

/** The first error of a router for a text. `at` is an offset in bytes. */
export type Rejection = { readonly at: number; readonly message: string }

/**
 * Ends reading at once. Thrown and caught only inside this folder; otherwise every signature would
 * carry the result.
 */
export class RejectionError extends Error {
  readonly rejection: Rejection
  constructor(at: number, message: string) {
    super(message)
    this.rejection = { at, message }
  }
}

/** Names that `:set` accepts. The body of a function does not see declarations around it. */
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
  /** Unknown parameters are reported like unknown commands (from 7.23) and do not end reading. */
  readonly continuesAfterParameters: boolean
  /** Accepts `/system/identity` as well as `/system identity`: since RouterOS 7. */
  readonly acceptsSlashes: boolean
  /** Faults that are reported only if the whole text can be read. */
  readonly deferred: Rejection[]
  /** `add` commands, to be checked for required arguments. */
  readonly adds: { readonly path: string; readonly at: number; readonly given: readonly string[] }[]
  at: number
  menu: Menu
  scope: Scope
  depth: number
}

export const SYNTAX = "syntax error"
export const END = "expected end of command"
export const NAME = "expected command name"
/**
 * The only message that no router gives: the release has the menu, but the table does not contain
 * its syntax.
 */
export const OUTSIDE = "not in this product's table"

export const reject = (at: number, message: string): never => {
  throw new RejectionError(at, message)
}

export const peek = (r: Reader, ahead = 0): string => r.bytes[r.at + ahead] ?? ""
export const startsWith = (r: Reader, text: string): boolean => r.bytes.startsWith(text, r.at)

const isSpace = (c: string): boolean => c === " " || c === "\t" || c === "\r"
/** ASCII only: `\s` would also match the byte A0, which is part of letters such as `à`. */
export const isBlankOrLineEnd = (c: string): boolean =>
  isSpace(c) || c === "\n" || c === "\v" || c === "\f"

/**
 * A backslash joins lines, also with blanks after it; before any other blank it is a blank itself.
 */
const JOINT = /\\[ \t]*\r?\n|\\[ \t\r\v\f]/y

export const isJoint = (r: Reader): boolean => {
  JOINT.lastIndex = r.at
  return JOINT.test(r.bytes)
}

/** Skips blanks, and a backslash before a blank or a line end; returns whether there were any. */
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

/** Skips blanks, line ends and comment lines, inside brackets. */
export const skipSpace = (r: Reader): void => {
  for (;;) {
    skipBlanks(r)
    if (peek(r) !== "\n" && !startsWith(r, "\r\n")) return
    r.at += peek(r) === "\n" ? 1 : 2
    skipBlanks(r)
    if (peek(r) === "#") consume(r, /[^\n]*/y)
  }
}

/** The end of a command: the end of the text or of the line, a semicolon, a closing bracket. */
export const isAtEnd = (r: Reader): boolean => {
  const c = peek(r)
  return c === "" || c === "\n" || c === ";" || c === "}" || c === "]" || startsWith(r, "\r\n")
}

/** Reads past the match of a sticky pattern; returns the match. */
export const consume = (r: Reader, pattern: RegExp): string => {
  pattern.lastIndex = r.at
  const found = pattern.exec(r.bytes)?.[0] ?? ""
  r.at += found.length
  return found
}

/** Brackets nested deeper than this are rejected. */
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
