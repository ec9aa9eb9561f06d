/**
 * One message of a stream as text and as a piece of a gzip stream. Each piece ends on a byte and needs
 * nothing that came before (zlib's full flush), so one compression serves every client, and each
 * client's stream is valid however its messages were chosen.
 */
import { constants, deflateRawSync } from "node:zlib"

export type Frame = { readonly text: string; readonly deflated: () => Buffer }

/** RFC 1952: deflate, no name, no time, unknown system. No trailer follows: a stream has no end. */
export const GZIP_HEADER = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)

export const frameOf = (text: string): Frame => {
  let deflated: Buffer | undefined
  return {
    text,
    deflated: () => {
      deflated ??= deflateRawSync(text, { level: 3, finishFlush: constants.Z_FULL_FLUSH })
      return deflated
    },
  }
}
