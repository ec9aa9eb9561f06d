/** The meaning of a line, as an event's name and attributes. */

import type { EventName, LogMeaning } from "@ispvm/wire"
import type { z } from "zod"

export type Meaning = {
  /** Of an event, or of the table of meanings. */
  readonly name: z.infer<typeof EventName> | LogMeaning
  readonly interface: string | null
  readonly attributes: Readonly<Record<string, string>>
}

/** Without missing or empty attributes. */
export const defined = (
  attributes: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== "") found[key] = value
  return found
}

/** A meaning that is not about an interface. */
export const deviceMeaning = (
  name: Meaning["name"],
  attributes: Readonly<Record<string, string | undefined>>,
): Meaning => ({
  name,
  interface: null,
  attributes: defined(attributes),
})
