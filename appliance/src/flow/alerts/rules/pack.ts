/** The rules that the appliance comes with: the files of `pack/`, read once. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { METRICS, type MetricCatalogue } from "./metrics.ts"
import { type ParsedRule, parseRules } from "./parse.ts"

const FOLDER = join(import.meta.dirname, "pack")

/** A pack with an error is a fault of the release; its test reads every file. */
export const defaultPack = (catalogue: MetricCatalogue = METRICS): readonly ParsedRule[] =>
  globSync("*.yaml", { cwd: FOLDER })
    .sort()
    .flatMap((file) => {
      const parsed = parseRules(readFileSync(join(FOLDER, file), "utf8"), catalogue)
      if (!parsed.ok) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`)
      return parsed.rules
    })
