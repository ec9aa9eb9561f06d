/** Query words of `print`: a stack of boolean results for one row, as in the manual. */
import { Trap } from "./trap.ts"

export type Row = Readonly<Record<string, string>>

/** The console's words for true are accepted too, because clients send them. */
const BOOL_TEXTS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["true", true],
  ["no", false],
  ["false", false],
])

/** RouterOS compares numbers as numbers and everything else as text. */
const compare = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)]
  if (BOOL_TEXTS.has(a) && BOOL_TEXTS.has(b)) return BOOL_TEXTS.get(a) === BOOL_TEXTS.get(b) ? 0 : 1
  return a !== "" && b !== "" && Number.isFinite(x) && Number.isFinite(y)
    ? x - y
    : a < b
      ? -1
      : a > b
        ? 1
        : 0
}

const test = (word: string, row: Row): boolean => {
  if (word.startsWith("-")) return !Object.hasOwn(row, word.slice(1))
  const op = word[0] === "<" || word[0] === ">" || word[0] === "=" ? word[0] : ""
  const body = op === "" ? word : word.slice(1)
  const eq = body.indexOf("=", 1)
  const name = eq < 0 ? body : body.slice(0, eq)
  const value = Object.hasOwn(row, name) ? row[name] : undefined
  if (eq < 0 || value === undefined) return value !== undefined
  const order = compare(value, body.slice(eq + 1))
  return op === "<" ? order < 0 : op === ">" ? order > 0 : order === 0
}

/** `!` not, `&` and, `|` or, digits select that element of the stack, `.` duplicates the top. */
const operate = (stack: boolean[], operators: string): boolean[] => {
  for (const token of operators.match(/\d+|./g) ?? []) {
    if (/^\d+$/.test(token)) stack.push(stack[Number(token)] ?? false)
    else if (token === ".") stack.push(stack.at(-1) ?? false)
    else if (token === "!") stack.push(!(stack.pop() ?? false))
    else if (token === "&" || token === "|") {
      const [b, a] = [stack.pop() ?? false, stack.pop() ?? false]
      stack.push(token === "&" ? a && b : a || b)
    } else throw new Trap(`unknown query operator ${token}`, 1)
  }
  return stack
}

/**
 * `words` without their leading `?`. The rest of the stack is combined with AND; no words match
 * everything.
 */
export const matches = (words: readonly string[], row: Row): boolean => {
  let stack: boolean[] = []
  for (const word of words)
    stack = word.startsWith("#") ? operate(stack, word.slice(1)) : [...stack, test(word, row)]
  return stack.every(Boolean)
}
