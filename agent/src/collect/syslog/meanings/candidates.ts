/**
 * Finds the rows of a table that may match a line, by words that their matches contain. No text is
 * made of a word: its hash is looked up. A row too many costs only an attempt to match it.
 */
import { RARE } from "./template.ts"

/** `words`: a match has one of them, between spaces, or as a character of `RARE`; null: unknown. */
type Row = { readonly words: readonly string[] | null }
/** The places of the rows that may match, in their order. `lower`: the line in lower case. */
export type Candidates = (lower: string) => readonly number[]

const SPACE = 0x20
const step = (hash: number, code: number): number => (Math.imul(hash, 31) + code) | 0
const hashOf = (word: string): number => {
  let hash = 0
  for (let at = 0; at < word.length; at += 1) hash = step(hash, word.charCodeAt(at))
  return hash
}
/** Of rare characters a bit each, of others 0. */
const RARE_BIT = new Uint8Array(128)
for (const [at, char] of RARE.entries()) RARE_BIT[char.charCodeAt(0)] = 1 << at

/** Keys of sets of words: digits of one number. */
const MAX_WORDS = 1_024
const MAX_DIGITS = 5
const MAX_KEPT = 1_000

/** A table of hashes with free places after each: a place that is 0 is free. */
const createPlaces = (hashes: readonly number[]) => {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, 4 * hashes.length)))
  const [keys, ids] = [new Int32Array(size), new Int32Array(size)]
  const placeOf = (hash: number): number => {
    let at = (hash ^ (hash >>> 15)) & (size - 1)
    while (ids[at] !== 0 && keys[at] !== hash) at = (at + 1) & (size - 1)
    return at
  }
  for (const [at, hash] of hashes.entries()) {
    const place = placeOf(hash)
    keys[place] = hash
    ids[place] = at + 1
  }
  /** From 1 on; 0: there is none. */
  return (hash: number): number => ids[placeOf(hash)] ?? 0
}

/** `rows`: each with its place; the order of the places is that in which rows are tried. */
export const createCandidates = (rows: readonly (readonly [number, Row])[]): Candidates => {
  const others = rows.flatMap(([at, { words }]) => (words === null ? [at] : []))
  const byHash = new Map<number, number[]>()
  for (const [at, { words }] of rows)
    for (const word of words ?? [])
      byHash.set(hashOf(word), [...(byHash.get(hashOf(word)) ?? []), at])
  if (byHash.size >= MAX_WORDS) throw new Error(`${byHash.size} words`)
  const idOf = createPlaces([...byHash.keys()])
  const rowsOf = [...byHash.values()]
  const merged = (ids: readonly number[]): readonly number[] => {
    const all = new Set([...others, ...ids.flatMap((id) => rowsOf[id - 1] ?? [])])
    return [...all].toSorted((a, b) => a - b)
  }
  /** Lines have a few dozen sets of such words. */
  const kept = new Map<number, readonly number[]>()
  const ofKey = (key: number): readonly number[] => {
    const was = kept.get(key)
    if (was !== undefined) return was
    const ids: number[] = []
    for (let rest = key; rest > 0; rest = Math.floor(rest / MAX_WORDS)) ids.push(rest % MAX_WORDS)
    const found = merged(ids)
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(key, found)
    return found
  }

  /** Of a line with more words than one key has. */
  const ofMany = (lower: string): readonly number[] => {
    const words = [...lower.split(" "), ...RARE.filter((char) => lower.includes(char))]
    return merged(words.map((word) => idOf(hashOf(word))).filter((id) => id > 0))
  }

  return (lower) => {
    let [key, digits, hash, rareBits] = [0, 0, 0, 0]
    for (let at = 0; at <= lower.length; at += 1) {
      const code = at === lower.length ? SPACE : lower.charCodeAt(at)
      const newBit = (RARE_BIT[code] ?? 0) & ~rareBits
      if (code !== SPACE) hash = step(hash, code)
      if (code !== SPACE && newBit === 0) continue
      const id = idOf(newBit === 0 ? hash : code)
      rareBits |= newBit
      if (code === SPACE) hash = 0
      if (id === 0) continue
      if (digits === MAX_DIGITS) return ofMany(lower)
      key = key * MAX_WORDS + id
      digits += 1
    }
    return ofKey(key)
  }
}
