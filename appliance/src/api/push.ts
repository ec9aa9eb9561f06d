/** Browser push: the browsers in which a person is notified. */
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"
import { EpochMs, Line } from "./shared.ts"

/** What `PushSubscription.toJSON()` of the browser says, flat. */
export const PushSubscriptionInput = z.strictObject({
  /** HTTPS, and an address of the public Internet. */
  endpoint: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/, fieldCode("field.url")),
  /** A point on P-256, uncompressed, base64url. */
  p256dh: z.string().regex(/^[\w-]{87}$/, fieldCode("field.format")),
  auth: z.string().regex(/^[\w-]{22}$/, fieldCode("field.format")),
  /** Such as "Firefox on Android". */
  label: Line(120),
  language: z.enum(["en", "tr"]).default("en"),
})
export type PushSubscriptionInput = z.infer<typeof PushSubscriptionInput>

export const PushBrowser = z.object({
  id: z.uuid(),
  label: z.string(),
  createdAtMs: EpochMs,
  /** SHA-256 of its endpoint, in hex: by it a browser knows itself. */
  digest: z.string(),
})
export type PushBrowser = z.infer<typeof PushBrowser>
export const OwnPush = z.object({
  /** The key that a browser subscribes with (VAPID), base64url. */
  publicKey: z.string(),
  browsers: z.array(PushBrowser),
})
export type OwnPush = z.infer<typeof OwnPush>
