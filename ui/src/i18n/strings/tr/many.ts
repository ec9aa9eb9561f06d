import { plural } from "../../format/plural.ts"

/** A noun stays singular behind a number. */
export const many = (n: number, noun: string): string => plural(n, { other: `# ${noun}` })
