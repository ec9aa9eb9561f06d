/** Messages of the appliance in the language of the UI. */
import type { FieldMessage } from "@ispvm/appliance/api/field-messages"
import type { Code, Message, Params } from "@ispvm/appliance/api/messages"
import { render } from "@ispvm/appliance/messages/catalogue"
import { locale } from "../locale.ts"
import { t } from "./strings.ts"

export const messageText = (message: Message): string => render(t.messages, message)

/** What is wrong with a field, as it stands below the field. */
export const fieldSentence = (message: FieldMessage): string => capitalised(messageText(message))

/** As the appliance sent it: with a code, and the same in English. */
type Sent = {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A code that a newer appliance has added is shown in its own words. */
export const sentText = ({ code, params, message }: Sent): string =>
  isCode(code) ? renderSent(code, params) : message

export const fieldText = (field: Sent): string => capitalised(sentText(field))

const capitalised = (text: string): string =>
  text.charAt(0).toLocaleUpperCase(locale.tag) + text.slice(1)

const isCode = (code: string): code is Code => Object.hasOwn(t.messages, code)

/** The appliance that sent the params has made the same text of them. */
const renderSent = <C extends Code>(code: C, params: Readonly<Record<string, unknown>>): string =>
  t.messages[code](params as Params[C])
