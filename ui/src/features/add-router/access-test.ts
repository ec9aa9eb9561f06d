/** How a test of an access is read: its steps in words, and what its certificate means. Pure. */
import type { TestAnswer } from "@ispvm/appliance/api/inventory"

/** `held`: nothing is wrong, a person has to say something first. */
export type StepState = "ok" | "failed" | "unconfirmed" | "skipped" | "waiting"
export type ShownStep = {
  readonly step: string
  readonly state: StepState
  readonly message: string
  readonly remedy: string | null
  readonly tookMs: number | null
}

/** While it runs, the steps stand in their places and wait. */
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
    message: shorten(message),
    remedy,
    tookMs: reason === "ok" ? tookMs : null,
  }))

/** All that was tried went well, and the rest waits for the certificate to be confirmed: no password is sent before. */
export const needsConfirmation = ({ ok, steps, fingerprint }: TestAnswer): boolean =>
  !ok &&
  fingerprint !== null &&
  steps.every(({ reason }) => reason === "ok" || reason === "not-tried")

/** 64 digits in the middle of a sentence are read by nobody; in full they stand below, to be compared. */
const shorten = (message: string): string =>
  message.replace(/\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b/g, "$1…$2")

/** Eight by eight, as an eye compares them. */
export const grouped = (fingerprint: string): readonly string[] =>
  fingerprint.match(/.{1,8}/g) ?? []

export type PinState = "none" | "unconfirmed" | "pinned" | "changed"
/** `pinned`: confirmed just now or known from before; `changed`: another one was pinned. */
export const pinStateOf = (answer: TestAnswer | null, pin: string | null): PinState => {
  if (answer === null || answer.fingerprint === null) return "none"
  if (pin === null) return "unconfirmed"
  return pin === answer.fingerprint ? "pinned" : "changed"
}
