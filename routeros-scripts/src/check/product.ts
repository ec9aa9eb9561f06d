/**
 * The product's own table of commands: the menus that our scripts and the onboarding of a router
 * use, for every release since 7.0, and a smaller table for v6. It is used where no command tree is
 * available. A menu outside the table is reported as unknown, not as a fault.
 */
import type { Release } from "./check.ts"
import { type Menu, menusOf } from "./menus.ts"
import type { Need } from "./model.ts"
import { isThere } from "./packages.ts"
import { compareReleases, isRelease } from "./release.ts"
import { PARAGRAPHS } from "./table/rows.ts"
import { RECORDED, readTable, type TableEntry, type TableMenu } from "./table/shape.ts"
import { notNewer, oldNamesOf, type Rows, underOldNames } from "./tree.ts"
import { isOfV6, v6 } from "./v6.ts"

const FORMS = { s: "script", d: "see documentation", "": "" } as const
const namesAt = (marked: readonly TableEntry[], bit: number): ReadonlyMap<string, string> =>
  new Map(
    marked.flatMap(({ name, form, releases }) =>
      (releases & bit) === 0 ? [] : [[name, FORMS[form]] as const],
    ),
  )

export type Table = {
  readonly rows: Rows
  readonly outside: readonly string[]
  readonly required: ReadonlyMap<string, Need>
}

/** The part of a table that belongs to one recorded release. */
export const tableAt = (menus: readonly TableMenu[], release: string): Table => {
  const bit = 1 << RECORDED.indexOf(release)
  return {
    rows: menus.flatMap(({ path, commands }) =>
      [...commands].flatMap(([name, { releases, args }]) =>
        (releases & bit) === 0 ? [] : [[`${path}/${name}`, namesAt(args, bit)] as const],
      ),
    ),
    outside: menus.flatMap(({ path, outside }) =>
      [...namesAt(outside, bit).keys()].map((name) => `${path}/${name}`),
    ),
    required: new Map(
      menus.flatMap(({ path, needs }) =>
        needs.flatMap(({ releases, need }) =>
          (releases & bit) === 0 ? [] : [[`${path}/add`, need] as const],
        ),
      ),
    ),
  }
}

/**
 * The trees were recorded on virtual routers; these menus exist, or are complete, only on hardware.
 */
const BOARD_MENUS = [
  "/interface/ethernet/poe",
  "/interface/ethernet/switch",
  "/lcd",
  "/partitions",
  "/system/health",
  "/system/routerboard",
]

const menusAt = ({ rows, outside }: Table, release: string, packages: ReadonlySet<string>): Menu =>
  menusOf(
    [...rows, ...underOldNames(rows, release)].filter(([path]) => isThere(path, release, packages)),
    [...outside, ...BOARD_MENUS, ...oldNamesOf(release)].filter((path) =>
      isThere(path, release, packages),
    ),
  )

const cache = new Map<string, Release>()

/**
 * A release from the product's own table; undefined for an unknown name. A release between two
 * recorded ones uses the older one; a release before the first uses the first and is marked
 * unproven.
 */
export const releaseNamed = (
  name: string,
  packages: ReadonlySet<string> = new Set(),
): Release | undefined => {
  if (!isRelease(name)) return undefined
  const key = [name, ...[...packages].sort()].join(" ")
  const known = cache.get(key)
  if (known !== undefined) return known
  const release = isOfV6(name) ? v6(name) : ofV7(name, packages)
  if (release !== undefined) cache.set(key, release)
  return release
}

const OLDEST = RECORDED[0] ?? ""
let read: readonly TableMenu[] | undefined
const ofV7 = (name: string, packages: ReadonlySet<string>): Release | undefined => {
  if (compareReleases(name, "7.0alpha0") < 0) return undefined
  read ??= readTable(PARAGRAPHS)
  const recorded = notNewer(RECORDED, name)
  const table = tableAt(read, recorded ?? OLDEST)
  return {
    name,
    menus: menusAt(table, recorded ?? OLDEST, packages),
    required: table.required,
    isProven: recorded !== undefined,
  }
}
