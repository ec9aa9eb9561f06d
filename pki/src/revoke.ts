/**
 * The list of revoked certificates. A list by serial, read for each check, is effective at once; a
 * cached CRL is not.
 */
import { join } from "node:path"
import { z } from "zod"
import { FileError, readText, writeAtomic } from "./files.ts"
import { canonicalSerial } from "./policy.ts"

const Entry = z.strictObject({
  serial: z.string().regex(/^[0-9a-f]{2,40}$/),
  atMs: z.int().nonnegative(),
  reason: z.string().max(200),
})
export type Revocation = z.infer<typeof Entry>
const List = z.array(Entry).max(1_000_000)

const pathIn = (directory: string): string => join(directory, "revoked.json")

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const readRevocations = async (directory: string): Promise<readonly Revocation[]> => {
  const text = await readText(pathIn(directory))
  if (text === null) return []
  const list = List.safeParse(parseJson(text))
  // An unreadable list must not mean "nothing is revoked".
  if (!list.success)
    throw new FileError(
      pathIn(directory),
      "this is not a list of revocations; put the file back from a backup",
    )
  return list.data
}

export const revocationOf = (list: readonly Revocation[], serial: string): Revocation | null =>
  list.find((entry) => entry.serial === canonicalSerial(serial)) ?? null

/** Revoking twice changes nothing: the first time and reason stay. */
export const withRevocation = (
  list: readonly Revocation[],
  entry: Revocation,
): readonly Revocation[] =>
  revocationOf(list, entry.serial) === null
    ? [...list, { ...entry, serial: canonicalSerial(entry.serial) }]
    : list

export const revoke = async (directory: string, entry: Revocation): Promise<void> => {
  const list = withRevocation(await readRevocations(directory), entry)
  await writeAtomic(pathIn(directory), `${JSON.stringify(list, null, 2)}\n`, 0o600)
}
