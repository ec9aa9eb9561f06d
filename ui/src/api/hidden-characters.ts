/**
 * Makes characters visible that change how a text looks without being seen. A router's name, a port's comment and a log line are kept
 * as they came, since they are evidence; shown as they came, one of them could turn around what stands beside it.
 */
// Not the joiners U+200C and U+200D: scripts need them, and they turn nothing around.
const HIDDEN_CHARACTERS =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu

/** Of JSON's text, before it is parsed: each becomes ‹U+202E›. */
export const escapeHidden = (json: string): string =>
  json.replace(
    HIDDEN_CHARACTERS,
    (character) =>
      `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`,
  )
