/** Decodes the bytes of a spreadsheet file. Pure. */

/** Null: the file is Unicode and its encoding is known. */
export type ListFile = { readonly text: string; readonly codePage: CodePage | null }
export const CODE_PAGES = [
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "windows-1253",
  "windows-1254",
  "windows-1257",
] as const
export type CodePage = (typeof CODE_PAGES)[number]
export const isCodePage = (text: string): text is CodePage =>
  CODE_PAGES.some((each) => each === text)

/**
 * Unicode where the bytes are valid UTF-8 or have a UTF-16 byte order mark, otherwise `codePage`.
 */
export const readListFile = (bytes: Uint8Array<ArrayBuffer>, codePage: CodePage): ListFile => {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder("utf-16le").decode(bytes), codePage: null }
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder("utf-16be").decode(bytes), codePage: null }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), codePage: null }
  } catch {
    return { text: new TextDecoder(codePage).decode(bytes), codePage }
  }
}
