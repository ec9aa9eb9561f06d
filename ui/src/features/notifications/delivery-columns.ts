/** The columns of the delivery log. */
import type { Delivery } from "@ispvm/appliance/api/notifications"
import { html, nothing } from "lit"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import type { TableColumn } from "../../components/table-model.ts"
import { duration, exact } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { hasEnded, kindIcon, kindName, statusOfDelivery } from "./channel-state.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const { log: strings, delivery: words } = t.notifications

/** The drawer has all of it. */
const MAX_ANSWER = 90

/** "in 20 s" where it is still to be sent. */
export const dueText = (delivery: Delivery): string => {
  const leftMs = delivery.dueAtMs - nowMs()
  if (hasEnded(delivery) || delivery.state === "sending") return ""
  return leftMs < 1_000 ? words.now : words.inSpan(duration(leftMs))
}

/** An answer, or why there is none. */
export const answerOf = ({ lastAnswer, reason }: Delivery): string =>
  [reason === null ? "" : messageText(reason), lastAnswer ?? ""].filter(Boolean).join(" · ")

export const DELIVERY_COLUMNS: readonly TableColumn<Delivery>[] = [
  {
    key: "when",
    label: strings.when,
    width: "124px",
    card: "value",
    cell: ({ createdAtMs }) =>
      html`<ispvm-time at=${createdAtMs} title=${exact(createdAtMs)}></ispvm-time>`,
  },
  {
    key: "what",
    fixed: true,
    label: strings.what,
    width: "minmax(220px, 3fr)",
    card: "title",
    cell: ({ kind, incident }) =>
      html`<span class="bold">${words.kinds[kind]}</span>${
        incident === null
          ? nothing
          : html`<span class="block wrap normal"><a class="soft" href=${paths.incident(incident.id)}>#${incident.number} ${messageText(incident.title)}</a></span>`
      }`,
  },
  {
    key: "channel",
    label: strings.to,
    width: "minmax(150px, 1fr)",
    card: "wide",
    cell: ({ channelName, channelKind }) =>
      html`<span class="with-icon" title=${kindName(channelKind)}><ispvm-icon class="muted" name=${kindIcon(channelKind)} size="14"></ispvm-icon><span class="grow wrap">${channelName}</span></span>`,
  },
  {
    key: "state",
    fixed: true,
    label: strings.state,
    width: "minmax(110px, 130px)",
    card: "mark",
    cell: (delivery) =>
      html`<span class="stack-1"><ispvm-status status=${statusOfDelivery(delivery)} word=${words.states[delivery.state]}></ispvm-status>${dueText(delivery) === "" ? nothing : html`<span class="caption normal">${dueText(delivery)}</span>`}</span>`,
  },
  {
    key: "attempts",
    label: strings.attempts,
    width: "76px",
    card: "value",
    cell: ({ attempts }) => String(attempts),
  },
  {
    key: "answer",
    label: strings.answer,
    width: "minmax(140px, 1.5fr)",
    card: "wide",
    cell: (delivery) => {
      const text = answerOf(delivery)
      return text === ""
        ? ""
        : html`<bdi class="wrap soft" title=${text}>${text.length > MAX_ANSWER ? `${text.slice(0, MAX_ANSWER)}…` : text}</bdi>`
    },
  },
]
