import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { before, test } from "node:test"
import { gzipSync } from "node:zlib"
import { buildUi } from "./build.ts"

const DIST = join(import.meta.dirname, "../dist")
/** Maximum gzipped size of the first view. */
const MAX_BYTES = 150 * 1000

/** A file and its static imports. Dynamic imports of pages are not included. */
const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(join(DIST, file), "utf8")
  for (const [, path] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    if (path !== undefined) closure(`assets/${path}`, seen)
  return seen
}
const weigh = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0)

before(buildUi)

/** The program starts in its own file, after the language is loaded. */
const firstView = (): ReadonlySet<string> => {
  const entry =
    /src="\/(assets\/app-[^"]+\.js)"/.exec(readFileSync(join(DIST, "index.html"), "utf8"))?.[1] ??
    ""
  return closure(assetOf("start"), new Set(closure(entry)))
}
const assetOf = (name: string): string =>
  `assets/${readdirSync(join(DIST, "assets")).find((file) => new RegExp(`^${name}-[^.]+\\.js$`).test(file)) ?? ""}`

test("size: the first view's script is at most 150 kB gzipped", () => {
  const bytes = weigh(closure(assetOf("ispvm-page-overview"), new Set(firstView())))
  assert.ok(bytes > 10_000, "the entry was found")
  assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`)
})

test("size: the first view loads neither charts, map nor graph", () => {
  for (const file of firstView())
    assert.doesNotMatch(readFileSync(join(DIST, file), "utf8"), /cytoscape|leaflet|u-legend/i, file)
})

test("size: fonts travel along and nothing is asked of another host", () => {
  const files = readdirSync(join(DIST, "assets"))
  assert.ok(files.some((file) => /^inter-latin-wght.*\.woff2$/.test(file)))
  for (const file of files.filter((each) => each.endsWith(".css")))
    assert.doesNotMatch(readFileSync(join(DIST, "assets", file), "utf8"), /url\(["']?https?:/)
})
