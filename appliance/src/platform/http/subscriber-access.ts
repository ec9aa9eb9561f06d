/**
 * What is answered to those who may not see who subscribers are: names of sessions in any text, and
 * of things that are called after a customer, such as queues. A label stands for each: the same name
 * has the same label until the process ends, and nobody can find the name by trying.
 */
import { createHmac, randomBytes } from "node:crypto"
import { PERSONAL_NAMES } from "@ispvm/wire/personal"
import { createNames, MASK, PSEUDONYM } from "@ispvm/wire/personal-text"
import { may } from "./permissions.ts"

const key = randomBytes(32)
const labelOf = (name: string): string =>
  `${MASK} ${createHmac("sha256", key).update(name.trim().toLowerCase()).digest("hex").slice(0, 8)}`
const { sessions } = createNames({ users: true, addresses: false, pseudonymOf: labelOf })

/** Whether the named things of a family are called after customers. */
export const isOfSubscribers = (family: string): boolean => Object.hasOwn(PERSONAL_NAMES, family)

/** In place of the name of a thing of such a family; a pseudonym of an agent stays. */
export const subscriberLabel = (name: string): string =>
  PSEUDONYM.test(name) || name.startsWith(MASK) ? name : labelOf(name)

type Fields = Readonly<Record<string, unknown>>
const labelled = (value: Fields, field: string): Fields =>
  typeof value[field] === "string" ? { ...value, [field]: subscriberLabel(value[field]) } : value

const withLabels = (value: Fields): Fields => {
  // What a rule found, and what it would have found: marked where it was made.
  if (value.isPersonal === true) return labelled(value, "subject")
  // Values of a family: one thing, or several.
  if (typeof value.family !== "string" || !isOfSubscribers(value.family)) return value
  const { items } = value
  const own = labelled(value, "name")
  if (!Array.isArray(items)) return own
  return {
    ...own,
    items: items.map((one: unknown) =>
      typeof one === "object" && one !== null ? labelled(one as Fields, "name") : one,
    ),
  }
}

const without = (value: unknown): unknown => {
  if (typeof value === "string") return sessions(value)
  if (Array.isArray(value)) return value.map(without)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(withLabels(value as Fields)).map(([name, inner]) => [name, without(inner)]),
  )
}
/** The same answer without names of subscribers. */
export const withoutSubscribers = <T>(value: T): T => without(value) as T
/** What this account sees of a value. */
export const subscribersFor =
  (actor: Parameters<typeof may>[0]) =>
  <T>(value: T): T =>
    may(actor, "subscribers:read") ? value : withoutSubscribers(value)
