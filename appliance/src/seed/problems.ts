/** What was wrong with the seed of this machine: written at boot, shown by console and page. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { SEED_FAULTS, type SeedProblem } from "./model.ts"

export const PROBLEMS_FILE = "seed-problems.json"
const MAX_PROBLEMS = 64
const Problems = z
  .array(
    z.strictObject({
      key: z.string().max(200),
      fault: z.enum(SEED_FAULTS),
      detail: z.string().max(200).nullable(),
    }),
  )
  .max(MAX_PROBLEMS)

export const problemsText = (problems: readonly SeedProblem[]): string =>
  `${JSON.stringify(problems.slice(0, MAX_PROBLEMS).map(bounded))}\n`
const bounded = ({ key, fault, detail }: SeedProblem): SeedProblem => ({
  key: key.slice(0, 200),
  fault,
  detail: detail?.slice(0, 200) ?? null,
})

/** None where there was no seed, or nothing wrong with it. */
export const readSeedProblems = (dataDir: string): readonly SeedProblem[] => {
  try {
    return Problems.parse(JSON.parse(readFileSync(join(dataDir, PROBLEMS_FILE), "utf8")))
  } catch {
    return []
  }
}

const FAULTS: Readonly<Record<SeedProblem["fault"], string>> = {
  "unknown-key": "unknown key",
  "wrong-value": "wrong value",
  unreadable: "cannot be read",
  "not-supported": "not supported",
  "not-applied": "could not be applied",
}
/** For the console and the journal, which have one language. */
export const seedProblemText = ({ key, fault, detail }: SeedProblem): string =>
  `${key}: ${FAULTS[fault]}${detail === null ? "" : ` (${detail})`}`
