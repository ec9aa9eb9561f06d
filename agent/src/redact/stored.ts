/** What the appliance has added to the redaction, kept on this host; only its owner can read it. */
import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { AssignedRedaction, REDACTIONS } from "@ispvm/wire"

/**
 * Of a file that is damaged everything is hidden, under a key of this moment, until the appliance
 * sends its switches again.
 */
const everything = (): AssignedRedaction => ({
  version: 1,
  hide: [...REDACTIONS],
  key: randomBytes(32).toString("base64url"),
})

/** Null: the appliance has added nothing. */
export const readAssigned = (file: string): AssignedRedaction | null => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null
    return everything()
  }
  try {
    return AssignedRedaction.parse(JSON.parse(text))
  } catch {
    return everything()
  }
}

/** A new file that is renamed, so that the file is always complete. */
export const writeAssigned = (file: string, assigned: AssignedRedaction | null): void => {
  if (assigned === null) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.new`
  rmSync(beside, { force: true })
  writeFileSync(beside, JSON.stringify(assigned), { mode: 0o600, flush: true })
  renameSync(beside, file)
}
