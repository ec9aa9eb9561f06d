/** What each column of a list may contain; a rejection shows the value. */
import { z } from "zod"
import { type FieldMessage, fieldErrorsOf } from "../../api/field-messages.ts"
import { ImportMessage } from "../../api/import-messages.ts"
import {
  Address,
  DEVICE_ROLES,
  DeviceRole,
  Fingerprint,
  LinkInput,
  Tag,
  Tags,
  TextEncoding,
} from "../../api/inventory.ts"
import { Line, Note, Port } from "../../api/shared.ts"

/** What a cell's schema says travels in the params of zod's issue. */
const issueOf = (input: string, said: ImportMessage): z.core.$ZodRawIssue => ({
  code: "custom",
  input,
  params: { said },
})
export const saidOf = (issue: z.core.$ZodIssue): ImportMessage => {
  const found =
    issue.code === "custom" ? ImportMessage.safeParse(issue.params?.said).data : undefined
  if (found === undefined) throw new Error(`a cell was rejected without a reason: ${issue.code}`)
  return found
}
/** `read` gives undefined if the text is invalid, and `why` is the message. */
const cell = <T>(read: (text: string) => T | undefined, why: (text: string) => ImportMessage) =>
  z.string().transform((text, context): T => {
    const value = read(text)
    if (value !== undefined) return value
    context.issues.push(issueOf(text, why(text)))
    return z.NEVER
  })

const shown = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
const of = (
  code:
    | "import.address"
    | "import.degrees"
    | "import.port"
    | "import.yes-no"
    | "import.fingerprint",
  text: string,
): ImportMessage => ({ code, params: { cell: shown(text) } })

const textOf = (schema: z.ZodType<string>) =>
  z.string().transform((text, context): string => {
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    const why = fieldErrorsOf(parsed.error, text).map(({ path: _, ...each }): FieldMessage => each)
    const said: ImportMessage = {
      code: "import.text",
      params: { cell: text === "" ? "" : shown(text), why },
    }
    context.issues.push(issueOf(text, said))
    return z.NEVER
  })
const line = textOf(Line(120))
const address = cell(
  (text) => Address.safeParse(text).data,
  (text) => (text === "" ? { code: "import.empty", params: {} } : of("import.address", text)),
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
      if (number === undefined) return of("import.degrees", text)
      const side = number > max ? "above" : "below"
      const limit = number > max ? max : -max
      return { code: "import.degrees-range", params: { cell: text, side, limit } }
    },
  )
const port = cell(
  (text) => (/^\d{1,5}$/.test(text) ? Port.safeParse(Number(text)).data : undefined),
  (text) => of("import.port", text),
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
  (text) => of("import.yes-no", text),
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
    return {
      code: "import.roles",
      params: { cells: unknown.map(shown), roles: DEVICE_ROLES.join(", ") },
    }
  },
)
/** Of tags alone: a name of a tag contains no semicolon, but may contain what separates roles. */
const TAG_SEPARATOR = ";"
const MAX_TAGS = 32
/** Of unknown length in a cell: a rejection names the first of them. */
const MAX_TAGS_NAMED = 5
const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(TAG_SEPARATOR)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  ),
]
const tags = cell(
  (text) => {
    const found = tagsIn(text)
    return found.length === 0 ? undefined : Tags.safeParse(found).data
  },
  (text) => {
    const found = tagsIn(text)
    const invalid = found.filter((tag) => !Tag.safeParse(tag).success)
    return found.length > 0 && invalid.length === 0
      ? { code: "import.too-many-tags", params: { tags: found.length, limit: MAX_TAGS } }
      : {
          code: "import.tags",
          params: {
            cells: (found.length === 0 ? [text] : invalid.slice(0, MAX_TAGS_NAMED)).map(shown),
          },
        }
  },
)
const fingerprint = cell(
  (text) => Fingerprint.safeParse(text).data,
  (text) => of("import.fingerprint", text),
)

export const CELLS = {
  name: line,
  address,
  site: line.nullable(),
  roles: roles.nullable(),
  tags: tags.nullable(),
  /** Of the site, like its position. */
  site_tags: tags.nullable(),
  agent: line.nullable(),
  credential: line.nullable(),
  latitude: degrees(90).nullable(),
  longitude: degrees(180).nullable(),
  api_port: port.nullable(),
  api_tls: yesNo.nullable(),
  fingerprint: fingerprint.nullable(),
  snmp_port: port.nullable(),
}

const MEDIA = LinkInput.shape.medium.unwrap().unwrap()
const capacity = cell(
  (text) => {
    const number = /^\d{1,16}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
    return LinkInput.shape.capacityBps.safeParse(number).data ?? undefined
  },
  (text) => ({ code: "import.capacity", params: { cell: shown(text) } }),
)
const medium = cell(
  (text) => MEDIA.safeParse(text.toLowerCase()).data,
  (text) => ({
    code: "import.choice",
    params: { cell: shown(text), choices: MEDIA.options.join(", ") },
  }),
)
const encoding = cell(
  (text) => TextEncoding.safeParse(text.toLowerCase()).data,
  (text) => ({
    code: "import.choice",
    params: { cell: shown(text), choices: TextEncoding.options.join(", ") },
  }),
)
const interfaceName = textOf(Line(256))

export const SITE_CELLS = {
  name: line,
  region: line.nullable(),
  latitude: degrees(90).nullable(),
  longitude: degrees(180).nullable(),
  tags: tags.nullable(),
  text_encoding: encoding.nullable(),
  note: textOf(Note).nullable(),
}
/** The ends by name: a link has no other identity outside of its appliance. */
export const LINK_CELLS = {
  name: line.nullable(),
  a_device: line,
  a_interface: interfaceName.nullable(),
  b_device: line,
  b_interface: interfaceName.nullable(),
  capacity_bps: capacity.nullable(),
  medium: medium.nullable(),
  tags: tags.nullable(),
}
