/**
 * `node routeros-scripts/golden/write.ts` rewrites the golden scripts. Check `git diff` before you
 * commit.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { goldenFiles } from "./golden.ts"

const files = goldenFiles()
for (const file of readdirSync(import.meta.dirname))
  if (/\.(rsc|tsv)$/.test(file) && !files.has(file)) rmSync(join(import.meta.dirname, file))
for (const [file, text] of files) writeFileSync(join(import.meta.dirname, file), text)
