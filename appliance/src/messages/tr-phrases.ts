/** Building blocks of the Turkish catalogue. Nouns stand before names: names take no endings. */
import type { Named, NamedList, Port, PortList, Tense, Thing } from "../api/messages.ts"
import { createDuration, createList, createPlural, TR_FORMATS } from "./numbers.ts"

const plural = createPlural(TR_FORMATS.tag)
const list = createList(TR_FORMATS.tag)
const span = createDuration(TR_FORMATS)

/** A noun stays singular behind a number. */
export const many = (count: number, noun: string): string => plural(count, { other: `# ${noun}` })

/** To the second. */
export const duration = (ms: number): string =>
  span(Math.round(ms / 1_000) * 1_000, { minuteWithSeconds: true })

const enumerate = (names: readonly string[], more: number): string =>
  list(more > 0 ? [...names, `${more} tane daha`] : names)

export const verb = (tense: Tense, present: string, past: string): string =>
  tense === "present" ? present : past
/** Of a text that begins with a word of ours, never with a name. */
export const upper = (text: string): string =>
  text.charAt(0).toLocaleUpperCase(TR_FORMATS.tag) + text.slice(1)

export const nameOf = ({ id, name }: Named): string =>
  name ?? (id === null ? "bilinmeyen bir cihaz" : "kaldırılmış bir cihaz")
export const agentName = ({ name }: Named): string =>
  name === null ? "kaldırılmış bir ajan" : `ajan ${name}`
export const names = ({ items, more }: NamedList): string => enumerate(items.map(nameOf), more)
export const countOf = ({ items, more }: { items: readonly unknown[]; more: number }): number =>
  items.length + more

export const portName = (port: Port): string => `${nameOf(port.device)} üzerinde ${port.interface}`
export const ports = ({ items, more }: PortList): string =>
  `${items.length + more === 1 ? "Arayüz" : "Arayüzler"} ${enumerate(items.map(portName), more)}`

const NOUNS: Readonly<Record<Thing["noun"], string>> = {
  link: "bağlantı",
  router: "yönlendirici",
  switch: "anahtar",
  upstream: "üst sağlayıcı",
  "customer-router": "müşteri yönlendiricisi",
  agent: "ajan",
  site: "elektrik:",
}
export const thing = ({ noun, name }: Thing): string => `${NOUNS[noun]} ${name}`
export const things = ({ items, more }: { items: readonly Thing[]; more: number }): string =>
  enumerate(items.map(thing), more)

export const percent = (confidence: number): string =>
  confidence > 0.99
    ? "%99 üzeri"
    : TR_FORMATS.percent.replace("#", `${Math.round(confidence * 100)}`)
