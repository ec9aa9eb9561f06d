/**
 * Numbers as people type them, with a point or a comma. NaN where it is none, which no schema
 * accepts.
 */
export const typedNumber = (text: string): number =>
  text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."))
/** Null where nothing is typed. */
export const optionalNumber = (text: string): number | null =>
  text.trim() === "" ? null : typedNumber(text)
