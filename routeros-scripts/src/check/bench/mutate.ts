/** Scripts made out of a release's tree whose verdict is known: right ones, and ones with one thing wrong. */
import { abbreviated } from "../menus.ts"
import type { Need } from "../tree.ts"

export type Row = readonly [path: string, args: ReadonlyMap<string, string>]
export type Made = { readonly kind: string; readonly source: string; readonly isRight: boolean }

/** A small generator of its own, so that a run can be repeated: mulberry32. */
export const dice = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Dice = ReturnType<typeof dice>
const pick = <T>(roll: Dice, from: readonly T[]): T | undefined => from[roll(from.length)]

const LETTERS = "abcdefghijklmnopqrstuvwxyz"
/** The word with two letters changed about, one put in, or one replaced; never one that the router would still complete or know. */
const misspell = (roll: Dice, word: string, siblings: readonly string[]): string | undefined => {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = 1 + roll(Math.max(1, word.length - 1))
    const letter = LETTERS[roll(LETTERS.length)] ?? "x"
    const wrong = [
      word.slice(0, at) + letter + word.slice(at),
      word.slice(0, at) + letter + word.slice(at + 1),
      word.slice(0, at - 1) + (word[at] ?? "x") + (word[at - 1] ?? "x") + word.slice(at + 1),
    ][roll(3)]
    if (wrong !== undefined && /^[a-z]/.test(wrong) && !siblings.some((name) => name.startsWith(wrong))) return wrong
  }
  return undefined
}

const valueFor = (roll: Dice, name: string, form: string): string => {
  if (name === "disabled") return pick(roll, ["yes", "no"]) ?? "no"
  if (form === "script" || name === "source") return '":put 1"'
  if (form.includes("IP address") || form.startsWith("A.B.C.D")) return "192.0.2.1"
  if (form.includes("time interval")) return "1s"
  if (form.includes("|")) return form.split(/[|[]/)[0] || "1"
  return pick(roll, ["1", "abc", '"a b"', "ether1", "$x", "[:len 1]", "(1 + 2)"]) ?? "1"
}

/** Arguments that are a condition or a switch and not given a value. */
const NOT_GIVEN = new Set(["where", "copy-from", "from", "as-value", "as-string", "as-string-value"])

export type Tree = { readonly rows: readonly Row[]; readonly required: ReadonlyMap<string, Need>; readonly other: readonly Row[] }

const childrenIn = (rows: readonly Row[], menu: string): readonly string[] => [
  ...new Set(rows.flatMap(([path]) => (path.startsWith(`${menu}/`) ? [path.slice(menu.length + 1).split("/")[0] ?? ""] : []))),
]
const strangeTo = (here: Row[1], args: Row[1]): readonly string[] =>
  [...args.keys()].filter((name) => abbreviated(here.keys(), name) === undefined)
const menuOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

type Shop = {
  readonly roll: Dice
  readonly rows: readonly Row[]
  readonly need: (path: string) => Need | undefined
  readonly siblings: (menu: string) => readonly string[]
}

/** In one spelling of the path or another. */
const write = ({ roll }: Shop, path: string, args: readonly string[]): string => {
  const words = path.split("/").slice(1)
  const command = words.pop()
  const menu = words.join(roll(2) === 0 ? "/" : " ")
  return `/${menu}${roll(2) === 0 ? " " : "\n"}${[command, ...args].join(" ")}\n`
}

/** What an `add` needs, and a few more. */
const argsFor = ({ roll, need }: Shop, [path, args]: Row, without: readonly string[] = []): readonly string[] => {
  const needed = need(path)?.names ?? []
  const some = [...args.keys()].filter((name) => !NOT_GIVEN.has(name) && !needed.includes(name) && roll(4) === 0).slice(0, 4)
  return [...needed, ...some]
    .filter((name) => !without.includes(name))
    .map((name) => `${name}=${valueFor(roll, name, args.get(name) ?? "")}`)
}

type Maker = (shop: Shop, row: Row) => string | undefined

const right: Maker = (shop, row) => write(shop, row[0], argsFor(shop, row))

const misspeltMenu: Maker = (shop, row) => {
  const words = row[0].split("/").slice(1)
  const at = shop.roll(words.length - 1)
  const wrong = misspell(shop.roll, words[at] ?? "", shop.siblings(["", ...words.slice(0, at)].join("/")))
  return wrong && write(shop, ["", ...words.with(at, wrong)].join("/"), argsFor(shop, row))
}

const misspeltCommand: Maker = (shop, row) => {
  const menu = menuOf(row[0])
  const wrong = misspell(shop.roll, row[0].slice(menu.length + 1), [...shop.siblings(menu), ...shop.siblings("")])
  return wrong && write(shop, `${menu}/${wrong}`, argsFor(shop, row))
}

const misspeltArgument: Maker = (shop, row) => {
  // What `find` does not know as an argument is a condition there.
  if (row[0].endsWith("/find")) return undefined
  const names = [...row[1].keys()]
  const wrong = misspell(
    shop.roll,
    pick(
      shop.roll,
      names.filter((name) => name !== "where"),
    ) ?? "",
    names,
  )
  return wrong && write(shop, row[0], [...argsFor(shop, row), `${wrong}=1`])
}

const leftOut: Maker = (shop, row) => {
  const need = shop.need(row[0])
  const one = need && pick(shop.roll, need.names)
  return one && write(shop, row[0], argsFor(shop, row, need?.isAnyEnough ? need.names : [one]))
}

/** Gives one script after another; the same ones for the same seed. */
export const maker = (tree: Tree, seed: number): (() => Made) => {
  const roll = dice(seed)
  const rows = tree.rows.filter(([path]) => path.split("/").length > 2)
  const byPath = new Map(tree.rows)
  const known = new Map<string, readonly string[]>()
  const siblings = (menu: string): readonly string[] => {
    const names = known.get(menu) ?? childrenIn(tree.rows, menu)
    known.set(menu, names)
    return names
  }
  const shop: Shop = { roll, rows, siblings, need: (path) => tree.required.get(path) }
  const strange = tree.other.filter(([path, args]) => strangeTo(byPath.get(path) ?? args, args).length > 0)
  const ofAnother: Maker = (_, [path, args]) => {
    const here = byPath.get(path) ?? args
    return write(shop, path, [...argsFor(shop, [path, here]), `${pick(roll, strangeTo(here, args))}=1`])
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
      const [kind, make, from] = pick(roll, kinds) ?? ["right", right, rows]
      const row = pick(roll, from)
      const source = row && make(shop, row)
      if (source) return { kind, source, isRight: kind === "right" }
    }
  }
}
