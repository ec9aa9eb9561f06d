/**
 * Joins parts into one script for pasting or importing: each part is one command of several lines.
 */

import { compareReleases } from "../check/release.ts"
import { indented } from "./commands.ts"
import type { GeneratedScript, Part } from "./desired-config.ts"
import type { PartSpec } from "./part-spec.ts"
import { GLOBALS } from "./parts/preamble.ts"
import { plainLine, quote } from "./quote.ts"

/** The oldest release of which a command tree was recorded. */
const OLDEST_PROVEN = "7.9.2"
export const isProven = (release: string): boolean => compareReleases(release, OLDEST_PROVEN) >= 0

export type PartText = Pick<PartSpec, "id" | "title" | "why" | "text" | "remarks">

/** Whether a part reports; the router skips it where device-mode forbids it. */
export const isPushPart = (id: string): boolean => id === "push" || id.startsWith("push-")

/** The shared variables that a text uses. */
const usedIn = (text: string): readonly string[] =>
  GLOBALS.filter((name) => new RegExp(`\\b${name}\\b`).test(text))

/**
 * The failure of one part is reported and does not stop the others. Variables of a part end with
 * it.
 */
const guarded = ({ id, text }: PartText): string => {
  const run = `:if (${isPushPart(id) ? "$ispvmGo and $ispvmPush" : "$ispvmGo"}) do={
${indented(text)}  :set ispvmDone ($ispvmDone , ${quote(id)})
}
`
  return `:do {
${usedIn(run)
  .map((name) => `  :global ${name}\n`)
  .join("")}${indented(run)}} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , ${quote(id)})
}
`
}

const commentLines = (text: string): string =>
  (plainLine(text).match(/\S.{0,130}(?=\s|$)/g) ?? []).map((line) => `# ${line.trim()}\n`).join("")

/** `bare`: parts without the frame, because they create what the frame uses. */
export const compose = (
  header: readonly string[],
  specs: readonly PartText[],
  unguarded: ReadonlySet<string>,
  release: string,
): GeneratedScript => {
  let text = header.map((line) => commentLines(line)).join("")
  const parts: Part[] = []
  for (const spec of specs) {
    const own = `# -- ${spec.id}: ${plainLine(spec.title)}\n${commentLines(spec.why)}${unguarded.has(spec.id) ? spec.text : guarded(spec)}`
    text += "\n"
    parts.push({
      id: spec.id,
      title: spec.title,
      why: spec.why,
      text: own,
      firstLine: text.split("\n").length,
    })
    text += own
  }
  return {
    text,
    parts,
    remarks: specs.flatMap((spec) => spec.remarks),
    isProven: isProven(release),
  }
}
