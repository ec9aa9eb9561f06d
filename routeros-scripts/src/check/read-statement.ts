/** Statements: comments, paths, blocks, calls. */
import { type Found, lookUp, type Menu, menuAt } from "./menus.ts"
import { readArguments, readLooseArguments } from "./read-arguments.ts"
import { readCode, readDollar, readGroup, readRun } from "./read-value.ts"
import {
  consume,
  END,
  isAtEnd,
  NAME,
  OUTSIDE,
  peek,
  type Reader,
  reject,
  SYNTAX,
  skipBlanks,
} from "./reader.ts"
import type { Command, Statement, Value } from "./syntax.ts"

/** Reads up to and past the closing bracket, or to the end of the text if none is expected. */
export const readStatements = (r: Reader, closing: "" | "]" | "}"): readonly Statement[] => {
  const statements: Statement[] = []
  for (;;) {
    skipBlanks(r)
    const c = peek(r)
    if (c === "\n" || c === ";" || c === "\r") r.at += 1
    else if (c === "#") consume(r, /[^\n]*/y)
    else if (c === closing) {
      r.at += closing.length
      return statements
    } else if (c === "") reject(r.at, SYNTAX)
    else statements.push(readStatement(r, closing))
  }
}

const readStatement = (r: Reader, closing: string): Statement => {
  const c = peek(r)
  const statement =
    c === "{"
      ? readBlock(r, r.menu)
      : c === "$" || c === "[" || c === "("
        ? readCall(r)
        : readPath(r)
  const statementEnd = r.at
  skipBlanks(r)
  const isBare = statement.kind === "call" && statement.args.length === 0
  if (!isAtEnd(r))
    reject(
      isBare ? statementEnd : r.at,
      statement.kind === "call" || (statement.kind === "command" && !statement.isKnown)
        ? SYNTAX
        : END,
    )
  if ((peek(r) === "]" || peek(r) === "}") && peek(r) !== closing) reject(r.at, SYNTAX)
  return statement
}

/** A block looks up its commands in its menu, and its changes of the menu end with it. */
const readBlock = (r: Reader, menu: Menu): Statement => {
  const start = r.at
  const outerMenu = r.menu
  r.menu = menu
  const code = readCode(r, false)
  r.menu = outerMenu
  return {
    kind: "block",
    path: menu.path,
    statements: code.kind === "code" ? code.statements : [],
    span: { start, end: r.at },
  }
}

const readCall = (r: Reader): Statement => {
  const start = r.at
  const c = peek(r)
  const callee: Value =
    c === "$" ? readDollar(r) : c === "[" ? readRun(r) : readGroup(r, "statement")
  const args = readLooseArguments(r, true)
  return { kind: "call", callee, args, span: { start, end: r.at } }
}

const NAME_TEXT = /[a-z0-9._-]+/y

const above = (r: Reader, menu: Menu): Menu =>
  menuAt(r.root, menu.path.slice(0, Math.max(0, menu.path.lastIndexOf("/")))) ?? r.root

/** The result of one more word of a path: a menu to continue from, or a whole statement. */
type PathStep = { readonly menu: Menu } | { readonly statement: Statement }

const readPath = (r: Reader): Statement => {
  const start = r.at
  const c = peek(r)
  const isAbsolute = c === ":" || c === "/"
  let menu = isAbsolute ? r.root : r.menu
  if (isAbsolute) {
    r.at += 1
    skipBlanks(r)
    if (c === "/" && isAtEnd(r)) return navigate(r, start, menu)
  }
  for (let isFirst = !isAbsolute; ; isFirst = false) {
    const step = readPathWord(r, { menu, start, isFirst, keepsMenu: c === ":" })
    if ("statement" in step) return step.statement
    menu = step.menu
    if (peek(r) === "/") {
      r.at += 1
      skipBlanks(r)
    } else if (!skipBlanks(r) && !isAtEnd(r) && peek(r) !== "{") reject(r.at, NAME)
    else skipBlanks(r)
    if (isAtEnd(r)) return navigate(r, start, menu)
    if (peek(r) === "{") return readBlock(r, menu)
  }
}

const readPathWord = (
  r: Reader,
  from: {
    readonly menu: Menu
    readonly start: number
    /** Only the first word of a relative path may be a scripting command. */
    readonly isFirst: boolean
    readonly keepsMenu: boolean
  },
): PathStep => {
  const { menu, start } = from
  const at = r.at
  const word = consume(r, NAME_TEXT)
  if (word === "") reject(at, NAME)
  if (peek(r) === "/" && !r.acceptsSlashes)
    reject(at, `bad command name ${word}${consume(r, /[a-z0-9._/-]*/y)}`)
  if (word === "..") return { menu: above(r, menu) }
  const here = lookUp(menu, word, peek(r) === "/")
  const found = here ?? (from.isFirst ? scriptingCommand(r, word) : undefined)
  if (found === undefined)
    return { statement: readUnknown(r, start, at, `${menu.path}/${word}`, word) }
  if (found.kind === "outside") return rejectOutside(r, at, `${menu.path}/${found.name}`)
  if (found.kind === "menu") return { menu: found.menu }
  const path = `${here === undefined ? "" : menu.path}/${found.name}`
  const nameSpan = { start: at, end: r.at }
  const args = readArguments(r, path, found.command, at, from.keepsMenu)
  const span = { start, end: r.at }
  return { statement: { kind: "command", path, isKnown: true, args, nameSpan, span } }
}

const navigate = (r: Reader, start: number, menu: Menu): Statement => {
  r.menu = menu
  return { kind: "menu", path: menu.path, span: { start, end: r.at } }
}

/** `put` and other scripting commands are found from every menu, by their full name. */
const scriptingCommand = (r: Reader, word: string): Found | undefined => {
  const command = r.root.commands.get(word)
  return command === undefined ? undefined : { kind: "command", name: word, command }
}

/** An unknown command: reported after the whole text is read; its arguments are read loosely. */
const readUnknown = (r: Reader, start: number, at: number, path: string, word: string): Command => {
  r.deferred.push({ at, message: `bad command name ${word}` })
  const nameSpan = { start: at, end: r.at }
  if (!isAtEnd(r) && !skipBlanks(r)) reject(r.at, SYNTAX)
  const args = readLooseArguments(r, false)
  return { kind: "command", path, isKnown: false, args, nameSpan, span: { start, end: r.at } }
}

/**
 * The syntax after this entry is unknown, so reading ends here. An earlier fault is reported first.
 */
const rejectOutside = (r: Reader, at: number, path: string): never => {
  const [first] = [...r.deferred].sort((a, b) => a.at - b.at)
  if (first !== undefined && first.at < at) reject(first.at, first.message)
  return reject(at, `${OUTSIDE}: ${path}`)
}
