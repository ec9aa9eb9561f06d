/** Debian's changelog of a package: the entries of docs/changelog.md for the version that is built. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

export const MAINTAINER = "ISP Visual Monitor maintainers <maintainers@ispvm.invalid>"

export type PackageVersion = {
  readonly name: string
  readonly version: string
  /** Seconds since 1970. */
  readonly epochS: number
}

/** `0.1.0~20261201.1940602`: the release is 0.1.0. */
const releaseOf = (version: string): string => version.replace(/~.*$/, "")

/** Items of the list below `## RELEASE …`, each without its line breaks. */
const itemsOf = (markdown: string, release: string): readonly string[] => {
  const sections = markdown.split(/^## /m)
  const section = sections.find((each) => each.split(/\s/, 1)[0] === release)
  if (section === undefined) throw new Error(`docs/changelog.md has no entries of ${release}`)
  const [, ...items] = section.split(/^- /m)
  return items.map((item) => item.replaceAll(/\s+/g, " ").trim())
}

const MAX_COLUMNS = 78
const wrapped = (item: string): string => {
  const lines = ["  *"]
  for (const word of item.split(" ")) {
    const last = lines.at(-1) ?? ""
    if (last.length + word.length < MAX_COLUMNS) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`    ${word}`)
  }
  return lines.join("\n")
}

const MS_PER_S = 1_000
/** `Tue, 01 Dec 2026 09:38:39 +0000` */
const dateOf = (epochS: number): string =>
  new Date(epochS * MS_PER_S).toUTCString().replace("GMT", "+0000")

export const debianChangelog = (markdown: string, built: PackageVersion): string => {
  const { name, version, epochS } = built
  const items = itemsOf(markdown, releaseOf(version)).map(wrapped)
  return [
    `${name} (${version}) stable; urgency=medium`,
    "",
    ...items,
    "",
    ` -- ${MAINTAINER}  ${dateOf(epochS)}`,
    "",
  ].join("\n")
}

export const writeChangelog = (markdown: string, built: PackageVersion, folder: string): void => {
  const text = debianChangelog(readFileSync(markdown, "utf8"), built)
  writeFileSync(join(folder, "changelog.gz"), gzipSync(text, { level: 9 }))
}
