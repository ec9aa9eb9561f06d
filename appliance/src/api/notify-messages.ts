/**
 * Why an incident notified somebody or nobody, and why a delivery was not made, as codes and
 * params: `messages/` renders them as text.
 */
import { z } from "zod"
import { message } from "./message-schema.ts"

const None = z.object({})
const Policy = z.object({ policy: z.string() })
const AtMs = z.number()

export const NotifyMessage = z.discriminatedUnion("code", [
  message("notify.notified", Policy),
  message("notify.no-policy", None),
  message("notify.switched-off", Policy),
  message("notify.below-severity", Policy.extend({ severity: z.string(), least: z.string() })),
  message("notify.other-site", Policy),
  message("notify.other-tag", Policy),
  message("notify.other-kind", Policy),
  message("notify.too-few-unreachable", Policy.extend({ unreachable: z.int(), least: z.int() })),
  message("notify.earlier-policy", Policy.extend({ earlier: z.string() })),
  message("notify.no-channel", Policy),
  message("notify.nobody-on-call", Policy.extend({ schedule: z.string() })),
  message("notify.quiet-hours", Policy.extend({ untilMs: AtMs })),
  message("notify.recovered", None),
  /** It is still open, in case it fails again. */
  message("notify.recovering", z.object({ sinceMs: AtMs })),
  message("notify.acknowledged", None),
  message("notify.snoozed", z.object({ untilMs: AtMs })),
  message("notify.maintenance", None),
  message("notify.nothing-to-close", None),
  message("notify.no-longer-planned", None),
  message("notify.channel-removed", None),
  message("notify.channel-off", None),
  message("notify.expired", z.object({ afterS: z.int() })),
  message("notify.rejected", None),
  /** Of a delivery: `what` names what of it another release has stored differently. */
  message("notify.undeliverable", z.object({ what: z.string() })),
  message("notify.replayed", z.object({ by: z.string() })),
  message("notify.unreadable", z.object({ name: z.string() })),
])
export type NotifyMessage = z.infer<typeof NotifyMessage>

/** As stored: one of another release is named, and spoils no list. */
export const StoredNotifyMessage = z.unknown().transform((input): NotifyMessage => {
  const known = NotifyMessage.safeParse(input).data
  if (known !== undefined) return known
  const code = z.object({ code: z.string() }).safeParse(input).data?.code ?? "?"
  return { code: "notify.unreadable", params: { name: code.slice(0, 100) } }
})
