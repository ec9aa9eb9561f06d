/**
 * How likely a text is in a language: its letters count for it, impossible combinations against it.
 * Pure and linear.
 */
import type { Language } from "./languages.ts"

/** More bytes of a text do not improve the decision. */
export const MAX_BYTES = 128

const isLetter = (char: string | undefined): boolean =>
  char !== undefined && /\p{L}|\p{M}/u.test(char)
const isAscii = (char: string): boolean => char < "\u0080"
const isUpper = (char: string): boolean => char !== char.toLowerCase()
const isLower = (char: string): boolean => char !== char.toUpperCase()
/** Marks that occur next to words in every language. */
const NEUTRAL = new Set("\u00a0«»“”„‘’‚–—…•·§©®™°²³½¼¾±×€¡¿ªº")

const symbolCost = (
  char: string,
  before: string | undefined,
  after: string | undefined,
): number => {
  if (char >= "\u0080" && char <= "\u009f") return 3
  if (char === "\ufffd") return 3
  const beside = Number(isLetter(before)) + Number(isLetter(after))
  if (beside === 2 && !"’‘·–—".includes(char)) return 2
  return NEUTRAL.has(char) && !"ªº²³¿¡½¼¾".includes(char) ? 0 : beside
}

/** The words of a text. */
const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{M}]+/gu) ?? []

const scriptOf = (char: string): Language["script"] | null => {
  const code = char.codePointAt(0) ?? 0
  if (code >= 0x400 && code <= 0x52f) return "cyrillic"
  if (code >= 0x370 && code <= 0x3ff) return "greek"
  if (code >= 0x590 && code <= 0x5ff) return "hebrew"
  if (code >= 0x600 && code <= 0x6ff) return "arabic"
  return code < 0x250 ? "latin" : null
}

/** "aB", or "ABc": the case changes where no word changes it. */
const isCaseJump = (letters: readonly string[], at: number, char: string): boolean => {
  const before = letters[at - 1]
  if (before === undefined) return false
  if (isUpper(char)) return isLower(before)
  return isLower(char) && at > 1 && isUpper(before) && isUpper(letters[at - 2] ?? "")
}

const letterScore = (
  letters: readonly string[],
  at: number,
  char: string,
  { script, letters: listed }: Language,
): number => {
  // Two alphabets in one word mean a wrong code page.
  if (isAscii(char)) return script === "latin" ? 0 : -2
  const isListed = listed.includes(char.toLowerCase()) || listed.includes(char)
  if (!isListed || scriptOf(char) !== script) return -2
  return isCaseJump(letters, at, char) ? -1.5 : 1
}

const wordScore = (word: string, language: Language): number => {
  const lower = word.toLowerCase()
  const marks = [...lower].filter((char) => !isAscii(char))
  if (marks.length === 0) return 0
  const letters = [...word]
  // A single letter is no evidence: in another code page it is a currency sign.
  if (letters.length === 1) return 0
  let score = 0
  let run = 0
  for (const [at, char] of letters.entries()) {
    run = isAscii(char) ? 0 : run + 1
    score += letterScore(letters, at, char, language)
    if (language.script === "latin" && run > 2) score -= 1.5
  }
  // Words in capitals are less common than others.
  if (letters.length > 2 && letters.every((char) => isUpper(char))) score *= score > 0 ? 0.8 : 1
  return language.never?.test(`<${lower}>`) ? score - 2 : score
}

/**
 * `text` is the bytes as the language's code page reads them. Above zero: more evidence for it than
 * against.
 */
export const likelihood = (text: string, language: Language): number => {
  let score = 0
  const chars = [...text]
  for (const [at, char] of chars.entries())
    if (!isAscii(char) && !isLetter(char)) score -= symbolCost(char, chars[at - 1], chars[at + 1])
  const words = wordsOf(text)
  for (const word of words) score += wordScore(word, language)
  const isHinted =
    language.hint !== null && score > 0 && words.some((word) => language.hint?.test(`<${word}>`))
  return score - language.handicap + (isHinted ? 0.5 : 0)
}
