/** The command trees: one file a release, `routeros-RELEASE.commands.tsv`, a line a command: path, tab, `name=form ; name`. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Menu, menusOf } from "./menus.ts"
import type { Need, Release } from "./model.ts"
import { isThere } from "./packages.ts"
import { compareReleases } from "./release.ts"

const FILE = /^routeros-(.+)\.commands\.tsv$/
const REQUIRED = (release: string): string => `required-args.v${release}.json`

/** Every command of one release's tree. */
export const rowsIn = (folder: string, release: string): Rows =>
  rowsOf(readFileSync(join(folder, `routeros-${release}.commands.tsv`), "utf8"))

export type Tree = {
  readonly release: string
  readonly menus: Menu
  readonly required: ReadonlyMap<string, Need>
}

/** The releases that a folder has trees of, oldest first. */
export const releasesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .flatMap((file) => FILE.exec(file)?.[1] ?? [])
    .sort(compareReleases)

const argsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(" ; ")
      .filter((each) => each.trim() !== "")
      .map((each) => {
        const at = each.indexOf("=")
        return at === -1
          ? ([each.trim(), ""] as const)
          : ([each.slice(0, at).trim(), each.slice(at + 1).trim()] as const)
      }),
  )

export const rowsOf = (
  text: string,
): readonly (readonly [path: string, args: ReadonlyMap<string, string>])[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("/"))
    .map((line) => {
      const [path = "", args = ""] = line.split("\t")
      return [path, argsOf(args)] as const
    })

/** What `add` without arguments was answered, a row a menu. */
type Row = {
  readonly path: string
  readonly required: readonly string[]
  readonly rawError: string
}
const isRow = (row: unknown): row is Row =>
  typeof row === "object" &&
  row !== null &&
  "path" in row &&
  typeof row.path === "string" &&
  "rawError" in row &&
  typeof row.rawError === "string" &&
  "required" in row &&
  Array.isArray(row.required)

/** `missing value(s)` names all that are needed; any other answer was got over with one of them. */
const needOf = ({ path, required, rawError }: Row): readonly [string, Need] => {
  const inOrder = /missing value\(s\) of argument\(s\) ([^(]+)/
    .exec(rawError)?.[1]
    ?.trim()
    .split(" ")
  return [
    `${path}/add`,
    inOrder === undefined
      ? { names: required, isAnyEnough: true, message: rawError.replace(/ \(\/.*$/s, "") }
      : { names: inOrder, isAnyEnough: false, message: "" },
  ]
}

const requiredIn = (folder: string, release: string): ReadonlyMap<string, Need> => {
  const rows: unknown = JSON.parse(readFileSync(join(folder, REQUIRED(release)), "utf8"))
  return new Map(
    (Array.isArray(rows) ? rows : [])
      .filter(isRow)
      .filter((row) => row.required.length > 0)
      .map(needOf),
  )
}

/** The newest release of these that is not newer than the one asked for; none if all are newer. */
export const notNewer = (releases: readonly string[], release: string): string | undefined =>
  releases.filter((each) => compareReleases(each, release) <= 0).at(-1)

/**
 * Names that a router still takes after they are gone from its tree: `:parse` answers for `/interface wifiwave2` as for `/interface wifi`, which
 * it became.
 */
const OLD_MENUS: readonly (readonly [from: string, to: string, since: string])[] = [
  ["/interface/wifiwave2", "/interface/wifi", "7.13"],
]
const OLD_COMMANDS: readonly (readonly [from: string, to: string, since: string, until: string])[] =
  [["/ping", "/tool/ping", "7.23beta1", "7.24beta1"]]

export type Rows = ReturnType<typeof rowsOf>
const oldMenusOf = (release: string) =>
  OLD_MENUS.filter(([, , since]) => compareReleases(release, since) >= 0)
export const oldNamesOf = (release: string): readonly string[] =>
  oldMenusOf(release).map(([from]) => from)

export const underOldNames = (rows: Rows, release: string): Rows => [
  ...oldMenusOf(release).flatMap(([from, to]) =>
    rows
      .filter(([path]) => path.startsWith(`${to}/`))
      .map(([path, args]) => [from + path.slice(to.length), args] as const),
  ),
  ...OLD_COMMANDS.filter(
    ([, , since, until]) =>
      compareReleases(release, since) >= 0 && compareReleases(release, until) < 0,
  ).flatMap(([from, to]) =>
    rows.filter(([path]) => path === to).map(([, args]) => [from, args] as const),
  ),
]

/**
 * What each `add` of a release needs: as the newest not newer recording says. A release older than all of these goes by the oldest, wherever
 * it has every argument that is needed there.
 */
const requiredOf = (folder: string, release: string, rows: Rows): ReadonlyMap<string, Need> => {
  const recorded = readdirSync(folder)
    .flatMap((file) => /^required-args\.v(.+)\.json$/.exec(file)?.[1] ?? [])
    .sort(compareReleases)
  const known = notNewer(recorded, release)
  if (known !== undefined) return requiredIn(folder, known)
  const [oldest] = recorded
  if (oldest === undefined) return new Map()
  const args = new Map(rows)
  return new Map(
    [...requiredIn(folder, oldest)].filter(([path, { names }]) =>
      names.every((name) => args.get(path)?.has(name)),
    ),
  )
}

export const treeOf = (
  folder: string,
  release: string,
  packages: ReadonlySet<string> = new Set(),
): Tree | undefined => {
  const found = notNewer(releasesIn(folder), release)
  if (found === undefined) return undefined
  const rows = rowsIn(folder, found)
  return {
    release: found,
    menus: menusOf(
      [...rows, ...underOldNames(rows, found)].filter(([path]) => isThere(path, found, packages)),
    ),
    required: requiredOf(folder, release, rows),
  }
}

/**
 * A release as the trees of a folder tell it; undefined where it has none. One before the oldest goes by the oldest, and what is said of it is
 * unproven.
 */
export const releaseIn = (
  folder: string,
  name: string,
  packages: ReadonlySet<string> = new Set(),
): Release | undefined => {
  const [oldest] = releasesIn(folder)
  const tree = treeOf(folder, name, packages)
  const used = tree ?? (oldest === undefined ? undefined : treeOf(folder, oldest, packages))
  if (used === undefined) return undefined
  return { name, menus: used.menus, required: used.required, isProven: tree !== undefined }
}
