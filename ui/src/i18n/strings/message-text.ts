/** Messages of the appliance in the language of the UI. */
import type { Message, Params } from "@ispvm/appliance/api/messages"
import type { Problem } from "@ispvm/appliance/api/shared"
import { type FieldCode, render } from "@ispvm/appliance/messages/catalogue"
import { t } from "./strings.ts"

export const messageText = (message: Message): string => render(t.messages, message)

/** What is wrong with a field. A code that a newer appliance has added is shown in its own words. */
export const fieldText = ({
  code,
  params,
  message,
}: NonNullable<Problem["fields"]>[number]): string =>
  isFieldCode(code) ? renderField(code, params) : message

const isFieldCode = (code: unknown): code is FieldCode =>
  typeof code === "string" && code.startsWith("field.") && Object.hasOwn(t.messages, code)

/** The appliance that sent the params has made the same text of them. */
const renderField = <C extends FieldCode>(code: C, params: Record<string, unknown>): string =>
  t.messages[code](params as Params[C])
