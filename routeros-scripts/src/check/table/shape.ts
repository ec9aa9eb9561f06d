/**
 * How the product's own table of commands is written down: a menu a paragraph, a command a line, every argument with the releases that have
 * it. Reading is here beside writing, so that one undoes the other.
 *
 *     /ip/address
 *     add: address comment:d disabled[7.12.2-] old[-7.10.2]     its arguments; `:s` takes script text, `:d` any value
 *     print                                                     as usual: like the `* print` line at the head
 *     get~ number -value-name                                   as usual, with these and without those
 *     set^                                                      as `add`, with `numbers` and without `copy-from`
 *     need address interface                                    what an `add` lacks is missing
 *     any name | failure: …                                     one of these has to be given, or the router says that
 *     outside nat mangle                                        there on the router, and not in this table
 */
import type { Need } from "../tree.ts"

/** The releases whose trees the table was made from, oldest first. */
export const RECORDED: readonly string[] = [
  "7.9.2",
  "7.10.2",
  "7.12.2",
  "7.13.5",
  "7.14.3",
  "7.16.2",
  "7.17.1",
  "7.18.2",
  "7.20.8",
  "7.22.1",
  "7.23rc1",
  "7.24",
]

/** One bit a release of RECORDED. */
export type Presence = number
export const ALWAYS: Presence = (1 << RECORDED.length) - 1

