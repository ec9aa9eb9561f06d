/**
 * The text format of the product's own table of commands: one paragraph per menu, one line per
 * command, each argument with the releases that have it. Reading and writing are in one file, so
 * that one is the inverse of the other.
 *
 *     /ip/address
 *     add: address comment:d old[-7.10.2]   its arguments; `:s` is script text, `:d` any value
 *     print                                 as usual: like the `* print` line of the head
 *     get~ number -value-name               as usual, with these and without those
 *     set^                                  like `add`, with `numbers`, without `copy-from`
 *     need address interface                arguments that `add` requires
 *     any name | failure: …                 one of these is required; otherwise the error
 *     outside nat mangle                    exist on the router, but not in this table
 */
import type { Need } from "../model.ts"

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

/** One bit per release of RECORDED. */
export type ReleaseSet = number
export const ALWAYS: ReleaseSet = (1 << RECORDED.length) - 1

const runsOf = (releases: ReleaseSet): readonly (readonly [number, number])[] => {
  const runs: [number, number][] = []
  for (const index of RECORDED.keys()) {
    if ((releases & (1 << index)) === 0) continue
    const last = runs.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs
}

/** `[7.12.2-7.17.1,7.20.8-]`; empty where it equals the range of the entry that contains it. */
const rangeOf = (releases: ReleaseSet, whole: ReleaseSet): string => {
  if (releases === whole) return ""
  const last = RECORDED.length - 1
  return `[${runsOf(releases)
    .map(([from, to]) =>
      from === to
        ? RECORDED[from]
        : `${from === 0 ? "" : RECORDED[from]}-${to === last ? "" : RECORDED[to]}`,
    )
    .join(",")}]`
}

const indexOf = (release: string, otherwise: number): number => {
  const index = RECORDED.indexOf(release)
  return index === -1 ? otherwise : index
}

const releasesIn = (range: string): ReleaseSet => {
  let releases = 0
  for (const run of range.split(",")) {
    const [from = "", to = from] = run.split("-")
    for (let index = indexOf(from, 0); index <= indexOf(to, RECORDED.length - 1); index += 1)
      releases |= 1 << index
  }
  return releases
}

/** An argument or a name below a menu: the releases that have it, and the form of its value. */
export type TableEntry = {
  readonly name: string
  readonly form: "" | "s" | "d"
  readonly releases: ReleaseSet
}

const TOKEN = /^([^[:]+)(?::([sd]))?(?:\[(.*)\])?$/
const entryIn = (token: string, whole: ReleaseSet): TableEntry => {
  const [, name = token, form, range] = TOKEN.exec(token) ?? []
  const releases = range === undefined ? whole : releasesIn(range) & whole
  return { name, form: form === "s" || form === "d" ? form : "", releases }
}
const tokenOf = ({ name, form, releases }: TableEntry, whole: ReleaseSet): string =>
  `${name}${form === "" ? "" : `:${form}`}${rangeOf(releases, whole)}`

export type TableCommand = { readonly releases: ReleaseSet; readonly args: readonly TableEntry[] }
export type TableNeed = { readonly releases: ReleaseSet; readonly need: Need }
export type TableMenu = {
  readonly path: string
  readonly commands: ReadonlyMap<string, TableCommand>
  readonly needs: readonly TableNeed[]
  readonly outside: readonly TableEntry[]
}

const cut = (args: readonly TableEntry[], whole: ReleaseSet): readonly TableEntry[] =>
  args
    .map((arg) => ({ ...arg, releases: arg.releases & whole }))
    .filter(({ releases }) => releases !== 0)
const asAdd = (args: readonly TableEntry[], whole: ReleaseSet): readonly TableEntry[] => [
  ...args.filter(({ name }) => name !== "copy-from"),
  { name: "numbers", form: "", releases: whole },
]

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "")

// ── writing ──

const tokensOf = (args: readonly TableEntry[], name: string): string =>
  args
    .filter((arg) => arg.name === name)
    .map((arg) => tokenOf(arg, ALWAYS))
    .sort()
    .join(" ")

const changes = (
  from: readonly TableEntry[],
  to: readonly TableEntry[],
  whole: ReleaseSet,
): readonly string[] => {
  const base = cut(from, whole)
  const names = new Set([...base, ...to].map(({ name }) => name))
  return [...names].sort().flatMap((name) => {
    if (tokensOf(base, name) === tokensOf(to, name)) return []
    const added = to.filter((arg) => arg.name === name).map((arg) => tokenOf(arg, whole))
    return base.some((arg) => arg.name === name) ? [`-${name}`, ...added] : added
  })
}

type Usual = ReadonlyMap<string, readonly TableEntry[]>

const commandLine = (
  name: string,
  command: TableCommand,
  menu: TableMenu,
  usual: Usual,
): string => {
  const head = `${name}${rangeOf(command.releases, ALWAYS)}`
  const own = [`${head}:`, ...command.args.map((arg) => tokenOf(arg, command.releases))].join(" ")
  const known = usual.get(name)
  const add = menu.commands.get("add")
  const candidates = [own]
  if (known !== undefined) {
    const changed = changes(known, command.args, command.releases)
    candidates.push(changed.length === 0 ? head : [`${head}~`, ...changed].join(" "))
  }
  if (add !== undefined && name !== "add")
    candidates.push(
      [`${head}^`, ...changes(asAdd(add.args, ALWAYS), command.args, command.releases)].join(" "),
    )
  return candidates.reduce((shortest, candidate) =>
    candidate.length < shortest.length ? candidate : shortest,
  )
}

/** The argument list that most menus give a command. */
const usualIn = (menus: readonly TableMenu[]): Usual => {
  const usual = new Map<string, readonly TableEntry[]>()
  for (const name of new Set(menus.flatMap(({ commands }) => [...commands.keys()]))) {
    const lists = menus.flatMap(({ commands }) => {
      const command = commands.get(name)
      return command?.releases === ALWAYS ? [command.args] : []
    })
    const byText = Object.values(
      Object.groupBy(lists, (args) => args.map((arg) => tokenOf(arg, ALWAYS)).join(" ")),
    )
    const largest = byText.reduce<readonly (readonly TableEntry[])[]>(
      (largest, each) => (each && each.length > largest.length ? each : largest),
      [],
    )
    if (largest.length > 2 && largest[0] !== undefined) usual.set(name, largest[0])
  }
  return usual
}

const needLine = ({ releases, need }: TableNeed): string =>
  need.isAnyEnough
    ? `any${rangeOf(releases, ALWAYS)} ${need.names.join(" ")} | ${need.message}`
    : `need${rangeOf(releases, ALWAYS)} ${need.names.join(" ")}`

const paragraph = (menu: TableMenu, usual: Usual): string => {
  const lines = [...menu.commands].map(([name, command]) => commandLine(name, command, menu, usual))
  const bare = lines.filter((line) => /^[^:~^]+$/.test(line))
  return [
    menu.path === "" ? "/" : menu.path,
    ...(bare.length === 0 ? [] : [bare.join(" ")]),
    ...lines.filter((line) => !bare.includes(line)),
    ...menu.needs.map(needLine),
    ...(menu.outside.length === 0
      ? []
      : [`outside ${menu.outside.map((name) => tokenOf(name, ALWAYS)).join(" ")}`]),
  ].join("\n")
}

/** The common head first, then one paragraph per menu. */
export const writeTable = (menus: readonly TableMenu[]): readonly string[] => {
  const usual = usualIn(menus)
  const head = [...usual]
    .map(([name, args]) => [`* ${name}`, ...args.map((arg) => tokenOf(arg, ALWAYS))].join(" "))
    .join("\n")
  return [head, ...menus.map((menu) => paragraph(menu, usual))]
}

// ── reading ──

const changed = (
  from: readonly TableEntry[],
  tokens: readonly string[],
  whole: ReleaseSet,
): readonly TableEntry[] => {
  const gone = new Set(
    tokens.filter((token) => token.startsWith("-")).map((token) => token.slice(1)),
  )
  return [
    ...cut(from, whole).filter(({ name }) => !gone.has(name)),
    ...tokens.filter((token) => !token.startsWith("-")).map((token) => entryIn(token, whole)),
  ]
}

const COMMAND = /^([^:~^ ]+)([:~^])(.*)$/

const REQUIREMENT = /^(need|any|outside)(?:\[([^\]]*)\])? (.*)$/

