/** Building blocks of the English catalogue. */
import type { Named, NamedList, Port, PortList, Tense, Thing } from "../api/messages.ts"
import { createDuration, createList, createPlural, EN_FORMATS } from "./numbers.ts"

const plural = createPlural(EN_FORMATS.tag)
const list = createList(EN_FORMATS.tag)
const span = createDuration(EN_FORMATS)

export const many = (count: number, one: string, more = `${one}s`): string =>
  plural(count, { one: `# ${one}`, other: `# ${more}` })

/** "12 s", "4 min 3 s", "2 h 5 min"; to the second. */
export const duration = (ms: number): string =>
  span(Math.round(ms / 1_000) * 1_000, { minuteWithSeconds: true })

/** "a, b and 3 more". */
const enumerate = (names: readonly string[], more: number): string =>
  list(more > 0 ? [...names, `${more} more`] : names)

export const verb = (tense: Tense, present: string, past: string): string =>
  tense === "present" ? present : past
export const be = (tense: Tense): string => verb(tense, "is", "was")
export const are = (count: number, tense: Tense): string =>
  count === 1 ? be(tense) : verb(tense, "are", "were")
export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const nameOf = ({ id, name }: Named): string =>
  name ?? (id === null ? "an unknown device" : "a removed device")
export const agentName = ({ name }: Named): string =>
  name === null ? "a removed agent" : `agent ${name}`
export const names = ({ items, more }: NamedList): string => enumerate(items.map(nameOf), more)
export const countOf = ({ items, more }: { items: readonly unknown[]; more: number }): number =>
  items.length + more

export const portName = (port: Port): string => `${port.interface} on ${nameOf(port.device)}`
export const ports = ({ items, more }: PortList): string =>
  `${items.length + more === 1 ? "Port" : "Ports"} ${enumerate(items.map(portName), more)}`

const NOUNS: Readonly<Record<Thing["noun"], string>> = {
  link: "link",
  router: "router",
  switch: "switch",
  upstream: "upstream",
  "customer-router": "customer router",
  agent: "agent",
  site: "the power at",
}
export const thing = ({ noun, name }: Thing): string => `${NOUNS[noun]} ${name}`
export const things = ({ items, more }: { items: readonly Thing[]; more: number }): string =>
  enumerate(items.map(thing), more)

export const percent = (confidence: number): string =>
  confidence > 0.99
    ? "over 99 %"
    : EN_FORMATS.percent.replace("#", `${Math.round(confidence * 100)}`)
