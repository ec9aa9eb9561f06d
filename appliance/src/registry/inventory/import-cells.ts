/** What each column of a device list may contain; a rejection shows the value. */
import { z } from "zod"
import { fieldErrorsOf } from "../../api/field-messages.ts"
import { Address, DEVICE_ROLES, DeviceRole, Fingerprint } from "../../api/inventory.ts"
import { Line, Port } from "../../api/shared.ts"
import { textOf } from "../../messages/text.ts"

/** `read` gives undefined if the text is invalid, and `wrong` is the message. */
const cell = <T>(read: (text: string) => T | undefined, errorText: (text: string) => string) =>
  z.string().transform((text, context): T => {
    const value = read(text)
    if (value !== undefined) return value
    context.issues.push({ code: "custom", input: text, message: errorText(text) })
    return z.NEVER
  })

const shown = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const line = z.string().transform((text, context): string => {
  const parsed = Line(120).safeParse(text)
  if (parsed.success) return parsed.data
  const why = fieldErrorsOf(parsed.error, text)
    .map((error) => textOf(error))
    .join(" and ")
  context.issues.push({
    code: "custom",
    input: text,
    message: text === "" ? why : `${shown(text)} ${why}`,
  })
  return z.NEVER
})
const address = cell(
  (text) => Address.safeParse(text).data,
  (text) =>
    text === "" ? "must not be empty" : `${shown(text)} is neither an IP address nor a host name`,
)
/** Half of Europe uses a decimal comma. */
const numberOf = (text: string): number | undefined =>
  /^[+-]?\d{1,9}([.,]\d{1,20})?$/.test(text) ? Number(text.replace(",", ".")) : undefined
const degrees = (max: number) =>
  cell(
    (text) => {
      const number = numberOf(text)
      return number !== undefined && Math.abs(number) <= max ? number : undefined
    },
    (text) => {
      const number = numberOf(text)
      if (number === undefined) return `${shown(text)} is not a number of degrees like 46.5`
      return number > max ? `${text} is more than ${max}` : `${text} is less than -${max}`
    },
  )
const port = cell(
  (text) => (/^\d{1,5}$/.test(text) ? Port.safeParse(Number(text)).data : undefined),
  (text) => `${shown(text)} is not a port; ports are 1 to 65535`,
)
const YES_NO: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  "1": true,
  no: false,
  false: false,
  "0": false,
}
const yesNo = cell(
  (text) => YES_NO[text.toLowerCase()],
  (text) => `${shown(text)} is neither yes nor no`,
)
const namesIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s;|/,]+/)
    .filter((name) => name !== "")
const roles = cell(
  (text) => z.array(DeviceRole).safeParse([...new Set(namesIn(text))]).data,
  (text) => {
    const unknown = namesIn(text).filter((name) => !DeviceRole.safeParse(name).success)
    const none = unknown.length === 1 ? "there is no role" : "there are no roles"
    return `${none} ${unknown.map(shown).join(", ")}; roles are ${DEVICE_ROLES.join(", ")}`
  },
)
const fingerprint = cell(
  (text) => Fingerprint.safeParse(text).data,
  (text) => `${shown(text)} is not a SHA-256 fingerprint: 64 hex digits, with or without colons`,
)

export const CELLS = {
  name: line,
  address,
  site: line.nullable(),
  roles: roles.nullable(),
  agent: line.nullable(),
  credential: line.nullable(),
  latitude: degrees(90).nullable(),
  longitude: degrees(180).nullable(),
  api_port: port.nullable(),
  api_tls: yesNo.nullable(),
  fingerprint: fingerprint.nullable(),
  snmp_port: port.nullable(),
}
