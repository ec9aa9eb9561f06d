/**
 * Decodes the text of one device: UTF-8 if valid, else the configured code page, else the most
 * likely one. The texts of a router were typed on the computers of one office, so what one text
 * shows counts for all.
 */
import { isUtf8 } from "node:buffer"
import type { TextEncoding } from "@ispvm/wire"
import { LANGUAGES } from "./languages.ts"
import { likelihood, MAX_BYTES } from "./plausible.ts"

export type DecodeText = (bytes: Uint8Array) => string

const makeDecoder = (encoding: TextEncoding) => new TextDecoder(encoding)
const decoders = new Map<TextEncoding, ReturnType<typeof makeDecoder>>()
const decode = (bytes: Uint8Array, encoding: TextEncoding): string => {
  const decoder = decoders.get(encoding) ?? makeDecoder(encoding)
  decoders.set(encoding, decoder)
  return decoder.decode(bytes)
}
const utf8 = (bytes: Uint8Array): string =>
  (Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ).toString("utf8")

const DEFAULT: TextEncoding = "windows-1252"
/**
 * Two bytes per character: short texts in these can be valid UTF-8 of quite different characters.
 */
const WIDE: ReadonlySet<TextEncoding> = new Set(["gb18030", "big5", "shift_jis", "euc-kr"])
const EAST_ASIAN = /[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]/

const withSetting = (bytes: Uint8Array, setting: TextEncoding): string => {
  if (!isUtf8(bytes)) return decode(bytes, setting)
  const text = utf8(bytes)
  const isAscii = text.length === bytes.length
  return isAscii || !WIDE.has(setting) || EAST_ASIAN.test(text) ? text : decode(bytes, setting)
}

/** How much likelier than the default another code page must be. */
const LEAD = 0.4
/**
 * With this lead a device's code page is decided: tables of ten thousand comments are read every
 * few minutes.
 */
const DECISIVE_LEAD = 24
const MAX_TEXTS = 128

type Scores = ReadonlyMap<TextEncoding, number>

/** The likeliest code page; the default if there is no clear lead. */
const best = (scores: Scores): { readonly encoding: TextEncoding; readonly lead: number } => {
  const usual = Math.max(0, scores.get(DEFAULT) ?? 0)
  let top = 0
  let encoding: TextEncoding = DEFAULT
  for (const [each, score] of scores)
    if (each !== DEFAULT && score > top) [encoding, top] = [each, score]
  return top >= usual + LEAD
    ? { encoding, lead: top - usual }
    : { encoding: DEFAULT, lead: usual - top }
}

/** For each code page, the score of its best language. */
const scoresOf = (bytes: Uint8Array): Scores => {
  const texts = new Map<TextEncoding, string>()
  const scores = new Map<TextEncoding, number>()
  for (const language of LANGUAGES) {
    const { encoding } = language
    const text = texts.get(encoding) ?? decode(bytes.subarray(0, MAX_BYTES), encoding)
    texts.set(encoding, text)
    scores.set(
      encoding,
      Math.max(scores.get(encoding) ?? Number.NEGATIVE_INFINITY, likelihood(text, language)),
    )
  }
  return scores
}

/** One per device: it remembers what that device's texts have shown. */
export const createDecoder = (setting: TextEncoding = "auto"): DecodeText => {
  if (setting !== "auto") return (bytes) => withSetting(bytes, setting)
  const sums = new Map<TextEncoding, number>()
  const seen = new Set<string>()
  let decided: TextEncoding | null = null
  return (bytes) => {
    if (isUtf8(bytes)) return utf8(bytes)
    if (decided !== null) return decode(bytes, decided)
    const scores = scoresOf(bytes)
    const key = Buffer.from(bytes.subarray(0, MAX_BYTES)).toString("latin1")
    if (!seen.has(key)) {
      seen.add(key)
      // Each text counts once, and a long one not more than a short one.
      for (const [each, score] of scores)
        sums.set(each, (sums.get(each) ?? 0) + Math.max(-4, Math.min(4, score)))
    }
    const { encoding, lead } = best(sums)
    if (lead >= DECISIVE_LEAD || seen.size >= MAX_TEXTS) decided = encoding
    const alone = best(scores)
    // A text that clearly matches another code page was typed elsewhere.
    return decode(bytes, alone.lead > 3 ? alone.encoding : encoding)
  }
}

/** Without a device: each text by itself. */
export const decodeText: DecodeText = (bytes) =>
  isUtf8(bytes) ? utf8(bytes) : createDecoder()(bytes)
