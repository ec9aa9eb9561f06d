/** What a line means, as an event's name and attributes. */
import type { z } from "zod"
import type { EventName } from "../../wire/wire.ts"

export type Meaning = {
  readonly name: z.infer<typeof EventName>
  readonly interface: string | null
  readonly attributes: Readonly<Record<string, string>>
}

/** Without what is missing or empty. */
export const defined = (attributes: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]])),
  )

/** A meaning that is not about a port. */
export const plain = (name: Meaning["name"], attributes: Readonly<Record<string, string | undefined>>): Meaning => ({
  name,
  interface: null,
  attributes: defined(attributes),
})
