/**
 * Measures the checker against the answers of real routers, and with scripts made from the command
 * trees.
 */
import { join } from "node:path"
import { checkScript, type Release } from "../check.ts"
import { PACKAGE_NAMES } from "../packages.ts"
import { releaseNamed } from "../product.ts"
import { OUTSIDE } from "../reader.ts"
import { TABLE_MENUS } from "../table/from-trees.ts"
import { releaseIn, releasesIn, rowsIn, treeOf } from "../tree.ts"
import { type GeneratedCase, maker } from "./mutate.ts"
import { compare, type Figures, HALVES, halfOf, ORACLE_RELEASES, oracleCases } from "./oracle.ts"

const TARGETS = { agreed: 0.99, sameLine: 0.97, sameColumn: 0.9, distinguished: 0.999 }
const MADE = 10_000
const SHOWN = 12

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)
const percent = (part: number, whole: number): string =>
  `${(100 * share(part, whole)).toFixed(1).padStart(5)} %`
const row = (name: string, f: Figures): string =>
  [
    name.padEnd(22),
    String(f.cases).padStart(5),
    percent(f.agreed, f.cases),
    String(f.rejected).padStart(8),
    percent(f.sameLine, f.rejected),
    percent(f.sameColumn, f.rejected),
    percent(f.sameMessage, f.rejected),
  ].join("  ")

const list = (differences: readonly string[], all: boolean): void => {
  for (const each of all ? differences : differences.slice(0, SHOWN)) console.log(`  ${each}`)
  if (!all && differences.length > SHOWN)
    console.log(`  … and ${differences.length - SHOWN} more: --all`)
}

const againstRouters = (recordings: string, folder: string, all: boolean): boolean => {
  const cases = oracleCases(recordings)
  console.log("Compared with the answers of :parse on real routers (main package only)")
  console.log("                       cases   accept/reject  rejected  same line  column   message")
  let isGood = true
  const differences: string[] = []
  for (const name of ORACLE_RELEASES) {
    const release = releaseIn(folder, name)
    if (release === undefined) continue
    for (const half of HALVES)
      console.log(
        row(
          `${name} ${half}`,
          compare(
            cases.filter((each) => halfOf(each) === half),
            release,
          ).figures,
        ),
      )
    const whole = compare(cases, release)
    const { figures: f } = whole
    console.log(row(`${name} all`, f))
    differences.push(...whole.differences)
    isGood &&=
      share(f.agreed, f.cases) >= TARGETS.agreed &&
      share(f.sameLine, f.rejected) >= TARGETS.sameLine &&
      share(f.sameColumn, f.rejected) >= TARGETS.sameColumn
  }
  console.log(`\nDifferences: ${differences.length}`)
  list(differences, all)
  return isGood
}

const wrongResults = (made: readonly GeneratedCase[], release: Release): readonly GeneratedCase[] =>
  made.filter(({ source, isValid }) => checkScript(source, release).ok !== isValid)

const againstGenerated = (folder: string, all: boolean): boolean => {
  console.log(
    `\n${MADE} scripts per release made from its tree (all packages): valid ones accepted, others rejected`,
  )
  let isGood = true
  const releases = releasesIn(folder)
  for (const [index, name] of releases.entries()) {
    const tree = treeOf(folder, name, new Set(PACKAGE_NAMES))
    const release = releaseIn(folder, name, new Set(PACKAGE_NAMES))
    if (tree === undefined || release === undefined) continue
    const other = releases[index === 0 ? releases.length - 1 : 0] ?? name
    const make = maker(
      { rows: rowsIn(folder, name), required: tree.required, other: rowsIn(folder, other) },
      index + 1,
    )
    const made = Array.from({ length: MADE }, make)
    const began = performance.now()
    const wrong = wrongResults(made, release)
    const perSecond = (MADE / (performance.now() - began)) * 1000
    const kinds = Object.entries(Object.groupBy(made, ({ kind }) => kind))
      .map(
        ([kind, of = []]) =>
          `${kind} ${of.length - wrong.filter((each) => each.kind === kind).length}/${of.length}`,
      )
      .join(", ")
    console.log(
      `${name.padEnd(8)} ${(100 * share(MADE - wrong.length, MADE)).toFixed(2)} %  ${perSecond.toFixed(0)} scripts/s  ${kinds}`,
    )
    list(
      wrong.map(({ kind, source }) => `${kind}: ${source.replaceAll("\n", "\\n")}`),
      all,
    )
    isGood &&= share(MADE - wrong.length, MADE) >= TARGETS.distinguished
  }
  return isGood
}

const answerOf = (source: string, release: Release): string => {
  const result = checkScript(source, release)
  return result.ok ? "accepted" : `${result.message} (line ${result.line} column ${result.column})`
}

/**
 * The product's own table instead of trees: for the menus it has, it must give the same results.
 */
const ownTable = (folder: string, all: boolean): boolean => {
  console.log(
    `\n${MADE} scripts per release on the menus of the product's own table: same result, line, column and message as by the tree`,
  )
  const isOurs = new Set(TABLE_MENUS)
  const oursIn = (name: string) =>
    rowsIn(folder, name).filter(([path]) => isOurs.has(path.slice(0, path.lastIndexOf("/"))))
  let isGood = true
  const releases = releasesIn(folder)
  for (const [index, name] of releases.entries()) {
    const tree = releaseIn(folder, name)
    const own = releaseNamed(name)
    if (tree === undefined || own === undefined) continue
    const other = oursIn(releases[index === 0 ? releases.length - 1 : 0] ?? name)
    const make = maker({ rows: oursIn(name), required: tree.required, other }, 100 + index)
    const differing = Array.from({ length: MADE }, make).filter(({ source }) => {
      const answer = answerOf(source, own)
      // A misspelt menu may be the name of a menu that the table leaves out.
      return answer !== answerOf(source, tree) && !answer.startsWith(OUTSIDE)
    })
    console.log(`${name.padEnd(8)} ${(100 * share(MADE - differing.length, MADE)).toFixed(2)} %`)
    list(
      differing.map(
        ({ kind, source }) =>
          `${kind}: ${source.replaceAll("\n", "\\n")}  ${answerOf(source, tree)} | ${answerOf(source, own)}`,
      ),
      all,
    )
    isGood &&= share(MADE - differing.length, MADE) >= TARGETS.distinguished
  }
  return isGood
}

const speed = (recordings: string, folder: string): void => {
  const release = releaseIn(folder, "7.22.1")
  const cases = oracleCases(recordings)
  if (release === undefined || cases.length === 0) return
  const began = performance.now()
  for (const { script } of cases) checkScript(script, release)
  const tookMs = performance.now() - began
  const bytes = cases.reduce((sum, { script }) => sum + Buffer.byteLength(script), 0)
  console.log(
    `\n${((cases.length / tookMs) * 1000).toFixed(0)} real scripts per second (${(bytes / cases.length / 1000).toFixed(1)} kB each on average)`,
  )
}

/** Prints the figures; returns whether they reach their targets. */
export const runBench = (recordings: string, all: boolean): boolean => {
  const folder = join(recordings, "api", "schema")
  const agrees = againstRouters(recordings, folder, all)
  const isAccurate = againstGenerated(folder, all)
  const isSame = ownTable(folder, all)
  speed(recordings, folder)
  return agrees && isAccurate && isSame
}
