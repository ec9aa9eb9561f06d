/** Messages of the appliance in the language of the UI. */
import type { Message } from "@ispvm/appliance/api/messages"
import { render } from "@ispvm/appliance/messages/catalogue"
import { t } from "./strings.ts"

export const messageText = (message: Message): string => render(t.messages, message)
