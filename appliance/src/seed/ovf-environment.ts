/**
 * The properties that a hypervisor hands to an imported OVF (DMTF DSP0243, environment document):
 * `<Property oe:key="hostname" oe:value="noc1"/>`. Only these elements are read. Pure.
 */
import type { SeedProblem } from "./model.ts"

const MAX_PROPERTIES = 64
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
}
const LAST_CODE_POINT = 0x10_ff_ff

const decode = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole
  })

const attribute = (element: string, name: string): string | null => {
  const [, double, single] =
    new RegExp(`\\s(?:[\\w.-]{1,32}:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(element) ?? []
  const value = double ?? single
  return value === undefined ? null : decode(value)
}

const words = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((one) => one !== "")
const lines = (text: string): readonly string[] =>
  text
    .split(/[\n;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "")

type Place = readonly [path: readonly string[], read: (text: string) => unknown]
const plain = (text: string): string => text
/** Each property, and where its value goes in a seed. */
export const OVF_PROPERTIES: Readonly<Record<string, Place>> = {
  hostname: [["hostname"], plain],
  addresses: [["network", "addresses"], words],
  gateways: [["network", "gateways"], words],
  dns: [["network", "dns"], words],
  search: [["network", "search"], words],
  ntp: [["ntp"], words],
  ssh_authorized_keys: [["ssh_authorized_keys"], lines],
  organisation: [["organisation"], plain],
  administrator_name: [["administrator", "name"], plain],
  administrator_email: [["administrator", "email"], plain],
  administrator_password_hash: [["administrator", "password_hash"], plain],
}
/** A whole `#cloud-config`, in base64 or as it is; hypervisors know it by this name. */
export const OVF_USER_DATA = "user-data"

const readUserData = (value: string): string =>
  /^[A-Za-z0-9+/=\s]+$/.test(value) ? Buffer.from(value, "base64").toString("utf8") : value

export type OvfProperties = {
  readonly values: Readonly<Record<string, unknown>>
  readonly userData: string | null
  readonly problems: readonly SeedProblem[]
}

/** Properties that were left empty in the import's form are not set. */
export const readOvfProperties = (xml: string): OvfProperties => {
  const values: Record<string, unknown> = {}
  const problems: SeedProblem[] = []
  let userData: string | null = null
  const elements = xml.match(/<(?:[\w.-]{1,32}:)?Property\s(?:[^>"']|"[^"]*"|'[^']*')*>/g) ?? []
  for (const element of elements.slice(0, MAX_PROPERTIES)) {
    // Some hypervisors put the class of the product before the key, or its instance behind it.
    const name = (attribute(element, "key") ?? "").replace(/^ispvm\./, "")
    const value = attribute(element, "value")?.trim() ?? ""
    const place = Object.hasOwn(OVF_PROPERTIES, name) ? OVF_PROPERTIES[name] : undefined
    if (value === "") continue
    if (name === OVF_USER_DATA) userData = readUserData(value)
    else if (place === undefined) problems.push({ key: name, fault: "unknown-key", detail: null })
    else {
      const [[first = "", second], read] = place
      values[first] =
        second === undefined ? read(value) : { ...Object(values[first]), [second]: read(value) }
    }
  }
  return { values, userData, problems }
}
