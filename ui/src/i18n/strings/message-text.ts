/** Messages of the appliance in the language of the UI. */
import type { Message } from "@ispvm/appliance/api/messages"
import { textOf } from "@ispvm/appliance/messages/text"

export const messageText = (message: Message): string => textOf(message, "en")
