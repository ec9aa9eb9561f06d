/**
 * Makes invisible control characters visible. Names, comments and log lines of routers are stored
 * unchanged, because they are evidence; shown unchanged, one of these characters could reverse the
 * text beside it.
 */
// Not the joiners U+200C and U+200D: scripts need them, and they do not change the direction.
const HIDDEN_CHARACTERS =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu

/** Works on the JSON text before it is parsed; each character becomes ‹U+202E›. */
export const escapeHidden = (json: string): string =>
  json.replace(
    HIDDEN_CHARACTERS,
    (character) =>
      `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`,
  )
