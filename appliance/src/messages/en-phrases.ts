/** Building blocks of the English catalogue. */
import type { Named, NamedList, Port, PortList, Tense, Thing } from "../api/messages.ts"

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`

/** "12 s", "4 min 3 s", "2 h 5 min". */
export const duration = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 60) return `${s} s`
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? "" : ` ${s % 60} s`}`
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
}

/** "a, b and 3 more". */
const enumerate = (names: readonly string[], more: number): string => {
  if (more > 0) return `${names.join(", ")} and ${more} more`
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
}

export const verb = (tense: Tense, present: string, past: string): string =>
  tense === "present" ? present : past
export const be = (tense: Tense): string => verb(tense, "is", "was")
export const are = (count: number, tense: Tense): string =>
  count === 1 ? be(tense) : verb(tense, "are", "were")
export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const nameOf = ({ id, name }: Named): string =>
  name ?? (id === null ? "an unknown device" : "a removed device")
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
  confidence > 0.99 ? "over 99 %" : `${Math.round(confidence * 100)} %`
