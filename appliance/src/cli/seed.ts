/** `ispvm seed`: headless configuration, checked beforehand or applied at boot. */
import { readFileSync, statSync } from "node:fs"
import { applySeed } from "../seed/apply.ts"
import { seedProblemText } from "../seed/problems.ts"
import { parseSeedFiles } from "../seed/seed-files.ts"
import { findSeed, readSeedFolder } from "../seed/sources.ts"
import { EXIT, fail, needsRoot, print, reasonOf } from "./exit.ts"
import { isResetUnfinished, removeData } from "./factory-reset.ts"

const USAGE = "usage: ispvm seed check FILE|FOLDER, or ispvm seed apply"

/** A file is `user-data`, or the properties of an OVF. */
const readGiven = (path: string) => {
  if (statSync(path).isDirectory()) return readSeedFolder(path, path)
  const name = path.endsWith(".xml") ? "ovf-env.xml" : "user-data"
  return { from: path, files: { [name]: readFileSync(path, "utf8") }, problems: [] }
}

const check = (path: string): number => {
  let found: ReturnType<typeof readGiven>
  try {
    found = readGiven(path)
  } catch (error) {
    return fail(reasonOf(error))
  }
  if (found === null) return fail(`${path}: no file of a seed, such as user-data`)
  const { seed, problems, ignored } = parseSeedFiles(found.files)
  const all = [...found.problems, ...problems]
  print(
    `sets: ${Object.keys(seed).join(", ") || "nothing"}`,
    ...(ignored.length > 0 ? [`ignored: ${ignored.join(", ")}`] : []),
    ...all.map((problem) => `problem: ${seedProblemText(problem)}`),
  )
  return all.length === 0 ? EXIT.fine : EXIT.fault
}

/** Exits 0 also with problems: the machine starts, and console and page show them. */
const apply = (): number => {
  if (isResetUnfinished()) {
    print("the factory reset is continued")
    removeData()
  }
  const { from, result, problems, ignored } = applySeed(findSeed())
  if (from === null) print("no seed")
  else print(`${from}: ${result}`)
  if (ignored.length > 0) print(`ignored: ${ignored.join(", ")}`)
  for (const problem of problems) process.stderr.write(`seed: ${seedProblemText(problem)}\n`)
  return EXIT.fine
}

export const seed = async ([command, path]: readonly string[]): Promise<number> => {
  if (command === "check" && path !== undefined) return check(path)
  if (command === "apply") return needsRoot() ?? apply()
  return fail(USAGE, EXIT.usage)
}
