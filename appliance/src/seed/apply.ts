/** Applies a seed once: again only when it has changed, so that later settings are kept. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { z } from "zod"
import { applyFiles, writeWhole } from "../machine/apply-files.ts"
import type { SeedProblem } from "./model.ts"
import { planSeed } from "./plan.ts"
import { PROBLEMS_FILE, problemsText } from "./problems.ts"
import { parseSeedFiles } from "./seed-files.ts"
import type { FoundSeed } from "./sources.ts"

const STATE_FOLDER = "/var/lib/ispvm-seed"
const STATE_FILE = "state.json"
const DATA = "/var/lib/ispvm"
const FOLDER_MODE = 0o700
const PUBLIC = 0o644

const State = z.object({ digest: z.string() })

export type SeedOutcome = {
  readonly from: string | null
  /** `unchanged`: it was applied at an earlier boot. */
  readonly result: "none" | "applied" | "unchanged"
  readonly problems: readonly SeedProblem[]
  readonly ignored: readonly string[]
}

const digestOf = ({ files }: FoundSeed): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest("hex")

const lastDigest = (root: string): string | null => {
  try {
    const text = readFileSync(join(root, STATE_FOLDER, STATE_FILE), "utf8")
    return State.parse(JSON.parse(text)).digest
  } catch {
    return null
  }
}

const keepDigest = (root: string, digest: string): void => {
  const folder = join(root, STATE_FOLDER)
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
  writeWhole(join(folder, STATE_FILE), `${JSON.stringify({ digest })}\n`, PUBLIC)
}

/** For the appliance and the console. A seed without problems takes those of an earlier one away. */
const keepProblems = (root: string, problems: readonly SeedProblem[]): void => {
  const folder = join(root, DATA)
  if (problems.length === 0) {
    rmSync(join(folder, PROBLEMS_FILE), { force: true })
    return
  }
  applyFiles(
    [
      {
        path: `${DATA}/${PROBLEMS_FILE}`,
        text: problemsText(problems),
        mode: 0o600,
        owner: "ispvm",
      },
    ],
    root,
  )
}

type Effect = (command: string, ...args: readonly string[]) => void
const runCommand: Effect = (command, ...args) => {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 30_000 })
}

/** Each step by itself: one that fails is named, and the others are taken. */
const attempt = (key: string, work: () => void): readonly SeedProblem[] => {
  try {
    work()
    return []
  } catch (error) {
    const detail = error instanceof Error ? error.message.split("\n")[0] : String(error)
    return [{ key, fault: "not-applied", detail: detail ?? null }]
  }
}

/** `root`: where the system's files are; tests use a folder of their own and no commands. */
export const applySeed = (
  found: FoundSeed | null,
  root = "/",
  run: Effect = runCommand,
): SeedOutcome => {
  if (found === null) {
    keepProblems(root, [])
    return { from: null, result: "none", problems: [], ignored: [] }
  }
  const parsed = parseSeedFiles(found.files)
  const { ignored } = parsed
  const digest = digestOf(found)
  const named = [...found.problems, ...parsed.problems]
  if (digest === lastDigest(root)) {
    keepProblems(root, named)
    return { from: found.from, result: "unchanged", problems: named, ignored }
  }
  const { files, hostname, enablesSsh } = planSeed(parsed.seed)
  mkdirSync(join(root, DATA), { recursive: true })
  const problems = [
    ...named,
    ...[...Map.groupBy(files, ({ path }) => dirname(path))].flatMap(([folder, group]) =>
      attempt(folder, () => applyFiles(group, root)),
    ),
    ...(hostname === null ? [] : attempt("hostname", () => run("hostname", hostname))),
    ...(enablesSsh
      ? attempt("ssh_authorized_keys", () => {
          run("systemctl", "enable", "ssh.service")
          run("systemctl", "--no-block", "start", "ssh.service")
        })
      : []),
  ]
  keepProblems(root, problems)
  // What failed is tried again at the next boot.
  if (problems.every(({ fault }) => fault !== "not-applied")) keepDigest(root, digest)
  return { from: found.from, result: "applied", problems, ignored }
}

/** A factory reset makes the machine read its seed as if for the first time. */
export const forgetSeed = (root = "/"): void => {
  const folder = join(root, STATE_FOLDER)
  if (existsSync(folder)) rmSync(folder, { recursive: true })
}
