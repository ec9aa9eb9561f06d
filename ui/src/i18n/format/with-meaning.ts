/** The text of an event that is a log line with a meaning: the meaning, then the line. Pure. */

/** How the agent reports lines of one meaning that it counted. */
const MORE = /^(\d+) more in (\d+) s, the last: (.*)$/s

type Words = { readonly more: (count: string, seconds: string, last: string) => string }

/** Null: the event has a name of its own. */
export const withMeaning = (
  meanings: Readonly<Record<string, string>>,
  name: string,
  message: string,
  { more }: Words,
): string | null => {
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined
  if (meaning === undefined) return null
  if (message === "") return meaning
  const [, count, seconds, last] = MORE.exec(message) ?? []
  const text =
    count === undefined || seconds === undefined || last === undefined
      ? message
      : more(count, seconds, last)
  return `${meaning}: ${text}`
}
