/** Messages of the appliance in the language of the UI. */
import type { FieldMessage } from "@ispvm/appliance/api/field-messages"
import type { Message, Params } from "@ispvm/appliance/api/messages"
import type { Problem } from "@ispvm/appliance/api/shared"
import { type FieldCode, render } from "@ispvm/appliance/messages/catalogue"
import { locale } from "../locale.ts"
import { t } from "./strings.ts"

export const messageText = (message: Message): string => render(t.messages, message)

/** What is wrong with a field, as it stands below the field. */
export const fieldSentence = (message: FieldMessage): string => capitalised(messageText(message))

/** As the appliance sent it. A code that a newer appliance has added is shown in its own words. */
export const fieldText = ({
  code,
  params,
  message,
}: NonNullable<Problem["fields"]>[number]): string =>
  capitalised(isFieldCode(code) ? renderField(code, params) : message)

const capitalised = (text: string): string =>
  text.charAt(0).toLocaleUpperCase(locale.tag) + text.slice(1)

const isFieldCode = (code: unknown): code is FieldCode =>
  typeof code === "string" && code.startsWith("field.") && Object.hasOwn(t.messages, code)

/** The appliance that sent the params has made the same text of them. */
const renderField = <C extends FieldCode>(code: C, params: Record<string, unknown>): string =>
  t.messages[code](params as Params[C])
