/**
 * RouterOS counts and cuts text by bytes. The bytes of a character that was cut become U+DC80 …
 * U+DCFF; concatenation restores the character.
 */
import { bytesOf, textOf } from "@ispvm/routeros-scripts/check"

const LOOSE = /[\udc80-\udcff]/u

/** Text as bytes, one character per byte. */
export const bytesIn = (text: string): string => bytesOf(text)

/** Bytes, one character each, as text. */
export const textIn = (bytes: string): string => textOf(bytes)

/** The concatenation of two texts. */
export const joined = (left: string, right: string): string => {
  const both = left + right
  return LOOSE.test(left) && LOOSE.test(right) ? textOf(bytesOf(both)) : both
}
