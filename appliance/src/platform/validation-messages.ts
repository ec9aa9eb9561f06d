/** Validation messages for people; zod's own are for developers. A schema's own message wins. */
import type { z } from "zod"

/** To be given to a parse as its `error`; without the value, which may be a secret. */
export const validationMessage = (issue: z.core.$ZodRawIssue): string => {
  if (issue.input === undefined) return "is required"
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPES[issue.expected] ?? issue.expected}`
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`
    case "too_big":
      return sized(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum)
    case "too_small":
      if (issue.minimum === 1 && issue.origin in UNITS) return "must not be empty"
      return sized(
        issue.origin,
        issue.inclusive === false ? "more than" : "at least",
        issue.minimum,
      )
    case "invalid_format":
      return FORMATS[issue.format] ?? "is not written as expected"
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`
    case "unrecognized_keys":
      return `does not know ${issue.keys.join(", ")}`
    case "invalid_union":
      return "is none of the kinds that are known"
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return "is not allowed"
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
}
const FORMATS: Readonly<Record<string, string>> = {
  uuid: "is not a valid id",
  email: "is not an e-mail address",
  url: "is not a URL",
  datetime: "is not a date with a time",
  date: "is not a date",
}
/** What the size of a thing is counted in; a number has none. */
const UNITS: Readonly<Record<string, string>> = {
  string: "character",
  array: "item",
  set: "item",
  map: "item",
}

const sized = (origin: string, bound: string, limit: number | bigint): string => {
  const unit = UNITS[origin]
  if (unit === undefined) return `must be ${bound} ${limit}`
  const count = `${bound} ${limit} ${unit}${Number(limit) === 1 ? "" : "s"}`
  return origin === "string" ? `must be ${count} long` : `must have ${count}`
}
