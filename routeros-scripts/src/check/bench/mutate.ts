/** Scripts made from a release's tree with a known result: valid ones, and ones with one fault. */
import { abbreviated } from "../menus.ts"
import type { Need } from "../model.ts"

export type Row = readonly [path: string, args: ReadonlyMap<string, string>]
export type GeneratedCase = {
  readonly kind: string
  readonly source: string
  readonly isValid: boolean
}

/** mulberry32, a small generator with a seed, so that a run can be repeated. */
export const seededRandom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Random = ReturnType<typeof seededRandom>
const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[random(from.length)]

const LETTERS = "abcdefghijklmnopqrstuvwxyz"
/**
 * The word with two letters swapped, one inserted, or one replaced; never a word that the router
 * would complete or know.
 */
const misspell = (
  random: Random,
  word: string,
  siblings: readonly string[],
): string | undefined => {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = 1 + random(Math.max(1, word.length - 1))
    const letter = LETTERS[random(LETTERS.length)] ?? "x"
    const misspelt = [
      word.slice(0, at) + letter + word.slice(at),
      word.slice(0, at) + letter + word.slice(at + 1),
      word.slice(0, at - 1) + (word[at] ?? "x") + (word[at - 1] ?? "x") + word.slice(at + 1),
    ][random(3)]
    if (
      misspelt !== undefined &&
      /^[a-z]/.test(misspelt) &&
      !siblings.some((name) => name.startsWith(misspelt))
    )
      return misspelt
  }
  return undefined
}

const valueFor = (random: Random, name: string, form: string): string => {
  if (name === "disabled") return pick(random, ["yes", "no"]) ?? "no"
  if (form === "script" || name === "source") return '":put 1"'
  if (form.includes("IP address") || form.startsWith("A.B.C.D")) return "192.0.2.1"
  if (form.includes("time interval")) return "1s"
  if (form.includes("|")) return form.split(/[|[]/)[0] || "1"
  return pick(random, ["1", "abc", '"a b"', "ether1", "$x", "[:len 1]", "(1 + 2)"]) ?? "1"
}

/** Arguments that are a condition or a switch and get no value. */
const WITHOUT_VALUE = new Set([
  "where",
  "copy-from",
  "from",
  "as-value",
  "as-string",
  "as-string-value",
])

export type Tree = {
  readonly rows: readonly Row[]
  readonly required: ReadonlyMap<string, Need>
  readonly other: readonly Row[]
}

const childrenIn = (rows: readonly Row[], menu: string): readonly string[] => [
  ...new Set(
    rows.flatMap(([path]) =>
      path.startsWith(`${menu}/`) ? [path.slice(menu.length + 1).split("/")[0] ?? ""] : [],
    ),
  ),
]
const strangeTo = (here: Row[1], args: Row[1]): readonly string[] =>
  [...args.keys()].filter((name) => abbreviated(here.keys(), name) === undefined)
const menuOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

type Context = {
  readonly random: Random
  readonly rows: readonly Row[]
  readonly need: (path: string) => Need | undefined
  readonly siblings: (menu: string) => readonly string[]
}

/** In one of the spellings of a path. */
const write = ({ random }: Context, path: string, args: readonly string[]): string => {
  const words = path.split("/").slice(1)
  const command = words.pop()
  const menu = words.join(random(2) === 0 ? "/" : " ")
  return `/${menu}${random(2) === 0 ? " " : "\n"}${[command, ...args].join(" ")}\n`
}

/** The arguments an `add` requires, and a few more. */
const argsFor = (
  { random, need }: Context,
  [path, args]: Row,
  without: readonly string[] = [],
): readonly string[] => {
  const needed = need(path)?.names ?? []
  const some = [...args.keys()]
    .filter((name) => !WITHOUT_VALUE.has(name) && !needed.includes(name) && random(4) === 0)
    .slice(0, 4)
  return [...needed, ...some]
    .filter((name) => !without.includes(name))
    .map((name) => `${name}=${valueFor(random, name, args.get(name) ?? "")}`)
}

type Maker = (context: Context, row: Row) => string | undefined

const right: Maker = (context, row) => write(context, row[0], argsFor(context, row))

const misspeltMenu: Maker = (context, row) => {
  const words = row[0].split("/").slice(1)
  const at = context.random(words.length - 1)
  const misspelt = misspell(
    context.random,
    words[at] ?? "",
    context.siblings(["", ...words.slice(0, at)].join("/")),
  )
  return (
    misspelt && write(context, ["", ...words.with(at, misspelt)].join("/"), argsFor(context, row))
  )
}

const misspeltCommand: Maker = (context, row) => {
  const menu = menuOf(row[0])
  const misspelt = misspell(context.random, row[0].slice(menu.length + 1), [
    ...context.siblings(menu),
    ...context.siblings(""),
  ])
  return misspelt && write(context, `${menu}/${misspelt}`, argsFor(context, row))
}

const misspeltArgument: Maker = (context, row) => {
  // `find` reads what it does not know as an argument as a condition.
  if (row[0].endsWith("/find")) return undefined
  const names = [...row[1].keys()]
  const misspelt = misspell(
    context.random,
    pick(
      context.random,
      names.filter((name) => name !== "where"),
    ) ?? "",
    names,
  )
  return misspelt && write(context, row[0], [...argsFor(context, row), `${misspelt}=1`])
}

const leftOut: Maker = (context, row) => {
  const need = context.need(row[0])
  const one = need && pick(context.random, need.names)
  return (
    one && write(context, row[0], argsFor(context, row, need?.isAnyEnough ? need.names : [one]))
  )
}

/** Yields one script after another; the same scripts for the same seed. */
export const maker = (tree: Tree, seed: number): (() => GeneratedCase) => {
  const random = seededRandom(seed)
  const rows = tree.rows.filter(([path]) => path.split("/").length > 2)
  const byPath = new Map(tree.rows)
  const known = new Map<string, readonly string[]>()
  const siblings = (menu: string): readonly string[] => {
    const names = known.get(menu) ?? childrenIn(tree.rows, menu)
    known.set(menu, names)
    return names
  }
  const context: Context = { random, rows, siblings, need: (path) => tree.required.get(path) }
  const strange = tree.other.filter(
    ([path, args]) => strangeTo(byPath.get(path) ?? args, args).length > 0,
  )
  const ofAnother: Maker = (_, [path, args]) => {
    const here = byPath.get(path) ?? args
    return write(context, path, [
      ...argsFor(context, [path, here]),
      `${pick(random, strangeTo(here, args))}=1`,
    ])
  }
  const kinds: readonly (readonly [kind: string, make: Maker, from: readonly Row[]])[] = [
    ["right", right, rows],
    ["misspelt menu", misspeltMenu, rows],
    ["misspelt command", misspeltCommand, rows],
    ["misspelt argument", misspeltArgument, rows],
    ["of another release", ofAnother, strange],
    ["required left out", leftOut, rows.filter(([path]) => tree.required.has(path))],
  ]
  return () => {
    for (;;) {
      const [kind, make, from] = pick(random, kinds) ?? ["right", right, rows]
      const row = pick(random, from)
      const source = row && make(context, row)
      if (source) return { kind, source, isValid: kind === "right" }
    }
  }
}
