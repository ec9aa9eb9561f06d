/** Expressions: what stands in `(…)`, in arrays and after `where`. */
import { readArray, readDollar, readGroup, readRun, readString } from "./read-value.ts"
import { peek, type Reader, refuse, SYNTAX, skipBlanks, skipSpace, startsWith, take } from "./reader.ts"
import type { Value } from "./syntax.ts"
import { textOf } from "./text.ts"

/** Operators by how tightly they bind; longest spelling first among those that begin alike. */
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
const WORDS: readonly (readonly [string, number])[] = [
  ["and", 3],
  ["or", 2],
  ["in", 4],
]
/** Prefixes bind tighter than every operator but `->`. */
const PREFIX = ["!", "-", "~", ">"]
const COMPARES = new Set(["=", "!=", "<", ">", "<=", ">=", "~"])
/** Two values beside each other. */
const BESIDE = 0

const operatorHere = (r: Reader): readonly [string, number] | undefined => {
  const sign = BINARY.find(([spelling]) => startsWith(r, spelling))
  if (sign !== undefined) return sign
  return WORDS.find(([word]) => startsWith(r, word) && !/[A-Za-z0-9_-]/.test(peek(r, word.length)))
}

/** `inBrackets`: line ends are blanks, bare words are names; else the condition of a `where`, which ends with its command. */
export const readExpression = (r: Reader, inBrackets: boolean): Value => readFrom(r, inBrackets, BESIDE)

const skip = (r: Reader, inBrackets: boolean): void => {
  if (inBrackets) skipSpace(r)
  else skipBlanks(r)
}

const readFrom = (r: Reader, inBrackets: boolean, least: number): Value => {
  skip(r, inBrackets)
  let left = readPrefixed(r, inBrackets)
  for (;;) {
    const before = r.at
    skip(r, inBrackets)
    const found = operatorHere(r)
    if (found === undefined) {
      if (least > BESIDE || !beginsOperand(r) || (inBrackets && r.at === before && left.kind === "word")) {
        r.at = before
        return left
      }
      const right = readFrom(r, inBrackets, BESIDE + 0.5)
      left = { kind: "binary", operator: "", left, right, span: { start: left.span.start, end: right.span.end } }
      continue
    }
    const [operator, strength] = found
    if (strength < least) {
      r.at = before
      return left
    }
    r.at += operator.length
    const right = COMPARES.has(operator) ? readCompared(r, inBrackets, strength) : readFrom(r, inBrackets, strength + 0.5)
    left = { kind: "binary", operator, left, right, span: { start: left.span.start, end: right.span.end } }
  }
}

/** After a comparison a bare word is text, not a name. */
const readCompared = (r: Reader, inBrackets: boolean, strength: number): Value => {
  skip(r, inBrackets)
  return readFrom(r, inBrackets, strength + 0.5)
}

const beginsOperand = (r: Reader): boolean => /[A-Za-z0-9_"$([{*!:~]/.test(peek(r))

const LITERAL =
  /(?:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+(?:\/\d+)?|\d[0-9A-Za-z_.:]*(?:\/\d+(?![\d.]))?|\*[0-9A-Fa-f]+|[A-Za-z_./][A-Za-z0-9_.-]*|\.[A-Za-z][A-Za-z0-9_.-]*)/y

const readPrefixed = (r: Reader, inBrackets: boolean): Value => {
  const start = r.at
  const prefix =
    PREFIX.find((sign) => startsWith(r, sign)) ?? (/any(?=[\s($["])/y.test(r.bytes.slice(r.at, r.at + 4)) ? "any" : undefined)
  if (prefix === undefined) return readOperand(r, inBrackets)
  r.at += prefix.length
  skip(r, inBrackets)
  const operand = readFrom(r, inBrackets, 13.5)
  return { kind: "unary", operator: prefix, operand, span: { start, end: operand.span.end } }
}

const readOperand = (r: Reader, inBrackets: boolean): Value => {
  const start = r.at
  const c = peek(r)
  if (c === '"') return readString(r)
  if (c === "$") return readDollar(r)
  if (c === "(") return readGroup(r)
  if (c === "[") return readRun(r)
  if (c === "{" && inBrackets) return readArray(r)
  if (!inBrackets && /[A-Za-z0-9*:/<_.-]/.test(c)) {
    const word = take(r, /[^\s;"$()[\]{}=!~<>'`\\]+/y)
    if (word !== "") return { kind: "word", text: textOf(word), span: { start, end: r.at } }
  }
  const text = take(r, LITERAL)
  if (text === "") refuse(r.at, SYNTAX)
  return { kind: "word", text, span: { start, end: r.at } }
}
