/**
 * Object identifiers as texts. Those of a table differ in their last arc, so the text of the others
 * is made once and found again by its bytes.
 */
import { BerError, MAX_OID_BYTES, oidText } from "./ber.ts"

const MAX_ARC = 2 ** 45
const MAX_KNOWN = 4_096

/** All arcs but the last, as bytes and as a text with a dot at its end. */
type Known = { readonly bytes: Buffer; readonly text: string }
/** The identifier is `prefix` and `last`; `last` is empty if it has a single arc. */
export type OidParts = { readonly prefix: string; readonly last: string }

const isSame = (known: Buffer, bytes: Buffer, start: number, end: number): boolean => {
  if (known.length !== end - start) return false
  for (let at = start; at < end; at++) if (known[at - start] !== bytes[at]) return false
  return true
}

export class OidTexts {
  readonly #known = new Map<number, Known>()

  /** The identifier from `start` to `end`. Throws `BerError`. */
  read(bytes: Buffer, start: number, end: number): OidParts {
    let lastAt = end - 1
    while (lastAt > start && (bytes[lastAt - 1] ?? 0) >= 0x80) lastAt--
    const isCut = (bytes[end - 1] ?? 0) >= 0x80
    if (lastAt <= start || isCut || end - start > MAX_OID_BYTES)
      return { prefix: oidText(bytes.subarray(start, end)), last: "" }
    let last = 0
    for (let at = lastAt; at < end; at++) {
      last = last * 128 + ((bytes[at] ?? 0) & 0x7f)
      if (last > MAX_ARC) throw new BerError("an object identifier is malformed")
    }
    return { prefix: this.#prefix(bytes, start, lastAt), last: String(last) }
  }

  #prefix(bytes: Buffer, start: number, end: number): string {
    let hash = 0
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0
    const known = this.#known.get(hash)
    if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known.text
    const own = Buffer.from(bytes.subarray(start, end))
    const text = `${oidText(own)}.`
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(hash, { bytes: own, text })
    return text
  }
}
