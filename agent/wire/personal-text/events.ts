/** Redacts events: what a device wrote may name anybody, unless it is about the network alone. */
import {
  IMPERSONAL_ATTRIBUTES,
  NETWORK_TOPICS,
  PERSONAL_ATTRIBUTES,
  SEVERITY_TOPICS,
} from "../personal.ts"
import { LEFT_OUT, type Names, type TextRedaction } from "./names.ts"

type Deps = { readonly names: Names } & Pick<TextRedaction, "users" | "addresses">

/** As an agent sends it, or as the appliance stores it. */
export type RedactableEvent = {
  readonly name: string
  readonly source: string
  readonly interface: string | null
  readonly message: string
  readonly attributes: Readonly<Record<string, string>>
}

/** About interfaces, neighbours and monitored hosts, by whose names and addresses they match. */
const NETWORK_EVENTS: ReadonlySet<string> = new Set([
  ...["link-up", "link-down", "peer-up", "peer-down", "watch-up", "watch-down"],
])
export const isAboutNetwork = (topicsText: string): boolean => {
  const topics = topicsText.split(",").filter((topic) => !SEVERITY_TOPICS.has(topic))
  return topics.length > 0 && topics.every((topic) => NETWORK_TOPICS.has(topic))
}
/** Lines and notifications. What the agent itself finds out has the source `snmp` without an OID. */
const isForeign = ({ name, source, attributes }: RedactableEvent): boolean => {
  const isLine = source === "syslog" || attributes.menu !== undefined
  if ((!isLine && attributes.oid === undefined) || NETWORK_EVENTS.has(name)) return false
  return !(isLine && isAboutNetwork(attributes.topics ?? ""))
}

const OID = /^[\d.]+$/
/** Values of a notification are of any kind, and their OIDs may contain addresses. */
const withoutVariables = <E extends RedactableEvent>(event: E): E => {
  if (event.attributes.oid === undefined) return event
  const attributes = Object.fromEntries(
    Object.entries(event.attributes).filter(([name]) => !OID.test(name)),
  )
  const isUnknown = event.name === "log" && attributes.meaning === undefined
  const message = isUnknown ? "SNMP trap" : event.message.split(":", 1)[0]
  return { ...event, attributes, message: message ?? "" }
}

/** Of several lines, the most frequent values: `a (5), b (2)`. */
const COUNTED = /^(.*) \((\d+)\)$/s
const eachValue = (given: string, isSummary: boolean, shown: (one: string) => string): string =>
  isSummary
    ? given
        .split(", ")
        .map((one) => {
          const [, name, times] = COUNTED.exec(one) ?? []
          return name === undefined ? shown(one) : `${shown(name)} (${times})`
        })
        .join(", ")
    : shown(given)

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&")
const replaceName = (message: string, from: string, to: string): string =>
  message.replaceAll(new RegExp(`(?<![\\w@.-])${escaped(from)}(?![\\w@-])`, "gi"), () => to)

export const createEventRedactor = ({ names, users, addresses }: Deps) => {
  const { sessions, text, plain, value, isOwn, hasSession } = names

  const attribute = (name: string, given: string, isSummary: boolean): string => {
    if (IMPERSONAL_ATTRIBUTES.has(name)) return text(given)
    const kind = Object.hasOwn(PERSONAL_ATTRIBUTES, name) ? PERSONAL_ATTRIBUTES[name] : undefined
    return eachValue(given, isSummary, (one) =>
      kind === undefined ? plain(one) : value(kind, one),
    )
  }
  const port = (name: string | null): string | null =>
    name === null || !users || isOwn(name) || hasSession(name)
      ? name === null
        ? null
        : sessions(name)
      : null

  const foreign = <E extends RedactableEvent>(given: E): E => {
    const event = withoutVariables(given)
    const isSummary = event.attributes.lines !== undefined
    const attributes: Record<string, string> = {}
    const replaced: [string, string][] = []
    for (const [name, original] of Object.entries(event.attributes)) {
      const shown = attribute(name, original, isSummary)
      attributes[name] = shown
      const isName = Object.hasOwn(PERSONAL_ATTRIBUTES, name) && shown !== LEFT_OUT
      if (isName && !isSummary && shown !== original) replaced.push([original, shown])
    }
    // The longest first: one name may be a part of another.
    const message = replaced
      .toSorted(([a], [b]) => b.length - a.length)
      .reduce((left, [from, to]) => replaceName(left, from, to), event.message)
    return { ...event, attributes, interface: port(event.interface), message: plain(message) }
  }
  const network = <E extends RedactableEvent>(event: E): E => ({
    ...event,
    interface: event.interface === null ? null : sessions(event.interface),
    message: sessions(event.message),
    attributes: Object.fromEntries(
      Object.entries(event.attributes).map(([name, given]) => [name, sessions(given)]),
    ),
  })
  return <E extends RedactableEvent>(event: E): E =>
    (users || addresses) && isForeign(event) ? foreign(event) : network(event)
}
