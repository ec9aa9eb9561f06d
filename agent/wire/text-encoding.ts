import { z } from "zod"

/** Code pages of a device's texts, as the WHATWG Encoding Standard names them; `auto`: detected. */
const TEXT_ENCODINGS = [
  "auto",
  "utf-8",
  "windows-1250",
  "windows-1251",
  "windows-1252",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "windows-1258",
  "windows-874",
  "iso-8859-2",
  "iso-8859-5",
  "iso-8859-7",
  "koi8-r",
  "koi8-u",
  "ibm866",
  "gb18030",
  "big5",
  "shift_jis",
  "euc-kr",
] as const
export const TextEncoding = z.enum(TEXT_ENCODINGS)
export type TextEncoding = z.infer<typeof TextEncoding>
