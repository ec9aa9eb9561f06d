/** Evaluates values of the syntax tree to values of the router. */
import type { Item, Value as Node, Part } from "@ispvm/routeros-scripts/check/syntax"
import { arrayOf, itemAt } from "./arrays.ts"
import { textIn } from "./byte-text.ts"
import { areEqual, isEmpty } from "./compare.ts"
import { type Frame, type Outcome, step } from "./frame.ts"
import { array, bool, FALSE, NIL, NOTHING, parseLiteral, str, TRUE } from "./literal.ts"
import { negate, operate, operateOn } from "./operators.ts"
import { declareLocal, lookUp, scopeIn } from "./scope.ts"
import { ScriptError, type Value } from "./value.ts"
import { asKind, toText, typeOf } from "./value-text.ts"

type Word = Extract<Node, { kind: "word" }>

const literals = new WeakMap<Node, Value | null>()
const literalOf = (node: Word): Value | null => {
  const known = literals.get(node)
  if (known !== undefined) return known
  const made = parseLiteral(node.text) ?? null
  literals.set(node, made)
  return made
}

const plain = (text: string): Value => parseLiteral(text) ?? str(text)

/** A bare word as an argument: a literal, text, or an array where it has commas. */
export const argument = (frame: Frame, node: Node): Promise<Value> | Value => {
  if (node.kind !== "word") return evaluate(frame, node)
  if (node.text.includes(",") && node.text !== ",") return array(node.text.split(",").map(plain))
  return literalOf(node) ?? str(node.text)
}

const property = (frame: Frame, name: string): Value | undefined => {
  const { row } = frame
  if (row === null || !(row.names.has(name) || row.values.has(name))) return undefined
  return row.values.get(name) ?? NOTHING
}

/** A bare word in an expression: a literal, otherwise a name. */
const word = (frame: Frame, node: Word): Value =>
  property(frame, node.text) ??
  literalOf(node) ??
  (frame.row === null ? lookUp(frame.scope, node.text) : str(node.text))

export const evaluate = (frame: Frame, node: Node): Promise<Value> | Value => {
  switch (node.kind) {
    case "word":
      return word(frame, node)
    case "variable":
      return property(frame, node.name) ?? lookUp(frame.scope, node.name)
    case "string":
      return string(frame, node.parts)
    case "group":
      return evaluate(frame, node.value)
    case "array":
      return itemsOf(frame, node.items)
    case "nothing":
      return NOTHING
    case "run":
      return frame.run.engine
        .runStatements({ ...frame, scope: scopeIn(frame.scope) }, node.statements)
        .then(({ value }) => value)
    case "code":
      return functionOf(frame, node)
    case "unary":
      return unary(frame, node)
    case "binary":
      return binary(frame, node)
  }
}

/** The text of a body, without its braces. */
export const sourceOf = (frame: Frame, node: Node): string =>
  textIn(frame.bytes.slice(node.span.start + 1, node.span.end - 1))

export const functionOf = (frame: Frame, node: Extract<Node, { kind: "code" }>): Value =>
  asKind(
    frame.run.engine.codeOf(
      { bytes: frame.bytes, statements: node.statements, scope: null },
      sourceOf(frame, node),
    ),
    "function",
  )

const string = (frame: Frame, parts: readonly Part[]): Promise<Value> | Value => {
  const [first, second] = parts
  if (first === undefined) return str("")
  // A single part keeps its type: the router reads "$x" as $x.
  if (second === undefined)
    return first.kind === "text" ? str(first.text) : evaluate(frame, first.value)
  return concatenated(frame, parts)
}

const concatenated = async (frame: Frame, parts: readonly Part[]): Promise<Value> => {
  let made: Value | undefined
  for (const part of parts) {
    const value = part.kind === "text" ? str(part.text) : await evaluate(frame, part.value)
    made = made === undefined ? value : operate(".", made, value)
  }
  return made ?? str("")
}

/** `{a=1}` has a key; `{a =1}`, `{$a=1}` and `{a_b=1}` compare; `{a=}` is the text "a". */
const isKey = (frame: Frame, key: Node): boolean =>
  ((key.kind === "word" && /^[A-Za-z0-9./-]+$/.test(key.text)) || key.kind === "string") &&
  frame.bytes[key.span.end] === "="

const itemsOf = async (frame: Frame, items: readonly Item[]): Promise<Value> => {
  const made = []
  for (const { key, value } of items) {
    const is =
      key === null && value.kind === "word" && isKey(frame, value)
        ? str(value.text)
        : await evaluate(frame, value)
    if (key === null) made.push({ key, value: is })
    else if (!isKey(frame, key))
      made.push({ key: null, value: operate("=", await evaluate(frame, key), is) })
    else
      made.push({
        key: key.kind === "word" ? key.text : toText(await evaluate(frame, key)),
        value: is,
      })
  }
  return arrayOf(made)
}

