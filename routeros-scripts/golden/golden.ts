/** How the golden scripts are stored next to this file. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { bootstrapCommand, makeScript } from "../src/companion/companion.ts"
import { GOLDEN_RELEASES, GOLDENS, type Golden, isFullRelease, isStoredInFull } from "./configs.ts"

export const REWRITE = "node routeros-scripts/golden/write.ts"

export const textOf = ({ kind, desired }: Golden): string => makeScript(kind, desired).text

/** One line per script that is not kept in full: name, lines, bytes, SHA-256. */
const summaryLine = (golden: Golden): string => {
  const text = textOf(golden)
  const hash = createHash("sha256").update(text).digest("hex")
  return `${golden.name}\t${text.split("\n").length - 1}\t${Buffer.byteLength(text)}\t${hash}\n`
}

/** The one line that fetches a script. */
export const bootstrapOf = (release: string): string =>
  `${bootstrapCommand({ host: "192.0.2.1", port: 8445, caFingerprint: "0123456789abcdef".repeat(4), secret: "example-secret_0", release })}\n`

/** Every file of this folder, with its content. */
export const goldenFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...GOLDENS.filter(isStoredInFull).map(
      (golden) => [`${golden.name}.rsc`, textOf(golden)] as const,
    ),
    ...GOLDEN_RELEASES.filter(isFullRelease).map(
      (release) => [`${release}-bootstrap.rsc`, bootstrapOf(release)] as const,
    ),
    [
      "others.tsv",
      `name\tlines\tbytes\tsha256\n${GOLDENS.filter((golden) => !isStoredInFull(golden))
        .map(summaryLine)
        .join("")}`,
    ],
  ])

/** The content of a file of this folder; empty where there is no such file. */
export const storedText = (file: string): string => {
  try {
    return readFileSync(join(import.meta.dirname, file), "utf8")
  } catch {
    return ""
  }
}
