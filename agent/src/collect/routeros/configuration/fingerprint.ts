/**
 * The hash of a section: an HMAC with a key of the organisation, so that a short password cannot be
 * guessed from it. Pure. Neither the order of properties nor that of rows changes it, unless the
 * order of rows is part of the configuration.
 */
import { createHash, createHmac } from "node:crypto"
import type { Row } from "../client/reply.ts"
import type { Section } from "./section.ts"

/** Changes whenever the same configuration would have another hash. */
const FORMAT = 1
const BASIS_CHARS = 8

/** What hashes of a section depend on besides the configuration. */
export type Basis = {
  readonly key: Buffer
  /** The hash of the same section of another device is another one. */
  readonly device: string
  /** Secrets are requested over TLS alone. */
  readonly withSecrets: boolean
}

export const propertiesOf = (
  { properties, secrets }: Section,
  withSecrets: boolean,
): readonly string[] => (withSecrets ? [...properties, ...secrets] : properties)

/**
 * Two hashes can be compared only if they have the same basis: the same properties of the section
 * (another release of the agent may read more of them), the same key, with or without secrets.
 */
export const basisOf = (section: Section, { key, withSecrets }: Basis): string => {
  const reads = [FORMAT, section.path, section.isOrdered, propertiesOf(section, withSecrets)]
  return createHmac("sha256", key)
    .update(`basis ${JSON.stringify(reads)}`)
    .digest("hex")
    .slice(0, BASIS_CHARS)
}

/** A flag that is not set may be left out; one without a value is set. */
const UNSET = new Set(["false", "no"])
const flagOf = (value: string): string => (value === "yes" ? "true" : value)
/** RouterOS shows a secret that the account may not see as asterisks, or not at all. */
const isHidden = (value: string): boolean => /^\*+$/.test(value)

/** The row as text; properties that are not set are left out. */
export const canonicalRow = (names: readonly string[], row: Row): string =>
  JSON.stringify(
    names.toSorted().flatMap((name) => {
      const value = row.get(name)
      return value === undefined || UNSET.has(value) ? [] : [[name, flagOf(value)]]
    }),
  )

export type Fingerprint = {
  readonly hash: string
  readonly rows: number
  /** Whether a secret was in what was hashed; null: the section has none. */
  readonly secrets: "hashed" | "not-shown" | "not-requested" | null
}

/** Takes the rows of a section one by one, and keeps a digest of each. */
export class SectionHash {
  readonly #section: Section
  readonly #basis: Basis
  readonly #names: readonly string[]
  readonly #rows: string[] = []
  #bytes = 0
  #hasSecret = false

  constructor(section: Section, basis: Basis) {
    this.#section = section
    this.#basis = basis
    this.#names = propertiesOf(section, basis.withSecrets)
  }

  get rows(): number {
    return this.#rows.length
  }
  /** Of the rows as text. */
  get bytes(): number {
    return this.#bytes
  }

  add(row: Row): void {
    const text = canonicalRow(this.#names, row)
    this.#bytes += text.length
    this.#rows.push(createHash("sha256").update(text).digest("base64"))
    this.#hasSecret ||= this.#section.secrets.some((name) => {
      const value = row.get(name) ?? ""
      return this.#basis.withSecrets && value !== "" && !isHidden(value)
    })
  }

  result(): Fingerprint {
    const { path, isOrdered, secrets } = this.#section
    const { key, device, withSecrets } = this.#basis
    const rows = isOrdered ? this.#rows : this.#rows.toSorted()
    const hash = createHmac("sha256", key)
      .update(JSON.stringify([FORMAT, device, path, rows]))
      .digest("hex")
    return { hash, rows: rows.length, secrets: this.#secrets(secrets, withSecrets) }
  }

  #secrets(names: readonly string[], withSecrets: boolean): Fingerprint["secrets"] {
    if (names.length === 0 || this.#rows.length === 0) return null
    if (!withSecrets) return "not-requested"
    return this.#hasSecret ? "hashed" : "not-shown"
  }
}
