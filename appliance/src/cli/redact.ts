/** Removes secrets from text that leaves the machine: those that are known, and what may be one. Pure. */

export const REMOVED = "[removed]"
/** Shorter ones would take ordinary words away with them; they are replaced as whole words. */
const MIN_ENCODED = 6
/** Of one kind, so that a text of megabytes is searched in one pass. */
const ALIGNMENTS = 3

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&")

/**
 * A secret inside a longer text in base64 stands there at one of three alignments; what its
 * neighbours do not change is searched for.
 */
const base64Forms = (bytes: Buffer): readonly string[] =>
  Array.from({ length: ALIGNMENTS }, (_, before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "")
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    return text.slice(first, last)
  }).flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")])

const formsOf = (secret: string | Buffer): readonly string[] => {
  const bytes = typeof secret === "string" ? Buffer.from(secret) : secret
  const hex = bytes.toString("hex")
  const encoded = bytes.length < MIN_ENCODED ? [] : [hex, hex.toUpperCase(), ...base64Forms(bytes)]
  if (typeof secret !== "string") return encoded
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...encoded]
}

const patternOf = (form: string): string =>
  form.length < MIN_ENCODED ? `(?<![\\w-])${quoted(form)}(?![\\w-])` : quoted(form)

/** What looks like a secret, whatever it is for. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REMOVED],
  [/\b(AGE-SECRET-KEY-1)[A-Z0-9]+/g, REMOVED],
  [/\bispvm1\.[\w-]+(?:\.[\w-]+)?/g, REMOVED],
  [/\bscrypt\$[\w$-]+/g, REMOVED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REMOVED}`],
  [/(:\/\/)[^\s/@:]*:[^\s/@]*@/g, `$1${REMOVED}@`],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|community|cookie|api[_-]?key|setup[_-]?code)["']?\s*[=:]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,;}]+)/gi,
    `$1${REMOVED}`,
  ],
  // Random bytes: 32 of them in hex, or in base64 with letters of both cases and a digit.
  [/\b[0-9a-f]{64,}\b/gi, REMOVED],
  [
    /(?<![\w+/.-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])(?![\w-]*\/[\w-]*\/)[\w+/-]{40,}={0,2}/g,
    REMOVED,
  ],
]

export type Redact = (text: string) => string

export const createRedact = (secrets: readonly (string | Buffer)[]): Redact => {
  const forms = [...new Set(secrets.filter((each) => each.length > 0).flatMap(formsOf))]
    .filter((form) => form.length > 0)
    // The longest first: of a URL with its password, the whole goes.
    .sort((one, other) => other.length - one.length)
  const known = forms.length === 0 ? null : new RegExp(forms.map(patternOf).join("|"), "g")
  return (text) => {
    const without = known === null ? text : text.replaceAll(known, REMOVED)
    return SHAPES.reduce((left, [shape, by]) => left.replaceAll(shape, by), without)
  }
}
