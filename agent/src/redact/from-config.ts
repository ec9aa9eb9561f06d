/** The redaction that the settings of this host ask for. Nothing but them switches it. */
import type { Config } from "../config.ts"
import { readKeyFile } from "./key.ts"
import { createRedactor, type Redactor } from "./redact.ts"

type Settings = Pick<Config, "redact" | "redactKeyFile">

/** Throws a sentence if the key cannot be read. */
export const redactorOf = ({ redact, redactKeyFile: file }: Settings): Redactor =>
  createRedactor({
    users: redact.includes("users"),
    addresses: redact.includes("addresses"),
    key: redact.length === 0 || file === null ? Buffer.alloc(0) : readKeyFile(file),
  })

const TEXTS = {
  users: "names of users are replaced by pseudonyms",
  addresses: "addresses of customers are shortened",
} as const
/** For the Agents page; null: nothing is hidden. */
export const redactionNote = (redact: Config["redact"]): string | null =>
  redact.length === 0
    ? null
    : `Redaction is on at this agent: ${[...new Set(redact)].map((name) => TEXTS[name]).join(", ")}.`
