/** The files of a machine that its first boot may have made. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Files, filesIn } from "../disk/read-disk.ts"

const FOLDERS = ["etc", "var", "root"]
const DATA = "var/lib/"

/** `sharedFiles` names data as on their own partition: `ispvm/…`, `ispvm-database/…`. */
const nameOf = (path: string): string => path.replace(/^var\/lib\/(?=ispvm)/, "")
/** Where a file of this name is below the root. */
export const placeOf = (name: string): string => (name.startsWith("ispvm") ? DATA + name : name)

export const filesOfMachine = (root: string): Files =>
  new Map(
    FOLDERS.flatMap((folder) =>
      [...filesIn(join(root, folder))].map(
        ([path, facts]) => [nameOf(join(folder, path)), facts] as const,
      ),
    ),
  )

/** Space that is reserved and not written to yet. */
export const isZero = (file: string): boolean => {
  const content = readFileSync(file)
  return content.equals(Buffer.alloc(content.length))
}

/**
 * Tables and indexes of Postgres. Migrations write the same rows on every machine, so that files of
 * small tables may be equal where two machines start at once; the checks of the image compare these.
 */
export const TABLE_FILE = /^ispvm-database\/cluster\/base\//
