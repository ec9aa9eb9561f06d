/**
 * Events for those who may not see who somebody is: names of subscribers in log lines are masked,
 * and so is every word of a line about subscribers that may be a name. Addresses stay, as in tables
 * of devices.
 */
import { createEventRedactor, createNames, hasSession, MASK } from "@ispvm/wire/personal-text"

export type PersonalEvent = {
  readonly name: string
  readonly source: string
  readonly interface: string | null
  readonly message: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A caller is a person's device; tables mask it as well. */
const withoutCaller = <E extends PersonalEvent>(event: E): E => {
  const { caller = "" } = event.attributes
  return caller === ""
    ? event
    : {
        ...event,
        message: event.message.replaceAll(caller, MASK),
        attributes: { ...event.attributes, caller: MASK },
      }
}

/** `ownNames`: of interfaces of these devices, which lines may show. */
export const withoutPersons = <E extends PersonalEvent>(
  events: readonly E[],
  ownNames: readonly string[] = [],
): readonly E[] => {
  const shown = { users: true, addresses: false }
  const names = createNames({ ...shown, pseudonymOf: () => MASK })
  for (const name of ownNames) names.learnOwn(name)
  const redact = createEventRedactor({ names, ...shown })
  return events.map((event) => redact(withoutCaller(event)))
}

/** A filter by the interface of a session asks for a person. */
export const namesPerson = (interfaceName: string | null | undefined): boolean =>
  interfaceName != null && hasSession(interfaceName)

/** Whether a search may find it: a hidden text that is found is not hidden. */
export const contains = (
  { message, topics }: { readonly message: string; readonly topics: string | null },
  search: string,
): boolean => {
  const text = search.toLowerCase()
  return message.toLowerCase().includes(text) || (topics ?? "").toLowerCase().includes(text)
}
