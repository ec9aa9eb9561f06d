/** Networks as people type them. */

/** Separated by blanks, commas or semicolons. */
export const parseNetworks = (text: string): string[] =>
  text.split(/[\s,;]+/).filter((each) => each !== "")
