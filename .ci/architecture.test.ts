/** docs/architecture.md lists every folder that holds files, and none that does not exist. */
import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { test } from "node:test"

const root = join(import.meta.dirname, "..")

/** Folders named in the fenced tree under "The repository"; indentation says what is inside what. */
export const foldersInTree = (page: string): readonly string[] => {
  const tree = /## The repository[\s\S]*?```\n([\s\S]*?)```/.exec(page)?.[1] ?? ""
  const open: { readonly indent: number; readonly path: string }[] = []
  const folders: string[] = []
  for (const line of tree.split("\n")) {
    const indent = line.search(/\S/)
    const names = /^\s*((?:[\w.@/-]+\/\s?)+)(?:\s|$)/.exec(line)?.[1]?.trim().split(/\s+/) ?? []
    if (names.length === 0) continue
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const above = open.at(-1)?.path ?? ""
    const paths = names.map((name) => `${above}${name}`)
    folders.push(...paths.map((path) => path.replace(/\/$/, "")))
    open.push({ indent, path: paths[0] ?? above })
  }
  return folders
}

/** Folders with source files of their own (what is below `fixtures/` counts as that folder); without git, so that an unpacked archive passes too. */
const foldersOfFiles = (): readonly string[] => {
  const files = globSync(
    "{.ci/,}**/*.{ts,mjs,md,json,sql,yml,css,html,rsc,tsv,svg,png,webp,jpg,hcl,sh,py,yaml}",
    {
      cwd: root,
      exclude: (path) => /(?:^|[/\\])(?:node_modules|dist|\.data|\.screens)$/.test(path),
    },
  )
  const folders = files.map((file) => dirname(file).replace(/(\/fixtures)\/.*$/, "$1"))
  return [...new Set(folders)].filter((folder) => folder !== ".")
}

test("the tree in docs/architecture.md is the tree of the repository", () => {
  const listed = foldersInTree(readFileSync(join(root, "docs/architecture.md"), "utf8"))
  const actual = foldersOfFiles()
  assert.deepEqual(
    actual.filter((folder) => !listed.includes(folder)),
    [],
    "folders that the page does not list",
  )
  const isThere = (folder: string) =>
    actual.some((each) => each === folder || each.startsWith(`${folder}/`))
  assert.deepEqual(
    listed.filter((folder) => !isThere(folder)),
    [],
    "folders that the page lists and that do not exist",
  )
})

test("each decision and each migration has a number of its own", () => {
  const numbered = globSync("{docs/decisions,appliance/migrations}/[0-9]*", { cwd: root })
  const byNumber = Map.groupBy(numbered, (path) => /^.*\/\d{4}/.exec(path)?.[0] ?? path)
  assert.ok(numbered.length > 0)
  assert.deepEqual(
    [...byNumber.values()].filter((paths) => paths.length > 1),
    [],
  )
})
