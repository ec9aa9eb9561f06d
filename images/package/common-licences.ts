/**
 * Debian has the texts of common licences in /usr/share/common-licenses, and its policy wants them
 * named in a copyright file, not repeated.
 */
import { createHash } from "node:crypto"

type CommonLicence = {
  /** The file in /usr/share/common-licenses. */
  readonly name: string
  /** From its beginning to its end, in whatever layout. */
  readonly text: RegExp
  /** Of the letters and digits of Debian's text. */
  readonly sha256: string
}
export const COMMON_LICENCES: readonly CommonLicence[] = [
  {
    name: "Apache-2.0",
    text: /TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION\s.*?\sEND OF TERMS AND CONDITIONS/gs,
    sha256: "f2169aeff3b3260f2bb7d61f63699b457d60ede26ddc94566db4b88dd6bd26bc",
  },
  {
    name: "GPL-2",
    text: /GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991\s.*?\sPOSSIBILITY OF SUCH DAMAGES\./gs,
    sha256: "d45e44fab6c756d347936160aa42d6c4ccc96dd0e991d27bd381b61d0254b211",
  },
]

/** Layout, hyphens and quotes differ between copies of the same text. */
export const hashOfWords = (text: string): string =>
  createHash("sha256")
    .update(text.toLowerCase().replaceAll(/[^a-z0-9]/g, ""))
    .digest("hex")

/** A text that differs by a single letter stays as it is. */
export const nameCommonLicences = (text: string): string =>
  COMMON_LICENCES.reduce(
    (rest, { name, text: pattern, sha256 }) =>
      rest.replaceAll(pattern, (found) =>
        hashOfWords(found) === sha256
          ? `[The text is in /usr/share/common-licenses/${name} on every Debian.]`
          : found,
      ),
    text,
  )
