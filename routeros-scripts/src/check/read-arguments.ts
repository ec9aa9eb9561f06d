/** The arguments of a command: named and unnamed values, flags, conditions. */
import {
  abbreviated,
  acceptsArray,
  acceptsCode,
  acceptsScript,
  type Command,
  menuAt,
  unnamedOf,
} from "./menus.ts"
import { readExpression } from "./read-expression.ts"
import {
  readArray,
  readCode,
  readDollar,
  readGroup,
  readRun,
  readString,
  readWord,
} from "./read-value.ts"
import {
  consume,
  END,
  isAtEnd,
  isBlankOrLineEnd,
  isJoint,
  peek,
  type Reader,
  RejectionError,
  reject,
  SYNTAX,
  skipBlanks,
} from "./reader.ts"
import type { Argument, Value } from "./syntax.ts"
import { textOf } from "./text.ts"

const ARGUMENT_NAME = /[A-Za-z0-9_./-]+/y

type Slots = {
  readonly path: string
  readonly command: Command
  readonly unnamed: readonly string[]
  names: string[]
  loop: readonly string[]
}

/** The arguments of a known command; stops at the first text that is none. */
export const readArguments = (
  r: Reader,
  path: string,
  command: Command,
  nameAt: number,
  keepsMenu: boolean,
): readonly Argument[] => {
  const slots: Slots = { path, command, unnamed: unnamedOf(path, command), names: [], loop: [] }
  const args: Argument[] = []
  const isFind = path.endsWith("/find") && command.args.has("where")
  const outerMenu = r.menu
  const own = menuAt(r.root, path.slice(0, path.lastIndexOf("/")))
  if (own !== undefined && own !== r.root && !keepsMenu) r.menu = own
  for (;;) {
    const hasBlank = skipBlanks(r)
    if (isAtEnd(r)) break
    if (!hasBlank && args.length === 0 && !/[($["{]/.test(peek(r))) break
    const argument = isFind ? readCondition(r, WHERE) : readArgument(r, slots)
    if (argument === undefined) break
    args.push(argument)
  }
  r.menu = outerMenu
  declare(r, path, args)
  if (path.endsWith("/add"))
    r.adds.push({
      path,
      at: nameAt,
      given: args.flatMap((argument) =>
        argument.kind === "given" && argument.name !== null ? [argument.name] : [],
      ),
    })
  return args
}

const WHERE = /where(?![A-Za-z0-9_-])/y
/** The condition after `where`, which is the only argument of `find`. */
const readCondition = (r: Reader, word: RegExp): Argument => {
  const start = r.at
  consume(r, word)
  if (r.at > start && consume(r, /=/y) !== "") {
    const valueStart = r.at
    skipBlanks(r)
    if (isAtEnd(r)) reject(valueStart, "missing value for where")
  }
  skipBlanks(r)
  const value: Value = isAtEnd(r)
    ? { kind: "nothing", span: { start: r.at, end: r.at } }
    : readExpression(r, "condition")
  return { kind: "given", name: "where", isNamed: false, value, span: { start, end: r.at } }
}

const readArgument = (r: Reader, slots: Slots): Argument | undefined => {
  const start = r.at
  const isNegated = peek(r) === "!"
  if (isNegated) r.at += 1
  const word = consume(r, ARGUMENT_NAME)
  const name =
    word === "" ? undefined : abbreviated(slots.command.args.keys(), inFamily(slots, word))
  if (name === "where") {
    r.at = start
    return readCondition(r, ARGUMENT_NAME)
  }
  if (name !== undefined && peek(r) === "=" && !isNegated) {
    r.at += 1
    const value = readValue(r, slots, name)
    slots.names.push(name)
    return { kind: "given", name, isNamed: true, value, span: { start, end: r.at } }
  }
  if (name !== undefined && !isNegated && startsWithValue(r, slots, name, word)) {
    const value = readValue(r, slots, name)
    slots.names.push(name)
    return { kind: "given", name, isNamed: true, value, span: { start, end: r.at } }
  }
  const isFlag = name !== undefined && (isNegated || isSwitch(slots, name, word))
  if (isFlag && (isAtEnd(r) || isBlankOrLineEnd(peek(r)) || isJoint(r))) {
    slots.names.push(name)
    return { kind: "flag", name, isNegated, span: { start, end: r.at } }
  }
  r.at = start
  return readUnnamed(r, slots) ?? (name === undefined ? readUnknown(r, slots) : undefined)
}

/** `.width` after `channel.frequency` is `channel.width`. */
const inFamily = (slots: Slots, word: string): string => {
  const dotted = word.startsWith(".")
    ? slots.names.findLast((name) => name.indexOf(".") > 0)
    : undefined
  return dotted === undefined || slots.command.args.has(word)
    ? word
    : dotted.slice(0, dotted.indexOf(".")) + word
}

/**
 * A value without `=`, as in `else {`, `in [find]` or `source {`. Other arguments take it by their
 * full name once the unnamed ones are present (before that, `:local value "x"` declares `value`). A
 * bare word is a value here only in scripting commands: `from 1 to 9`.
 */
const startsWithValue = (r: Reader, slots: Slots, name: string, word: string): boolean => {
  const opening = openingOf(slots, name, word)
  if (opening === undefined) return false
  const from = r.at
  if (skipBlanks(r) && opening.test(peek(r))) return true
  r.at = from
  return false
}

/** The characters such a value may begin with. */
const openingOf = (slots: Slots, name: string, word: string): RegExp | undefined => {
  const { path } = slots
  if (acceptsCode(path, name)) return /\{/
  if (name === word && !hasUnnamed(slots) && !SWITCHES.has(name))
    return isScripting(path) ? /[([{$"0-9A-Za-z.*:-]/ : /[([{$"]/
  return /^\/(do|for|foreach|while)$/.test(path) && /^(while|in|from|to|step)$/.test(name)
    ? /[([{$"]/
    : undefined
}

const isScripting = (path: string): boolean => /^\/[a-z0-9-]+$/.test(path)

const hasUnnamed = (slots: Slots): boolean =>
  slots.unnamed.some((name) => !slots.names.includes(name))
/**
 * Settings need a value; a word in the place of an unnamed value is that value unless it can only
 * be a switch. `:set once 5` names a variable.
 */
const isSwitch = (slots: Slots, name: string, word: string): boolean =>
  hasUnnamed(slots)
    ? SWITCHES.has(name) && !isScripting(slots.path)
    : SWITCHES.has(name) || name === word || !/\/(add|set)$/.test(slots.path)

/** Arguments without a value. They are switches even where an unnamed value could be. */
const SWITCHES = new Set(
  "append as-string as-value brief compact count-only detail follow follow-only force hide-sensitive once show-ids show-sensitive terse value-list verbose without-paging".split(
    " ",
  ),
)

const readUnnamed = (r: Reader, slots: Slots): Argument | undefined => {
  const start = r.at
  const name = slots.unnamed.find((each) => !slots.names.includes(each))
  if (name === undefined) return undefined
  const value = readValue(r, slots, name)
  if (r.at === start) return undefined
  slots.names.push(name)
  return { kind: "given", name, isNamed: false, value, span: { start, end: r.at } }
}

/**
 * From 7.23 on, an unknown name is reported like an unknown command, with the position after the
 * name.
 */
const readUnknown = (r: Reader, slots: Slots): Argument | undefined => {
  if (!r.continuesAfterParameters) return undefined
  const start = r.at
  const word = consume(r, /[A-Za-z0-9_./:-]+/y)
  if (word === "" || !isBlankOrLineEnd(r.bytes[start - 1] ?? "")) {
    r.at = start
    return undefined
  }
  r.deferred.push({ at: r.at, message: `bad parameter ${word}` })
  if (isAtEnd(r) || isBlankOrLineEnd(peek(r)))
    return { kind: "flag", name: word, isNegated: false, span: { start, end: r.at } }
  if (peek(r) !== "=") reject(r.at, END)
  r.at += 1
  const equals = r.at
  const value = readLooseValue(r)
  if (r.at === equals && peek(r) === "\\") reject(r.at, SYNTAX)
  slots.names.push(word)
  return { kind: "given", name: word, isNamed: true, value, span: { start, end: r.at } }
}

const nothingAt = (at: number): Value => ({ kind: "nothing", span: { start: at, end: at } })

/** Declares names that a script may then `:set`. */
const declare = (r: Reader, path: string, args: readonly Argument[]): void => {
  if (!/^\/(local|global)$/.test(path)) return
  for (const name of namesIn(args)) r.scope.names.add(name)
}

const namesIn = (args: readonly Argument[]): readonly string[] =>
  args.flatMap((argument) => {
    if (argument.kind !== "given" || !["name", "counter", "error"].includes(argument.name ?? ""))
      return []
    const { value } = argument
    if (value.kind === "word") return value.text.split(",")
    if (value.kind === "variable") return [value.name]
    return value.kind === "string"
      ? value.parts.flatMap((part) => (part.kind === "text" ? [part.text] : []))
      : []
  })

const isDeclared = (r: Reader, name: string): boolean => {
  for (let scope: Reader["scope"] | null = r.scope; scope !== null; scope = scope.outer)
    if (scope.names.has(name)) return true
  return false
}

const readValue = (r: Reader, slots: Slots, name: string): Value => {
  const { path, command } = slots
  skipBlanks(r)
  if (isAtEnd(r)) return nothingAt(r.at)
  if (path === "/set" && name === "name") return readTarget(r)
  if (
    /^\/(local|global|for|foreach|onerror)$/.test(path) &&
    (name === "name" || name === "counter" || name === "error")
  )
    return readName(r, slots)
  const c = peek(r)
  if (c === "{") {
    if (acceptsCode(path, name)) return readCode(r, /^\/(local|global|set)$/.test(path), slots.loop)
    if (acceptsScript(path, name, command)) return readSource(r)
    if (!acceptsArray(path, name, command)) return reject(r.at, SYNTAX)
    const array = readArray(r)
    if (array.kind === "array" && array.items.length === 0) reject(r.at, SYNTAX)
    return array
  }
  return readPlain(r)
}

/** Script text in braces is kept as it is, even if it has faults. */
const readSource = (r: Reader): Value => {
  const { at: start, menu, scope } = r
  const savedLengths = [r.deferred, r.adds].map((list) => [list, list.length] as const)
  try {
    return readCode(r, true)
  } catch (error) {
    if (!(error instanceof RejectionError)) throw error
    Object.assign(r, { at: start, menu, scope })
    consume(r, /\{/y)
    for (let open = 1; open > 0; r.at += 1) {
      if (isAtTextEnd(r)) reject(r.at, SYNTAX)
      open += peek(r) === "{" ? 1 : peek(r) === "}" ? -1 : 0
    }
    return {
      kind: "word",
      text: textOf(r.bytes.slice(start + 1, r.at - 1)),
      span: { start, end: r.at },
    }
  } finally {
    for (const [list, length] of savedLengths) list.length = length
  }
}
const isAtTextEnd = (r: Reader): boolean => r.at >= r.bytes.length

const readPlain = (r: Reader): Value => {
  const c = peek(r)
  if (c === '"') return readString(r)
  if (c === "$") return readDollar(r)
  if (c === "[") return readRun(r)
  if (c === "(") return readGroup(r)
  return readWord(r)
}

/** The target of `:set`: a declared name, `$name`, or `($array->key)`. */
const readTarget = (r: Reader): Value => {
  const start = r.at
  const c = peek(r)
  if (c === "(" || c === "$" || c === '"') return readPlain(r)
  const name = consume(r, /[A-Za-z0-9_-]+/y)
  if (name === "" || !isDeclared(r, name)) reject(start, SYNTAX)
  return { kind: "variable", name, span: { start, end: r.at } }
}

/** A name to declare. The name of a loop is known only in the loop's body. */
const readName = (r: Reader, slots: Slots): Value => {
  const value = readPlain(r)
  if (!/^\/(local|global)$/.test(slots.path))
    slots.loop = namesIn([{ kind: "given", name: "name", isNamed: false, value, span: value.span }])
  return value
}

const isInterpolated = (value: Value): boolean =>
  value.kind === "string" && value.parts.some((part) => part.kind === "value")

/**
 * The arguments of a function or of an unknown command: everything that can be read as a value. An
 * unknown command takes no braces, and no interpolated string by name.
 */
export const readLooseArguments = (r: Reader, isFunction: boolean): readonly Argument[] => {
  const args: Argument[] = []
  for (;;) {
    const before = r.at
    const hasBlank = skipBlanks(r)
    if (isAtEnd(r)) return args
    if (!hasBlank && args.length > 0) return args
    const start = r.at
    const name = consume(r, /[A-Za-z0-9_.-]+(?==)/y)
    if (!isFunction && peek(r) === "{") reject(r.at, SYNTAX)
    const equals = r.at
    if (name !== "") r.at += 1
    const value = readLooseValue(r)
    if (r.at === start) {
      if (isFunction && args.length === 0) r.at = before
      return args
    }
    if (!isFunction && name !== "" && isInterpolated(value)) reject(equals, SYNTAX)
    args.push({
      kind: "given",
      name: name === "" ? null : name,
      isNamed: name !== "",
      value,
      span: { start, end: r.at },
    })
  }
}

const readLooseValue = (r: Reader): Value => {
  if (isAtEnd(r) || isBlankOrLineEnd(peek(r))) return nothingAt(r.at)
  return peek(r) === "{" ? readCode(r, true) : readPlain(r)
}
