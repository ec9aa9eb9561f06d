/** What a channel sends, and how it ends. One file per kind implements `Send`. */
import type { Severity } from "../../../api/incidents.ts"
import type {
  ChannelSecrets,
  ChannelSettings,
  ChannelTemplate,
  DeliveryKind,
} from "../../../api/notifications.ts"
import type { Language } from "../../../messages/text.ts"
import type { AddressGuard } from "./guarded-request.ts"

/** A message in all the forms that channels need, in the channel's language. */
export type Content = {
  readonly kind: DeliveryKind
  /** Null: a test. */
  readonly incident: {
    readonly id: string
    readonly number: number
    readonly severity: Severity
    readonly state: "open" | "acknowledged" | "closed"
    readonly openedAtMs: number
    readonly closedAtMs: number | null
    readonly confidence: number | null
    readonly devicesDown: number
    readonly devicesUnreachable: number
    readonly acknowledgedBy: string | null
    readonly mergedInto: number | null
    readonly causes: readonly {
      readonly kind: string
      readonly id: string
      readonly name: string
    }[]
  } | null
  /** One line: what is broken. */
  readonly title: string
  /** As `title`, with the number and what has happened to it. */
  readonly subject: string
  /** Labelled facts: since, likely cause, impact, owner. */
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  /** Evidence, one sentence each. */
  readonly reasons: readonly string[]
  readonly nextStep: string | null
  /** The channel's own text, in place of facts, evidence and next step; null: it has none. */
  readonly body: string | null
  /** The incident's page; null: the address is not known. */
  readonly link: string | null
  /** Said where the same delivery may have arrived before. */
  readonly note: string | null
}

export type Outgoing = {
  /** Of the delivery: the same for each of its attempts. */
  readonly id: string
  /** What all messages of one incident on one channel share. */
  readonly thread: string
  /** What the provider called the message that opened it; null: this opens, or it gave no name. */
  readonly openedRef: string | null
  /** One, or several that were held together because there were too many. */
  readonly contents: readonly [Content, ...Content[]]
  /** Whether an earlier attempt may have reached the receiver. */
  readonly isRepeat: boolean
  /** Receivers of a channel with several that have it from an earlier attempt. */
  readonly taken: readonly string[]
  readonly sentAtMs: number
}

/**
 * `rejected`: trying again is of no use. `failed`: it is tried again, not before `retryAfterMs`.
 * `isCertain`: the receiver does not have it. `answer`: for people, without secrets.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly ref: string | null; readonly answer: string }
  | { readonly kind: "rejected"; readonly answer: string }
  | {
      readonly kind: "failed"
      readonly isCertain: boolean
      readonly answer: string
      readonly retryAfterMs: number | null
      /** All receivers that have it by now: only the others are tried again. */
      readonly taken?: readonly string[]
    }

export type PushSubscription = {
  readonly id: string
  /** Lets anybody send to the browser: a secret. */
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}
export type OpenChannel<K extends ChannelSettings["kind"] = ChannelSettings["kind"]> = {
  readonly id: string
  readonly settings: Extract<ChannelSettings, { readonly kind: K }>
  readonly secrets: ChannelSecrets
  readonly language: Language
  readonly template: ChannelTemplate | null
  /** Of browser push; absent: no browser is registered. */
  readonly push?:
    | {
        readonly vapid: {
          readonly subject: string
          readonly publicKey: string
          readonly privateKey: string
        }
        readonly guard: AddressGuard
        /** Whether the person may see who subscribers are. */
        readonly seesSubscribers: boolean
        readonly subscriptions: readonly PushSubscription[]
        /** The push service says that it is gone for good. */
        readonly forget: (id: string) => Promise<void>
      }
    | undefined
}
export type Send<K extends ChannelSettings["kind"]> = (
  channel: OpenChannel<K>,
  outgoing: Outgoing,
  signal: AbortSignal,
) => Promise<Outcome>
