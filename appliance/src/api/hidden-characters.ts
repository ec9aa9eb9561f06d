/**
 * Invisible characters that change how a text looks: directional marks and overrides, zero-width
 * characters, tags. A name with one of them can look like another name. Unicode Technical Report
 * 36, 2.1 and 3.
 */

/**
 * U+200C and U+200D are part of the spelling in Arabic and Indic scripts: between two such letters
 * they are allowed (RFC 5892, A.1 and A.2).
 */
const JOINED =
  "[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}]"
const HIDDEN = new RegExp(
  "[\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF9-\\uFFFB]" +
    "|[\\u{1BCA0}-\\u{1BCA3}\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E0FFF}]" +
    `|(?<!${JOINED}\\p{M}*)[\\u200C\\u200D]|[\\u200C\\u200D](?!${JOINED})`,
  "u",
)

/** The first such character as `U+202E`; null if there is none. */
export const hiddenCharacter = (text: string): string | null => {
  const found = HIDDEN.exec(text)?.[0].codePointAt(0)
  return found === undefined ? null : `U+${found.toString(16).toUpperCase().padStart(4, "0")}`
}