const unary = async (frame: Frame, node: Extract<Node, { kind: "unary" }>): Promise<Value> => {
  const { operator, operand } = node
  if (operator === ">" && operand.kind === "run") {
    const { bytes, scope, run } = frame
    return asKind(
      run.engine.codeOf({ bytes, statements: operand.statements, scope }, sourceOf(frame, operand)),
      "op",
    )
  }
  const value = await evaluate(frame, operand)
  if (operator === ">") return value
  if (operator === "!" && frame.row !== null) return bool(!isTruthy(value))
  return operator === "!" ? negate(value) : operateOn(operator, value)
}

/** An operand of `and` or `or`: nothing is false, and any other value but a bool is an error. */
const logicalOperand = (value: Value, operator: string): boolean => {
  if (value.type === "bool") return value.is
  if (isEmpty(value)) return false
  throw new ScriptError(`cannot do logical ${operator} of ${typeOf(value)}`)
}

/** In conditions on rows, and for adjacent values. */
export const isTruthy = (value: Value): boolean => {
  if (value.type === "bool") return value.is
  if (value.type === "str") return value.is !== "" && value.is !== "false" && value.is !== "no"
  return !isEmpty(value)
}

const COMPARES = new Set(["=", "!=", "<", ">", "<=", ">=", "~", "in"])

const binary = async (frame: Frame, node: Extract<Node, { kind: "binary" }>): Promise<Value> => {
  const { operator } = node
  const left = await evaluate(frame, node.left)
  switch (operator) {
    case "and":
    case "&&":
      if (!toLogical(frame, left, "and")) return FALSE
      return bool(toLogical(frame, await evaluate(frame, node.right), "and"))
    case "or":
    case "||":
      if (toLogical(frame, left, "or")) return TRUE
      return bool(toLogical(frame, await evaluate(frame, node.right), "or"))
    case "":
      return bool(isTruthy(left) && isTruthy(await evaluate(frame, node.right)))
    case "->":
      return itemAt(left, await evaluate(frame, node.right))
    case "<%%":
      return applied(frame, left, await evaluate(frame, node.right))
  }
  if (frame.row !== null && COMPARES.has(operator)) return compared(frame, left, node)
  return operate(operator, left, await evaluate(frame, node.right))
}

const toLogical = (frame: Frame, value: Value, operator: string): boolean =>
  frame.row === null ? logicalOperand(value, operator) : isTruthy(value)

/** After a comparison in a condition on rows, a bare word is a literal or plain text. */
const compared = async (
  frame: Frame,
  left: Value,
  node: Extract<Node, { kind: "binary" }>,
): Promise<Value> => {
  const { operator, right } = node
  if (right.kind !== "word") {
    const value = await evaluate(frame, right)
    return operator === "=" || operator === "!="
      ? bool(isSame(left, value) === (operator === "="))
      : operate(operator, left, value)
  }
  const literal = literalOf(right) ?? str(right.text)
  if (operator === "~") return operate(operator, left, str(right.text))
  if (operator !== "=" && operator !== "!=") return operate(operator, left, literal)
  const isText = literal.type !== "ip-prefix" && literal.type !== "ip6-prefix"
  return bool(
    (isSame(left, literal) || (isText && isSame(left, str(right.text)))) === (operator === "="),
  )
}
/** A missing property equals an empty text, and "yes" in quotes equals yes (uncertain). */
const isSame = (left: Value, right: Value): boolean =>
  areEqual(left, right) ||
  (right.type === "str" &&
    (left.type === "bool"
      ? right.is === (left.is ? "yes" : "no")
      : isEmpty(left) && right.is === ""))

/** `$op <%% {1;2;a=b}`. */
const applied = async (frame: Frame, callee: Value, args: Value): Promise<Value> => {
  if (callee.type !== "code") return callee
  const items = args.type === "array" ? args.items : []
  const unnamed = items.filter(({ key }) => key === null).map(({ value }) => value)
  const named = new Map(
    items.flatMap(({ key, value }) => (key === null ? [] : [[key, value] as const])),
  )
  unnamed.forEach((value, index) => {
    named.set(String(index), value)
  })
  return call(frame, callee, named)
}

/** Runs a code value. `args` holds its parameters: `1`, `2` … for those without a name. */
export const call = async (
  frame: Frame,
  code: Value,
  args: ReadonlyMap<string, Value>,
): Promise<Value> => {
  const { run } = frame
  const body = run.engine.bodyOf(code)
  if (body === undefined) return code
  await step(run)
  const scope = scopeIn(body.scope)
  for (const [name, value] of args) declareLocal(scope, name, value)
  const { flow, value }: Outcome = await frame.run.engine.runStatements(
    { run, scope, bytes: body.bytes, row: null },
    body.statements,
  )
  return flow === "return" || body.scope !== null ? value : NIL
}
