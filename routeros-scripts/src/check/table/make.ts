/**
 * `node routeros-scripts/src/check/table/make.ts DIR` rewrites the product's own table of commands
 * from the trees in DIR.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { tableFrom } from "./from-trees.ts"
import { writeTable } from "./shape.ts"

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error(
    "usage: node routeros-scripts/src/check/table/make.ts DIR   (DIR holds routeros-RELEASE.commands.tsv)",
  )
  process.exit(2)
}
/** Lines of the table per file, so that a file can be read. */
const MAX_LINES = 300
/** Lines are folded at this width; continuation lines are indented. */
const WIDTH = 130

const fold = (line: string): string => {
  const lines: string[] = []
  let now = ""
  for (const word of line.split(" ")) {
    if (now !== "" && now.length + word.length >= WIDTH) {
      lines.push(now)
      now = `  ${word}`
    } else now = now === "" ? word : `${now} ${word}`
  }
  return [...lines, now].join("\n")
}

const files: string[][] = [[]]
for (const paragraph of writeTable(tableFrom(folder))) {
  const folded = paragraph.split("\n").map(fold).join("\n")
  const lines = (files.at(-1) ?? []).join("\n\n").split("\n").length + folded.split("\n").length
  if (lines > MAX_LINES) files.push([])
  files.at(-1)?.push(folded)
}

for (const file of readdirSync(import.meta.dirname))
  if (/^rows-\d\.ts$/.test(file)) rmSync(join(import.meta.dirname, file))
for (const [index, paragraphs] of files.entries())
  writeFileSync(
    join(import.meta.dirname, `rows-${index + 1}.ts`),
    `/** Made by make.ts; shape.ts describes the format. */\nexport const ROWS = \`\n${paragraphs.join("\n\n")}\n\`\n`,
  )
const names = files.map((_, index) => index + 1)
writeFileSync(
  join(import.meta.dirname, "rows.ts"),
  `/** Made by make.ts: the whole table, one paragraph per menu. */\n${names.map((n) => `import { ROWS as ROWS_${n} } from "./rows-${n}.ts"`).join("\n")}\n\nexport const PARAGRAPHS: readonly string[] = [${names.map((n) => `ROWS_${n}`).join(", ")}].flatMap((rows) =>\n  rows.trim().replaceAll("\\n  ", " ").split("\\n\\n"),\n)\n`,
)
