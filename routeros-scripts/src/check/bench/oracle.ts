/** Scripts with the answers of `:parse` on real routers: read, split into two halves, compared. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { checkScript, type Release } from "../check.ts"

type Answer = { readonly captured: boolean; readonly accepted: boolean; readonly reject?: string }
type Answers = Readonly<Record<string, Answer>>
export type Case = {
  readonly id: string
  readonly script: string
  /** By release. */
  readonly answers: Answers
}

export const ORACLE_RELEASES = ["7.20.8", "7.22.1", "7.23rc1"]

/** The recordings' own name for the answers of the routers. */
const ANSWERS = "verdict"
type Recorded = {
  readonly id: string
  readonly script: string
  readonly [ANSWERS]: Answers
}

const isRecorded = (row: unknown): row is Recorded =>
  typeof row === "object" &&
  row !== null &&
  "id" in row &&
  "script" in row &&
  typeof row.script === "string" &&
  ANSWERS in row

export const oracleCases = (recordings: string): readonly Case[] => {
  const folder = join(recordings, "scripts", "parse-oracle")
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter(isRecorded)
    .map(({ id, script, [ANSWERS]: answers }) => ({ id, script, answers }))
}

/** The two fixed halves of the cases: a rule found with one half must hold for the other. */
export const HALVES = ["one half", "other half"] as const
export const halfOf = ({ id }: Case): (typeof HALVES)[number] =>
  Number.parseInt(createHash("sha256").update(id).digest("hex").slice(0, 8), 16) % 2 === 0
    ? "one half"
    : "other half"

export type Figures = {
  cases: number
  agreed: number
  rejected: number
  sameLine: number
  sameColumn: number
  sameMessage: number
}
export type Compared = { readonly figures: Figures; readonly differences: readonly string[] }

const excerpt = (text: string): string => text.replaceAll("\n", "\\n").slice(0, 100)

/** How the checker's result relates to the answer of a router of that release. */
const compareOne = (script: string, real: Answer, release: Release) => {
  const ours = checkScript(script, release)
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(real.reject ?? "") ?? []
  const isSameLine = !ours.ok && ours.line === Number(line)
  return {
    hasAgreed: ours.ok === real.accepted,
    isSameLine,
    isSameColumn: isSameLine && ours.column === Number(column),
    isSameMessage: !ours.ok && (real.reject ?? "").includes(ours.message),
    text: ours.ok ? "accepted" : `${ours.message} (line ${ours.line} column ${ours.column})`,
  }
}

const count = (
  figures: Figures,
  real: Answer,
  { hasAgreed, isSameLine, isSameColumn, isSameMessage }: ReturnType<typeof compareOne>,
): void => {
  figures.cases += 1
  if (hasAgreed) figures.agreed += 1
  if (real.accepted) return
  figures.rejected += 1
  if (isSameLine) figures.sameLine += 1
  if (isSameColumn) figures.sameColumn += 1
  if (isSameMessage) figures.sameMessage += 1
}

export const compare = (cases: readonly Case[], release: Release): Compared => {
  const figures: Figures = {
    cases: 0,
    agreed: 0,
    rejected: 0,
    sameLine: 0,
    sameColumn: 0,
    sameMessage: 0,
  }
  const differences: string[] = []
  for (const { id, script, answers } of cases) {
    const real = answers[release.name]
    if (!real?.captured) continue
    const ours = compareOne(script, real, release)
    count(figures, real, ours)
    if (ours.hasAgreed && (real.accepted || (ours.isSameColumn && ours.isSameMessage))) continue
    const router = real.accepted ? "accepted" : excerpt(real.reject ?? "")
    differences.push(`${release.name}  ${id}\n    router: ${router}\n    ours:   ${ours.text}`)
  }
  return { figures, differences }
}
