/**
 * The serial number in a line, where something names it as one. Pure and linear.
 *
 * Only fields of a header and the start of a message count: anybody can write the rest of a message
 * (a user name, a host name of DHCP).
 */

/** Shorter ones are counters and versions. */
const MIN_CHARS = 6
const MAX_CHARS = 32

/** As serial numbers are compared; null: it is none. */
export const serialKey = (text: string | null | undefined): string | null => {
  const key = text?.trim().toUpperCase() ?? ""
  const isSerial = key.length >= MIN_CHARS && key.length <= MAX_CHARS && /^[0-9A-Z/_-]+$/.test(key)
  return isSerial && /\d/.test(key) ? key : null
}

const NAMES: ReadonlySet<string> = new Set([
  ...["serial", "serialnumber", "serialno", "sn", "devserial", "deviceserial", "dvcserial"],
  "deviceexternalid",
])
export const isSerialName = (name: string): boolean =>
  NAMES.has(name.toLowerCase().replace(/[ ._-]/g, ""))

/** Of CEF: a field of its own, or a custom one with such a label. */
export const serialOfCef = (extension: ReadonlyMap<string, string>): string | null => {
  for (const [name, value] of extension) {
    const label = extension.get(`${name}Label`)
    const serial = isSerialName(label ?? name) ? serialKey(value) : null
    if (serial !== null) return serial
  }
  return null
}

/** Of the structured data of RFC 5424. */
export const serialOfData = (data: string): string | null => {
  for (const [, name = "", value] of data.matchAll(/ ([^ ="\]]{1,32})="([^"\\]{0,64})"/g))
    if (isSerialName(name)) return serialKey(value)
  return null
}

const START = /^\[?(?:serial(?:[ _-]?(?:number|no))?|s\/?n) ?[:=] ?"?([0-9a-z/_-]{6,32})(?![\w/-])/i
/** Of a message, as the prefix of a logging rule writes it. */
export const serialOfText = (message: string): string | null => {
  const first = message.charCodeAt(0)
  if (first !== 0x5b && (first | 0x20) !== 0x73) return null // Neither "[" nor "s" or "S".
  return serialKey(START.exec(message.slice(0, 80))?.[1])
}
