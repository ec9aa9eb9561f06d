/**
 * The command trees: one file per release, `routeros-RELEASE.commands.tsv`, one line per command:
 * path, tab, `name=form ; name`.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Menu, menusOf } from "./menus.ts"
import type { Need, Release } from "./model.ts"
import { isThere } from "./packages.ts"
import { compareReleases } from "./release.ts"

const FILE = /^routeros-(.+)\.commands\.tsv$/
const REQUIRED = (release: string): string => `required-args.v${release}.json`

/** All commands of one release's tree. */
export const rowsIn = (folder: string, release: string): Rows =>
  rowsOf(readFileSync(join(folder, `routeros-${release}.commands.tsv`), "utf8"))

export type Tree = {
  readonly release: string
  readonly menus: Menu
  readonly required: ReadonlyMap<string, Need>
}

/** The releases with a tree in the folder, oldest first. */
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

/** The recorded answer to `add` without arguments, one row per menu. */
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

/**
 * `missing value(s)` lists all required arguments; after any other answer, one of them was enough.
 */
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

/** The newest of these releases that is not newer than `release`; undefined if all are newer. */
export const notNewer = (releases: readonly string[], release: string): string | undefined =>
  releases.filter((each) => compareReleases(each, release) <= 0).at(-1)

/**
 * Names that a router still accepts after they left its tree: `:parse` reads `/interface wifiwave2`
 * as `/interface wifi`, its new name.
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
 * The required arguments of each `add`, from the newest recording that is not newer than the
 * release. A release older than all recordings uses the oldest one, where it has every required
 * argument.
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
 * A release from the trees of a folder; undefined where it has none. A release before the oldest
 * tree uses the oldest and is marked unproven.
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