/** The menu of a paragraph while its lines are read. */
type MutableMenu = {
  readonly commands: Map<string, TableCommand>
  readonly needs: TableNeed[]
  outside: readonly TableEntry[]
}

const addRequirement = (
  menu: MutableMenu,
  [, kind, range, text = ""]: readonly (string | undefined)[],
): void => {
  if (kind === "outside") {
    menu.outside = words(text).map((token) => entryIn(token, ALWAYS))
    return
  }
  const [names = "", message = ""] = text.split(" | ")
  const releases = range === undefined ? ALWAYS : releasesIn(range)
  menu.needs.push({ releases, need: { names: words(names), isAnyEnough: kind === "any", message } })
}

/** The argument list that a notation starts from: empty, the usual one, or that of `add`. */
const baseOf = (
  menu: MutableMenu,
  notation: string | undefined,
  name: string,
  usual: Usual,
): readonly TableEntry[] => {
  if (notation === "~") return usual.get(name) ?? []
  return notation === "^" ? asAdd(menu.commands.get("add")?.args ?? [], ALWAYS) : []
}

const addLine = (menu: MutableMenu, line: string, usual: Usual): void => {
  const requirement = REQUIREMENT.exec(line)
  if (requirement !== null) {
    addRequirement(menu, requirement)
    return
  }
  const [, head, notation, tokens = ""] = COMMAND.exec(line) ?? []
  if (head === undefined) {
    for (const word of words(line)) {
      const { name, releases } = entryIn(word, ALWAYS)
      menu.commands.set(name, { releases, args: cut(usual.get(name) ?? [], releases) })
    }
    return
  }
  const { name, releases } = entryIn(head, ALWAYS)
  const base = baseOf(menu, notation, name, usual)
  menu.commands.set(name, { releases, args: changed(base, words(tokens), releases) })
}

const menuIn = (lines: readonly string[], usual: Usual): TableMenu => {
  const [path = "", ...rest] = lines
  const menu: MutableMenu = { commands: new Map(), needs: [], outside: [] }
  for (const line of rest) addLine(menu, line, usual)
  return { path: path === "/" ? "" : path, ...menu }
}

export const readTable = (paragraphs: readonly string[]): readonly TableMenu[] => {
  const [head = "", ...menus] = paragraphs
  const usual = new Map(
    head.split("\n").map((line) => {
      const [, name = "", ...tokens] = words(line)
      return [name, tokens.map((token) => entryIn(token, ALWAYS))] as const
    }),
  )
  return menus.map((text) => menuIn(text.trim().split("\n"), usual))
}