const runsOf = (presence: Presence): readonly (readonly [number, number])[] => {
  const runs: [number, number][] = []
  for (const index of RECORDED.keys()) {
    if ((presence & (1 << index)) === 0) continue
    const last = runs.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs
}

/** `[7.12.2-7.17.1,7.20.8-]`; nothing where it is as long as what it belongs to. */
const rangeOf = (presence: Presence, whole: Presence): string => {
  if (presence === whole) return ""
  const last = RECORDED.length - 1
  return `[${runsOf(presence)
    .map(([from, to]) =>
      from === to ? RECORDED[from] : `${from === 0 ? "" : RECORDED[from]}-${to === last ? "" : RECORDED[to]}`,
    )
    .join(",")}]`
}

const indexOf = (release: string, otherwise: number): number => {
  const index = RECORDED.indexOf(release)
  return index === -1 ? otherwise : index
}

const presenceIn = (range: string): Presence => {
  let presence = 0
  for (const run of range.split(",")) {
    const [from = "", to = from] = run.split("-")
    for (let index = indexOf(from, 0); index <= indexOf(to, RECORDED.length - 1); index += 1) presence |= 1 << index
  }
  return presence
}

/** An argument or a name below a menu: which releases have it, by the form of its value. */
export type Marked = { readonly name: string; readonly form: "" | "s" | "d"; readonly presence: Presence }

const TOKEN = /^([^[:]+)(?::([sd]))?(?:\[(.*)\])?$/
const markedIn = (token: string, whole: Presence): Marked => {
  const [, name = token, form, range] = TOKEN.exec(token) ?? []
  const presence = range === undefined ? whole : presenceIn(range) & whole
  return { name, form: form === "s" || form === "d" ? form : "", presence }
}
const tokenOf = ({ name, form, presence }: Marked, whole: Presence): string =>
  `${name}${form === "" ? "" : `:${form}`}${rangeOf(presence, whole)}`

export type TableCommand = { readonly presence: Presence; readonly args: readonly Marked[] }
export type TableNeed = { readonly presence: Presence; readonly need: Need }
export type TableMenu = {
  readonly path: string
  readonly commands: ReadonlyMap<string, TableCommand>
  readonly needs: readonly TableNeed[]
  readonly outside: readonly Marked[]
}

const cut = (args: readonly Marked[], whole: Presence): readonly Marked[] =>
  args.map((arg) => ({ ...arg, presence: arg.presence & whole })).filter(({ presence }) => presence !== 0)
const asAdd = (args: readonly Marked[], whole: Presence): readonly Marked[] => [
  ...args.filter(({ name }) => name !== "copy-from"),
  { name: "numbers", form: "", presence: whole },
]

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "")

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

const saidBy = (args: readonly Marked[], name: string): string =>
  args
    .filter((arg) => arg.name === name)
    .map((arg) => tokenOf(arg, ALWAYS))
    .sort()
    .join(" ")

const changes = (from: readonly Marked[], to: readonly Marked[], whole: Presence): readonly string[] => {
  const base = cut(from, whole)
  const names = new Set([...base, ...to].map(({ name }) => name))
  return [...names].sort().flatMap((name) => {
    if (saidBy(base, name) === saidBy(to, name)) return []
    const told = to.filter((arg) => arg.name === name).map((arg) => tokenOf(arg, whole))
    return base.some((arg) => arg.name === name) ? [`-${name}`, ...told] : told
  })
}

type Usual = ReadonlyMap<string, readonly Marked[]>

const commandLine = (name: string, command: TableCommand, menu: TableMenu, usual: Usual): string => {
  const head = `${name}${rangeOf(command.presence, ALWAYS)}`
  const own = [`${head}:`, ...command.args.map((arg) => tokenOf(arg, command.presence))].join(" ")
  const known = usual.get(name)
  const add = menu.commands.get("add")
  const ways = [own]
  if (known !== undefined) {
    const changed = changes(known, command.args, command.presence)
    ways.push(changed.length === 0 ? head : [`${head}~`, ...changed].join(" "))
  }
  if (add !== undefined && name !== "add")
    ways.push([`${head}^`, ...changes(asAdd(add.args, ALWAYS), command.args, command.presence)].join(" "))
  return ways.reduce((shortest, way) => (way.length < shortest.length ? way : shortest))
}

/** The argument list that most menus give a command. */
const usualIn = (menus: readonly TableMenu[]): Usual => {
  const usual = new Map<string, readonly Marked[]>()
  for (const name of new Set(menus.flatMap(({ commands }) => [...commands.keys()]))) {
    const lists = menus.flatMap(({ commands }) => {
      const command = commands.get(name)
      return command?.presence === ALWAYS ? [command.args] : []
    })
    const byText = Object.values(Object.groupBy(lists, (args) => args.map((arg) => tokenOf(arg, ALWAYS)).join(" ")))
    const most = byText.reduce<readonly (readonly Marked[])[]>(
      (most, each) => (each && each.length > most.length ? each : most),
      [],
    )
    if (most.length > 2 && most[0] !== undefined) usual.set(name, most[0])
  }
  return usual
}

const needLine = ({ presence, need }: TableNeed): string =>
  need.isAnyEnough
    ? `any${rangeOf(presence, ALWAYS)} ${need.names.join(" ")} | ${need.message}`
    : `need${rangeOf(presence, ALWAYS)} ${need.names.join(" ")}`

const paragraph = (menu: TableMenu, usual: Usual): string => {
  const lines = [...menu.commands].map(([name, command]) => commandLine(name, command, menu, usual))
  const bare = lines.filter((line) => /^[^:~^]+$/.test(line))
  return [
    menu.path === "" ? "/" : menu.path,
    ...(bare.length === 0 ? [] : [bare.join(" ")]),
    ...lines.filter((line) => !bare.includes(line)),
    ...menu.needs.map(needLine),
    ...(menu.outside.length === 0 ? [] : [`outside ${menu.outside.map((name) => tokenOf(name, ALWAYS)).join(" ")}`]),
  ].join("\n")
}

/** First the head that all paragraphs need, then a paragraph a menu. */
export const writeTable = (menus: readonly TableMenu[]): readonly string[] => {
  const usual = usualIn(menus)
  const head = [...usual].map(([name, args]) => [`* ${name}`, ...args.map((arg) => tokenOf(arg, ALWAYS))].join(" ")).join("\n")
  return [head, ...menus.map((menu) => paragraph(menu, usual))]
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

const changed = (from: readonly Marked[], tokens: readonly string[], whole: Presence): readonly Marked[] => {
  const gone = new Set(tokens.filter((token) => token.startsWith("-")).map((token) => token.slice(1)))
  return [
    ...cut(from, whole).filter(({ name }) => !gone.has(name)),
    ...tokens.filter((token) => !token.startsWith("-")).map((token) => markedIn(token, whole)),
  ]
}

const COMMAND = /^([^:~^ ]+)([:~^])(.*)$/

const menuIn = (lines: readonly string[], usual: Usual): TableMenu => {
  const [path = "", ...rest] = lines
  const commands = new Map<string, TableCommand>()
  const needs: TableNeed[] = []
  let outside: readonly Marked[] = []
  for (const line of rest) {
    const [, head, way, tokens = ""] = COMMAND.exec(line) ?? []
    const [, kind, range, text = ""] = /^(need|any|outside)(?:\[([^\]]*)\])? (.*)$/.exec(line) ?? []
    if (kind === "outside") outside = words(text).map((token) => markedIn(token, ALWAYS))
    else if (kind !== undefined) {
      const [names = "", message = ""] = text.split(" | ")
      const presence = range === undefined ? ALWAYS : presenceIn(range)
      needs.push({ presence, need: { names: words(names), isAnyEnough: kind === "any", message } })
    } else if (head === undefined)
      for (const word of words(line)) {
        const { name, presence } = markedIn(word, ALWAYS)
        commands.set(name, { presence, args: cut(usual.get(name) ?? [], presence) })
      }
    else {
      const { name, presence } = markedIn(head, ALWAYS)
      const base = way === "~" ? (usual.get(name) ?? []) : way === "^" ? asAdd(commands.get("add")?.args ?? [], ALWAYS) : []
      commands.set(name, { presence, args: changed(base, words(tokens), presence) })
    }
  }
  return { path: path === "/" ? "" : path, commands, needs, outside }
}

export const readTable = (paragraphs: readonly string[]): readonly TableMenu[] => {
  const [head = "", ...menus] = paragraphs
  const usual = new Map(
    head.split("\n").map((line) => {
      const [, name = "", ...tokens] = words(line)
      return [name, tokens.map((token) => markedIn(token, ALWAYS))] as const
    }),
  )
  return menus.map((text) => menuIn(text.trim().split("\n"), usual))
}
