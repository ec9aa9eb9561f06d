/** Inputs made from seeds, the same for the same number, so that a fault can be reproduced. */

export type Random = () => number
/** Numbers from 0 to below 1, by a seed (mulberry32). */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const MAX_BYTES = 4_096
const INTERESTING = [
  "\0",
  "\n",
  "\r\n",
  " ",
  "\\",
  '"',
  "'",
  "=",
  "|",
  "[",
  "]",
  "{",
  "}",
  "(",
  ")",
  ",",
  ":",
  ";",
  "<30>",
  "%",
  "$",
  "-1",
  "1e999",
  "\u{feff}",
  "\ud83d\ude00",
]

const below = (random: Random, limit: number): number => Math.floor(random() * limit)
const spliced = (bytes: Buffer, from: number, to: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])

const mutateOnce = (bytes: Buffer, other: Buffer, random: Random): Buffer => {
  const at = below(random, bytes.length + 1)
  const to = Math.min(bytes.length, at + below(random, 24))
  switch (below(random, 8)) {
    case 0:
      return spliced(bytes, at, to, Buffer.alloc(0))
    case 1:
      return spliced(
        bytes,
        at,
        at,
        Buffer.from(INTERESTING[below(random, INTERESTING.length)] ?? ""),
      )
    case 2:
      return spliced(bytes, at, Math.min(bytes.length, at + 1), Buffer.from([below(random, 256)]))
    case 3:
      return spliced(bytes, at, at, bytes.subarray(at, to))
    case 4:
      return spliced(bytes, at, to, other.subarray(below(random, other.length + 1)))
    case 5: {
      const piece = bytes.subarray(at, to)
      return spliced(bytes, at, at, Buffer.concat(Array<Buffer>(1 + below(random, 60)).fill(piece)))
    }
    case 6:
      return bytes.subarray(0, at)
    default:
      return spliced(
        bytes,
        at,
        to,
        Buffer.from(Array.from({ length: to - at }, () => below(random, 256))),
      )
  }
}

/** One to eight changes to one of the seeds; 4 KB at most. */
export const mutated = (seeds: readonly Buffer[], random: Random): Buffer => {
  let bytes = seeds[below(random, seeds.length)] ?? Buffer.alloc(0)
  for (let left = 1 + below(random, 8); left > 0; left -= 1)
    bytes = mutateOnce(bytes, seeds[below(random, seeds.length)] ?? bytes, random).subarray(
      0,
      MAX_BYTES,
    )
  return bytes
}
