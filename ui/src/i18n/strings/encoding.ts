import type { TextEncoding } from "@ispvm/appliance/api/inventory"

const names: Readonly<Record<TextEncoding, string>> = {
  auto: "Detect automatically",
  "utf-8": "Unicode (UTF-8)",
  "windows-1250": "Central European (windows-1250)",
  "windows-1251": "Cyrillic (windows-1251)",
  "windows-1252": "Western European (windows-1252)",
  "windows-1253": "Greek (windows-1253)",
  "windows-1254": "Turkish (windows-1254)",
  "windows-1255": "Hebrew (windows-1255)",
  "windows-1256": "Arabic (windows-1256)",
  "windows-1257": "Baltic (windows-1257)",
  "windows-1258": "Vietnamese (windows-1258)",
  "windows-874": "Thai (windows-874)",
  "iso-8859-2": "Central European (ISO 8859-2)",
  "iso-8859-5": "Cyrillic (ISO 8859-5)",
  "iso-8859-7": "Greek (ISO 8859-7)",
  "koi8-r": "Cyrillic (KOI8-R)",
  "koi8-u": "Cyrillic (KOI8-U)",
  ibm866: "Cyrillic (DOS 866)",
  gb18030: "Chinese, simplified (GB 18030)",
  big5: "Chinese, traditional (Big5)",
  shift_jis: "Japanese (Shift JIS)",
  "euc-kr": "Korean (EUC-KR)",
}

export const encoding = {
  label: "Text encoding",
  hint: "For comments, identities and log messages. UTF-8 is always detected.",
  likeSite: "Same as the site",
  names,
}
