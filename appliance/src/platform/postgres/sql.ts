/**
 * SQL as tagged templates: values become parameters, and a template inside another is a fragment
 * of it. Texts are prepared once for each connection.
 */
import type { QueryConfig, QueryResult } from "pg"
import { CopyIn } from "./copy-in.ts"
import { toParameter } from "./postgres-types.ts"

export type Row = Readonly<Record<string, unknown>>
/** Rows by column name, and how many the statement returned or changed. */
export type Rows<T extends readonly object[] = Row[]> = T & { readonly count: number }
/** Sends one statement; throws `pg.DatabaseError`, or an error of `isConnectionLost`. */
export type Send = (config: QueryConfig | CopyIn) => Promise<QueryResult | QueryResult[]>

/** Statements of one transaction, or each for itself. */
export type Tx = {
  <T extends readonly object[] = Row[]>(
    strings: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Statement<Rows<T>>
  /** A quoted name; `a.b` is a table in a schema. */
  (name: string): Name
  /** A list of values, as `in ${sql([...])}` needs it. */
  (values: readonly unknown[]): List
  /** The columns of one row: after `set` as assignments, elsewhere as names and values. */
  (row: Row): Columns
  readonly json: (value: unknown) => string
  /**
   * `copy … from stdin (format binary)` with all that `encodeCopy` made. Answers how many rows were
   * stored.
   */
  readonly copy: (text: string, data: Buffer) => Promise<number>
  /**
   * Text that is no literal of the program's. Without values it may hold several statements; then
   * the rows of all follow one another.
   */
  readonly unsafe: <T extends readonly object[] = Row[]>(
    text: string,
    values?: readonly unknown[],
  ) => Statement<Rows<T>>
}

/** A pool: each statement takes whichever connection is free. */
export type Sql = Tx & {
  /** One transaction. It fails when any of its statements has failed, caught or not. */
  readonly begin: <T>(work: (tx: Tx) => PromiseLike<T>) => Promise<T>
}

type Parts = { readonly strings: readonly string[]; readonly values: readonly unknown[] }

/** Runs once, when it is first waited for. */
export class Statement<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Statement"
  readonly parts: Parts
  readonly #run: (parts: Parts) => Promise<T>
  #running: Promise<T> | undefined

  constructor(parts: Parts, run: (parts: Parts) => Promise<T>) {
    this.parts = parts
    this.#run = run
  }
  // biome-ignore lint/suspicious/noThenProperty: to wait for it is to run it
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#running ??= this.#run(this.parts)
    return this.#running.then(onDone, onFailed)
  }
  catch<B = never>(onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(null, onFailed)
  }
  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.then().finally(onEnd)
  }
}
class Name {
  readonly text: string
  constructor(name: string) {
    this.text = name.split(".").map(quoteName).join(".")
  }
}
class List {
  readonly values: readonly unknown[]
  constructor(values: readonly unknown[]) {
    this.values = values
  }
}
class Columns {
  readonly row: Row
  constructor(row: Row) {
    this.row = row
  }
}

export const createTx = (send: Send): Tx => {
  const run = async (config: QueryConfig | CopyIn): Promise<Rows> => {
    const result = await send(config)
    const results = Array.isArray(result) ? result : [result]
    const rows: Row[] =
      results.length === 1 ? (results[0]?.rows ?? []) : results.flatMap((r) => r.rows)
    const count = results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0)
    return Object.defineProperty(rows, "count", { value: count }) as Rows
  }
  const runTagged = (parts: Parts): Promise<Rows> => {
    const values: unknown[] = []
    const text = write(parts, values)
    return run({ name: nameOf(text), text, values })
  }
  const sql = (given: unknown, ...values: unknown[]): unknown => {
    if (isStrings(given))
      return new Statement({ strings: given, values }, async (p) => runTagged(p))
    if (typeof given === "string") return new Name(given)
    return Array.isArray(given) ? new List(given) : new Columns(given as Row)
  }
  const unsafe = (text: string, values: readonly unknown[] = []): Statement<Rows> =>
    new Statement({ strings: [text], values: [] }, () =>
      run(values.length === 0 ? { text } : { text, values: values.map(toParameter) }),
    )
  const copy = async (text: string, data: Buffer): Promise<number> =>
    (await run(new CopyIn(text, data))).count
  return Object.assign(sql, { json: JSON.stringify, unsafe, copy }) as Tx
}

const isStrings = (given: unknown): given is TemplateStringsArray =>
  Array.isArray(given) && "raw" in given

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The text with `$1`, `$2` …; what they stand for is added to `values`. */
const write = ({ strings, values: given }: Parts, values: unknown[]): string => {
  let text = strings[0] ?? ""
  for (const [index, value] of given.entries())
    text += writeValue(value, text, values) + (strings[index + 1] ?? "")
  return text
}
const writeValue = (value: unknown, before: string, values: unknown[]): string => {
  const bind = (one: unknown): string => `$${values.push(toParameter(one))}`
  if (value instanceof Statement) return write(value.parts, values)
  if (value instanceof Name) return value.text
  if (value instanceof List) return `(${value.values.map(bind).join(",")})`
  if (!(value instanceof Columns)) return bind(value)
  const names = Object.keys(value.row).map(quoteName)
  const bound = Object.values(value.row).map(bind)
  return /\bset\s*$/i.test(before)
    ? names.map((name, index) => `${name}=${bound[index]}`).join(",")
    : `(${names.join(",")}) values (${bound.join(",")})`
}

/** The program's statements are a fixed set of some hundred, so no name is ever forgotten. */
const preparedNames = new Map<string, string>()
const nameOf = (text: string): string => {
  const known = preparedNames.get(text)
  if (known !== undefined) return known
  const name = `s${preparedNames.size}`
  preparedNames.set(text, name)
  return name
}
