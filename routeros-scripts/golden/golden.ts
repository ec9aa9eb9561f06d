/** Golden scripts: how they are kept beside this file. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { makeScript } from "../src/companion/companion.ts"
import { GOLDENS, type Golden, isKeptWhole } from "./wishes.ts"

export const REWRITE = "node routeros-scripts/golden/write.ts"

export const textOf = ({ kind, wish }: Golden): string => makeScript(kind, wish).text

/** A line a script that is not kept whole: its name, its lines, its bytes, and SHA-256 of them. */
const seenFromAfar = (golden: Golden): string => {
  const text = textOf(golden)
  const hash = createHash("sha256").update(text).digest("hex")
  return `${golden.name}\t${text.split("\n").length - 1}\t${Buffer.byteLength(text)}\t${hash}\n`
}

/** Every file that belongs here, with what is in it. */
export const goldenFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...GOLDENS.filter(isKeptWhole).map((golden) => [`${golden.name}.rsc`, textOf(golden)] as const),
    [
      "others.tsv",
      `name\tlines\tbytes\tsha256\n${GOLDENS.filter((golden) => !isKeptWhole(golden))
        .map(seenFromAfar)
        .join("")}`,
    ],
  ])

/** What is in a file here; nothing where it is not. */
export const keptIn = (file: string): string => {
  try {
    return readFileSync(join(import.meta.dirname, file), "utf8")
  } catch {
    return ""
  }
}
