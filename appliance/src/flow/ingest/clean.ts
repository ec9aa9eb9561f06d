/** Postgres holds neither NUL nor half a surrogate pair. A syslog line may carry both: they become U+FFFD, the rest of it is kept. */

const cleanText = (text: string): string => text.replaceAll("\0", "\uFFFD").toWellFormed()

/** The same value with every text in it (keys too) storable. For parsed values: their depth is their schema's. */
export const clean = <T>(value: T): T => cleanValue(value) as T // the shape is kept, only characters within texts change

const cleanValue = (value: unknown): unknown => {
  if (typeof value === "string") return cleanText(value)
  if (Array.isArray(value)) return value.map(cleanValue)
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleanValue(inner)]))
  return value
}
