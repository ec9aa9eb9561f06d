/**
 * What is wrong with a field of a request, as a code and params: `messages/` renders it as text. A
 * form and the API find it in the same way, with the same schemas.
 */
import { z } from "zod"
import { message } from "./message-schema.ts"

const Count = z.number().min(0)
const None = z.object({})

/** Codes that need no params. A schema states one of them where zod's own issue says too little. */
const PLAIN_CODES = [
  "field.required",
  "field.empty",
  "field.unknown",
  "field.format",
  "field.uuid",
  "field.email",
  "field.url",
  "field.date",
  "field.date-time",
  "field.kind",
  "field.not-allowed",
  "field.unstorable",
  "field.control-characters",
  "field.address",
  "field.network",
  "field.wide-prefix",
  "field.url-host",
  "field.fingerprint",
  "field.collector",
  "field.release",
  "field.release-unknown",
  "field.service-in-use",
  "field.interface-list",
  "field.nothing-to-harden",
  "field.encryption-without-authentication",
  "field.same-device",
  "field.taken",
  "field.setup-code",
  "field.current-password",
  "field.secret-wrong",
  "field.secret-for-test",
  "field.cursor",
  "field.later-than-from",
  "field.interface-needed",
  "field.device-needed",
  "field.absolute-path",
  "field.host-key",
  "field.recipient",
  "field.time-zone",
  "field.recurrence",
  "field.past",
  "field.runbook",
  "field.always-quiet",
] as const
export type PlainFieldCode = (typeof PLAIN_CODES)[number]
const isPlain = (text: string): text is PlainFieldCode => PLAIN_CODES.some((code) => code === text)

/** What a bound counts: characters of a text, items of a list, or nothing: the value itself. */
const Unit = z.enum(["character", "item", "none"])
const Bound = z.enum(["at-least", "at-most", "more-than", "less-than"])

const WithParams = z.discriminatedUnion("code", [
  message(
    "field.type",
    z.object({
      expected: z.enum(["text", "number", "integer", "boolean", "list", "object", "null", "other"]),
    }),
  ),
  message("field.choice", z.object({ choices: z.array(z.string()) })),
  message(
    "field.metric",
    z.object({ metric: z.string(), family: z.string(), choices: z.array(z.string()) }),
  ),
  message("field.template", z.object({ field: z.string(), choices: z.array(z.string()) })),
  message("field.bound", z.object({ bound: Bound, limit: z.number(), unit: Unit })),
  message("field.multiple-of", z.object({ divisor: z.number() })),
  message("field.hidden-character", z.object({ character: z.string() })),
  message("field.max-bytes", z.object({ maxBytes: Count, inflated: z.boolean() })),
  message(
    "field.not-found",
    z.object({
      what: z.enum([
        "region",
        "site",
        "device",
        "link",
        "agent",
        "credential",
        "channel",
        "schedule",
        "interface",
        "account",
      ]),
    }),
  ),
  message("field.interface-linked", z.object({ interface: z.string() })),
  message(
    "field.weak-password",
    z.object({ reason: z.enum(["common", "repeated", "sequence", "context"]) }),
  ),
  message(
    "field.secret-needed",
    z.object({
      secret: z.enum(["password", "snmpCommunity", "snmpAuthPassword", "snmpPrivPassword"]),
    }),
  ),
  message(
    "field.destination",
    z.object({
      ip: z.string(),
      kind: z.enum([
        "loopback",
        "link-local",
        "metadata",
        "multicast",
        "broadcast",
        "unspecified",
        "own",
        "outside-allowed-networks",
      ]),
      /** An administrator can allow it in the agent's allowed networks. */
      mayBeAllowed: z.boolean(),
    }),
  ),
  message("field.between", z.object({ min: z.number(), max: z.number() })),
  message("field.twice", z.object({ name: z.string() })),
  message("field.release-unsupported", z.object({ oldest: z.string(), release: z.string() })),
  message("field.service-unknown", z.object({ name: z.string() })),
  /** A finished sentence, of a module that has no codes. */
  message("field.text", z.object({ text: z.string() })),
])

export const FieldMessage = z.union([
  WithParams,
  z.object({ code: z.enum(PLAIN_CODES), params: None }),
])
type FieldMessageWithParams = z.infer<typeof WithParams>
export type FieldMessage =
  | FieldMessageWithParams
  | { [C in PlainFieldCode]: { code: C; params: z.infer<typeof None> } }[PlainFieldCode]

/** `path` as the request spells it; an unknown field has its own. */
export type FieldError = { readonly path: string } & FieldMessage

/** As the message of a check in a schema: the code of what is wrong. */
export const fieldCode = (code: PlainFieldCode): string => code
/** As the params of an issue that a schema adds: a code with its own params. */
export const fieldParams = (own: FieldMessageWithParams): Record<string, unknown> => own

/** What a schema found wrong in `input`, field by field. */
export const fieldErrorsOf = (error: z.ZodError, input: unknown): FieldError[] =>
  error.issues.flatMap((issue): FieldError[] => {
    const at = issue.path.map(String)
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...at, key].join("."), ...plain("field.unknown") }))
      : [{ path: at.join("."), ...fieldMessageOf(issue, input) }]
  })

const plain = (code: PlainFieldCode) => ({ code, params: {} }) as FieldMessage

const fieldMessageOf = (issue: z.core.$ZodIssue, input: unknown): FieldMessage => {
  if (isPlain(issue.message)) return plain(issue.message)
  if (valueAt(input, issue.path) === undefined) return plain("field.required")
  switch (issue.code) {
    case "invalid_type":
      return { code: "field.type", params: { expected: TYPES[issue.expected] ?? "other" } }
    case "invalid_value":
      return { code: "field.choice", params: { choices: issue.values.map(String) } }
    case "too_big":
      return boundOf(issue, issue.inclusive === false ? "less-than" : "at-most", issue.maximum)
    case "too_small":
      return boundOf(issue, issue.inclusive === false ? "more-than" : "at-least", issue.minimum)
    case "invalid_format":
      return plain(
        valueAt(input, issue.path) === ""
          ? "field.required"
          : (FORMATS[issue.format] ?? "field.format"),
      )
    case "not_multiple_of":
      return { code: "field.multiple-of", params: { divisor: issue.divisor } }
    case "invalid_union":
      return plain("field.kind")
    case "custom":
      return WithParams.safeParse(issue.params).data ?? plain("field.not-allowed")
    case "invalid_key":
    case "invalid_element":
    case "unrecognized_keys":
      return plain("field.not-allowed")
  }
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    input,
  )

type Type = Extract<FieldMessage, { code: "field.type" }>["params"]["expected"]
const TYPES: Readonly<Record<string, Type>> = {
  string: "text",
  number: "number",
  int: "integer",
  boolean: "boolean",
  array: "list",
  object: "object",
  record: "object",
  null: "null",
}
const FORMATS: Readonly<Record<string, PlainFieldCode>> = {
  uuid: "field.uuid",
  email: "field.email",
  url: "field.url",
  datetime: "field.date-time",
  date: "field.date",
}
const UNITS: Readonly<Record<string, "character" | "item">> = {
  string: "character",
  array: "item",
  set: "item",
  map: "item",
}

const boundOf = (
  { origin }: { readonly origin: string },
  bound: z.infer<typeof Bound>,
  limit: number | bigint,
): FieldMessage => {
  const unit = UNITS[origin] ?? "none"
  if (bound === "at-least" && limit === 1 && unit !== "none") return plain("field.empty")
  return { code: "field.bound", params: { bound, limit: Number(limit), unit } }
}
