/** Reads JSON answers without assumptions; missing fields are named. */
import { Title } from "@ispvm/appliance/api/messages"
import { textOf as messageText } from "@ispvm/appliance/messages/text"

export type Row = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const record = (value: unknown): Row => {
  if (!isRow(value))
    throw new Error(`expected an object, got ${JSON.stringify(value)?.slice(0, 200)}`)
  return value
}

export const rows = (value: unknown): readonly Row[] => {
  if (!Array.isArray(value))
    throw new Error(`expected a list, got ${JSON.stringify(value)?.slice(0, 200)}`)
  return value.filter(isRow)
}

export const textOf = (value: unknown, key: string): string => {
  const found = isRow(value) ? value[key] : undefined
  if (typeof found !== "string")
    throw new Error(`expected a text ${key} in ${JSON.stringify(value)?.slice(0, 200)}`)
  return found
}

/** The title of an incident as the UI shows it. */
export const titleOf = (incident: unknown): string =>
  messageText(Title.parse(isRow(incident) ? incident.title : undefined))

/** Repeats until the answer is not false; names what it waited for when it gives up. */
export const until = async <T>(
  what: string,
  withinMs: number,
  check: () => Promise<T | false>,
): Promise<T> => {
  const endMs = Date.now() + withinMs
  for (;;) {
    const answer = await check()
    if (answer !== false) return answer
    if (Date.now() > endMs) throw new Error(`not true within ${withinMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
