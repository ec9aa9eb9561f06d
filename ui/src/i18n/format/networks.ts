/** Networks as people type them, and what the appliance found wrong with one of them. */
import type { ApiError } from "../../api/problem.ts"

/** Separated by blanks, commas or semicolons. */
export const parseNetworks = (text: string): string[] =>
  text.split(/[\s,;]+/).filter((each) => each !== "")

/** The answer names one by its place in the list: `allowedNetworks.0`. */
export const networksError = (error: ApiError | null): string =>
  error?.fields.find(({ path }) => path.startsWith("allowedNetworks"))?.message ?? ""
