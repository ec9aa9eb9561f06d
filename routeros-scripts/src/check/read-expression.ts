/** Expressions: in `(…)`, in arrays and after `where`. */
import { readArray, readDollar, readGroup, readRun, readString } from "./read-value.ts"
import {
  consume,
  type Place,
  peek,
  type Reader,
  reject,
  SYNTAX,
  skipBlanks,
  skipSpace,
  startsWith,
  withDepth,
} from "./reader.ts"
import type { Value } from "./syntax.ts"
import { textOf } from "./text.ts"

/** Operators with their precedence; of those with a common prefix, the longest comes first. */
const BINARY: readonly (readonly [string, number])[] = [
  ["<%%", 13],
  ["->", 14],
  ["<<", 7],
  [">>", 7],
  ["<=", 5],
  [">=", 5],
  ["!=", 5],
  ["&&", 3],
  ["||", 2],
  ["+", 11],
  ["-", 11],
  ["*", 12],
  ["/", 12],
  ["%", 12],
  ["<", 5],
  [">", 5],
  ["=", 5],
  ["~", 5],
  ["|", 8],
  ["^", 9],
  ["&", 10],
  [".", 6],
  [",", 1],
]
const WORD_OPERATORS: readonly (readonly [string, number])[] = [
  ["and", 3],
  ["or", 2],
  ["in", 4],
]
/** Prefix operators bind tighter than all operators but `->`. */
const PREFIX = ["!", "-", "~", ">"]
/** Two adjacent values: `(a b=1, 2)` is `(a (b=1)), 2`. */
const BESIDE = 1.5
const LOOSEST = 0

const operatorHere = (r: Reader): readonly [string, number] | undefined => {
  const sign = BINARY.find(([spelling]) => startsWith(r, spelling))
  if (sign !== undefined) return sign
  return WORD_OPERATORS.find(
    ([word]) => startsWith(r, word) && !/[A-Za-z0-9_-]/.test(peek(r, word.length)),
  )
}

const isCondition = (place: Place): boolean => place === "condition" || place === "in condition"
/** In a condition, a bare word after these is text, and an array is a syntax error. */
const COMPARES = new Set(["=", "!=", "<", ">", "<=", ">=", "~"])

export const readExpression = (r: Reader, place: Place): Value => readFrom(r, place, LOOSEST)

const skip = (r: Reader, place: Place): void => {
  if (place !== "condition") skipSpace(r)
  else skipBlanks(r)
}

const readFrom = (r: Reader, place: Place, minStrength: number): Value => {
  skip(r, place)
  let left = readPrefixed(r, place)
  for (;;) {
    const before = r.at
    skip(r, place)
    const found = operatorHere(r)
    if (found === undefined) {
      if (
        minStrength > BESIDE ||
        !beginsOperand(r) ||
        (!isCondition(place) && r.at === before && left.kind === "word")
      ) {
        r.at = before
        return left
      }
      const right = readFrom(r, place, BESIDE + 0.5)
      left = {
        kind: "binary",
        operator: "",
        left,
        right,
        span: { start: left.span.start, end: right.span.end },
      }
      continue
    }
    const [operator, strength] = found
    if (strength < minStrength) {
      r.at = before
      return left
    }
    r.at += operator.length
    skip(r, place)
    if (isCondition(place) && COMPARES.has(operator) && peek(r) === "{") reject(r.at, SYNTAX)
    const right = readFrom(r, place, strength + 0.5)
    left = {
      kind: "binary",
      operator,
      left,
      right,
      span: { start: left.span.start, end: right.span.end },
    }
  }
}

const beginsOperand = (r: Reader): boolean => /[A-Za-z0-9_"$([{*!:~]/.test(peek(r))

const LITERAL =
  /(?:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+(?:\/\d+)?|\d[0-9A-Za-z_.:]*(?:\/\d+(?![\d.]))?|\*[0-9A-Fa-f]+|[A-Za-z_./](?:[A-Za-z0-9_./]|-(?=[A-Za-z0-9_]))*)/y

/** `(:totime "15m")`: the first word in a bracket may be the name of a command. */
const COMMAND = /:[a-z]+(?![A-Za-z0-9_-])/y

const readPrefixed = (r: Reader, place: Place): Value => {
  const start = r.at
  const prefix =
    PREFIX.find((sign) => startsWith(r, sign) && !(sign === "-" && isCondition(place))) ??
    (/any(?=[\s($["])/y.test(r.bytes.slice(r.at, r.at + 4)) ? "any" : undefined)
  if (prefix === undefined) return readOperand(r, place)
  r.at += prefix.length
  skip(r, place)
  const operand = withDepth(r, () => readFrom(r, place, 13.5))
  return { kind: "unary", operator: prefix, operand, span: { start, end: operand.span.end } }
}

const readOperand = (r: Reader, place: Place): Value => {
  const start = r.at
  const c = peek(r)
  if (c === '"') return readString(r)
  if (c === "$") return readDollar(r, !isCondition(place))
  if (c === "(") return readGroup(r, isCondition(place) ? "in condition" : "brackets")
  if (c === "[") return readRun(r)
  if (c === "{" && place !== "condition") return readArray(r)
  if (isCondition(place) && /[A-Za-z0-9*:/<_.-]/.test(c)) {
    const word = consume(r, /(?:(?!&&|\|\|)[^ \t\r\n\v\f;"$()[\]{}=!~<>'`\\])+/y)
    if (word !== "") return { kind: "word", text: textOf(word), span: { start, end: r.at } }
  }
  const text =
    consume(r, LITERAL) ||
    (/\(\s*$/.test(r.bytes.slice(Math.max(0, start - 80), start)) ? consume(r, COMMAND) : "")
  if (text === "") reject(place === "brackets" && /[)}]/.test(c) ? r.at + 1 : r.at, SYNTAX)
  return { kind: "word", text, span: { start, end: r.at } }
}
