/** Scripts with what `:parse` of real routers answered: read, told apart into two halves, compared. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { checkScript, type Release } from "../check.ts"

type Answer = { readonly captured: boolean; readonly accepted: boolean; readonly reject?: string }
export type Case = {
  readonly id: string
  readonly script: string
  readonly verdict: Readonly<Record<string, Answer>>
}

export const ORACLE_RELEASES = ["7.20.8", "7.22.1", "7.23rc1"]

const isCase = (row: unknown): row is Case =>
  typeof row === "object" &&
  row !== null &&
  "id" in row &&
  "script" in row &&
  typeof row.script === "string" &&
  "verdict" in row

export const oracleCases = (recordings: string): readonly Case[] => {
  const folder = join(recordings, "scripts", "parse-oracle")
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter(isCase)
}

/** The two halves that the cases fall into, always the same: what is found by one has to hold for the other. */
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
  for (const { id, script, verdict } of cases) {
    const real = verdict[release.name]
    if (!real?.captured) continue
    const ours = checkScript(script, release)
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(real.reject ?? "") ?? []
    const isSameLine = !ours.ok && ours.line === Number(line)
    const isSameColumn = isSameLine && ours.column === Number(column)
    const isSameMessage = !ours.ok && (real.reject ?? "").includes(ours.message)
    figures.cases += 1
    if (ours.ok === real.accepted) figures.agreed += 1
    if (!real.accepted) {
      figures.rejected += 1
      if (isSameLine) figures.sameLine += 1
      if (isSameColumn) figures.sameColumn += 1
      if (isSameMessage) figures.sameMessage += 1
    }
    if (ours.ok === real.accepted && (real.accepted || (isSameColumn && isSameMessage))) continue
    const answer = ours.ok
      ? "accepted"
      : `${ours.message} (line ${ours.line} column ${ours.column})`
    differences.push(
      `${release.name}  ${id}\n    router: ${real.accepted ? "accepted" : excerpt(real.reject ?? "")}\n    ours:   ${answer}`,
    )
  }
  return { figures, differences }
}
