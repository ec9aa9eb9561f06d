/** The redaction that the settings of this host ask for, and what the appliance has added so far. */
import { join } from "node:path"
import type { Redacted, RedactionReport } from "@ispvm/wire"
import type { Config } from "../config.ts"
import { readKeyFile } from "./key.ts"
import { readAssigned, writeAssigned } from "./stored.ts"
import { createSwitches, type Switches } from "./switches.ts"

type Settings = Pick<Config, "redact" | "redactKeyFile" | "dataDir">

/** Throws a sentence if the key cannot be read. */
export const switchesOf = ({ redact, redactKeyFile, dataDir }: Settings): Switches => {
  const file = join(dataDir, "redaction.json")
  return createSwitches({
    floor: { hide: redact, key: redactKeyFile === null ? null : readKeyFile(redactKeyFile) },
    stored: readAssigned(file),
    save: (assigned) => writeAssigned(file, assigned),
  })
}

const TEXTS: Readonly<Record<Redacted, string>> = {
  users: "names of users are replaced by pseudonyms",
  addresses: "addresses of customers are shortened",
}
/** For the Agents page; null: nothing is hidden. */
export const redactionNote = ({ floor, hide }: RedactionReport): string | null => {
  const hidden = new Set([...floor, ...hide])
  return hidden.size === 0
    ? null
    : `Redaction is on at this agent: ${[...hidden].map((name) => TEXTS[name]).join(", ")}.`
}
