/**
 * RouterOS counts and cuts text by bytes. A character that was cut in two leaves bytes that stand as U+DC80 … U+DCFF; they become it again
 * when they are put beside each other.
 */
import { bytesOf, textOf } from "@ispvm/routeros-scripts/check"

const LOOSE = /[\udc80-\udcff]/u

/** Text as bytes, one character a byte. */
export const bytesIn = (text: string): string => bytesOf(text)

/** Bytes, one character each, as text. */
export const textIn = (bytes: string): string => textOf(bytes)

/** Two texts as one. */
export const joined = (left: string, right: string): string => {
  const both = left + right
  return LOOSE.test(left) && LOOSE.test(right) ? textOf(bytesOf(both)) : both
}
