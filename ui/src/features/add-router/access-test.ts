/** The steps of an access test with their texts, and the meaning of its certificate. Pure. */
import type { TestAnswer } from "@ispvm/appliance/api/access-test"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"

/** `held`: no failure, but a person has to confirm something first. */
export type StepState = "ok" | "failed" | "unconfirmed" | "skipped" | "waiting"
export type ShownStep = {
  readonly step: string
  readonly state: StepState
  readonly message: string
  readonly remedy: string | null
  readonly tookMs: number | null
}

/** During the test, all steps are shown as waiting. */
export const waitingSteps = (expected: readonly string[]): readonly ShownStep[] =>
  expected.map((step) => ({ step, state: "waiting", message: "", remedy: null, tookMs: null }))

export const shownSteps = (answer: TestAnswer): readonly ShownStep[] =>
  answer.steps.map(({ step, reason, message, remedy, tookMs }) => ({
    step,
    state:
      reason === "ok"
        ? "ok"
        : reason !== "not-tried"
          ? "failed"
          : remedy === null
            ? "skipped"
            : "unconfirmed",
    message: shorten(t.access.outcome(step, reason, message)),
    remedy: remedy === null ? null : messageText(remedy),
    tookMs: reason === "ok" ? tookMs : null,
  }))

/**
 * All tried steps passed; the others wait for the confirmation of the certificate, because no
 * password is sent before.
 */
export const needsConfirmation = ({ ok, steps, fingerprint }: TestAnswer): boolean =>
  !ok &&
  fingerprint !== null &&
  steps.every(({ reason }) => reason === "ok" || reason === "not-tried")

/**
 * Shortens a fingerprint in a sentence: 64 digits there are unreadable, and the full one is shown
 * below.
 */
const shorten = (message: string): string =>
  message.replace(/\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b/g, "$1…$2")

/** In groups of eight digits, for comparison. */
export const grouped = (fingerprint: string): readonly string[] =>
  fingerprint.match(/.{1,8}/g) ?? []

export type PinState = "none" | "unconfirmed" | "pinned" | "changed"
/** `pinned`: confirmed now or earlier; `changed`: another certificate is pinned. */
export const pinStateOf = (answer: TestAnswer | null, pin: string | null): PinState => {
  if (answer === null || answer.fingerprint === null) return "none"
  if (pin === null) return "unconfirmed"
  return pin === answer.fingerprint ? "pinned" : "changed"
}
