/**
 * The key of the pseudonyms, from a file that the administrator of this host made. It never comes
 * from the appliance and never goes there: who has the key can find out who a pseudonym is by trying
 * names.
 */
import { readFileSync } from "node:fs"

const MIN_CHARS = 16

/** The text of the file without spaces around it. Throws a sentence without the text. */
export const readKeyFile = (file: string): Buffer => {
  const text = readFileSync(file, "utf8").trim()
  if (text.length < MIN_CHARS)
    throw new Error(`${file} has no key for redaction: it needs at least ${MIN_CHARS} characters`)
  return Buffer.from(text)
}
