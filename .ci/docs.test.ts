/** The pages name files and folders that exist, and keep to the width of the code. */
import assert from "node:assert/strict"
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { COLLECTORS } from "../agent/wire/collectors.ts"

const root = join(import.meta.dirname, "..")
const MAX_COLUMNS = 100

const pages = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root })]
const read = (page: string): string => readFileSync(join(root, page), "utf8")

/** Made by the commands of a checkout: `.data` by the demo and the appliance, `build` by images. */
const MADE = ["node_modules", ".git", ".data", "build"]
/** Folders at the top of the repository. What begins with one is a path from there. */
const TOP = readdirSync(root, { withFileTypes: true })
  .filter((each) => each.isDirectory() && !MADE.includes(each.name))
  .map(({ name }) => name)
const FILE = /\.(?:ts|mjs|md|json|sql|css|grit|yml|hcl)$/
/** `NAME` stands for what a reader chooses; patterns are no path. */
const PLACEHOLDER = /NAME|^kebab-case\.ts$|[*…{<]/

/** Paths in code spans; one that does not begin at the top may be the end of a path. */
const pathsIn = (page: string): readonly string[] =>
  [...page.matchAll(/`([^`\s:]+)`/g)]
    .map(([, span = ""]) => span.replace(/\/$/, ""))
    .filter((span) => !PLACEHOLDER.test(span) && /^[\w.@/-]+$/.test(span))
    .filter(
      (span) =>
        (span.includes("/") && TOP.includes(span.split("/")[0] ?? "")) ||
        (FILE.test(span) && !span.startsWith("/")),
    )

const allFiles = globSync("{.ci/,}**/*.*", {
  cwd: root,
  exclude: (path) => /(?:^|[/\\])(?:node_modules|dist|\.data)$/.test(path),
})

/** A decision may tell of a file that is gone since. */
const isRecord = (page: string): boolean => page.startsWith("docs/decisions/")

const exists = (path: string): boolean =>
  existsSync(join(root, path)) || allFiles.some((file) => file.endsWith(`/${path}`))

test("every file and folder that a page names exists", () => {
  assert.deepEqual(pathsIn("`agent/x.ts` `y.md` `GET /a.json` `ui/NAME.ts` `text/html`"), [
    "agent/x.ts",
    "y.md",
  ])
  const missing = pages
    // It names files of earlier versions.
    .filter((page) => page !== "docs/changelog.md")
    .flatMap((page) =>
      pathsIn(read(page))
        .filter((path) => !exists(path) && !(isRecord(page) && !path.includes("/")))
        .map((path) => `${page}: ${path}`),
    )
  assert.deepEqual([...new Set(missing)], [])
})

test("every link between pages leads to a file", () => {
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)]
      .map(([, target = ""]) => join(page, "..", target))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${page}: ${target}`),
  )
  assert.deepEqual(missing, [])
})

/** Lines of text: tables and commands cannot be broken. */
const linesOfText = (page: string): readonly string[] =>
  page
    .replace(/^\s*```[\s\S]*?^\s*```/gm, "")
    .split("\n")
    .filter((line) => !line.startsWith("|"))

test(`a line of text has at most ${MAX_COLUMNS} columns`, () => {
  const wide = pages.flatMap((page) =>
    linesOfText(read(page))
      .filter((line) => line.length > MAX_COLUMNS && line.trim().includes(" "))
      .map((line) => `${page}: ${line}`),
  )
  assert.deepEqual(wide, [])
})

test("the collection intervals in docs/operations.md are the defaults of the code", () => {
  const rows = [...read("docs/operations.md").matchAll(/^\| (`[^|]+) \| ([\d.]+) s \|/gm)]
  const listed = rows.flatMap(([, names = "", seconds]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, Number(seconds) * 1_000]),
  )
  assert.deepEqual(Object.fromEntries(listed), COLLECTORS)
})
