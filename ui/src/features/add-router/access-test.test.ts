import assert from "node:assert/strict"
import { test } from "node:test"
import { grouped, needsConfirmation, pinStateOf, shownSteps, waitingSteps } from "./access-test.ts"

const fingerprint = "0123456789abcdef".repeat(4)
const answer = {
  ok: false,
  steps: [
    { step: "tls", reason: "ok", message: `Certificate ${fingerprint}.`, remedy: null, tookMs: 4 },
    {
      step: "login",
      reason: "wrong-credentials",
      message: "Refused.",
      remedy: "Log in by Winbox.",
      tookMs: 2,
    },
    {
      step: "read",
      reason: "not-tried",
      message: "An earlier step failed.",
      remedy: null,
      tookMs: 0,
    },
  ],
  fingerprint,
  facts: null,
}

test("access test: a step ticks, names its failure, or was not reached", () =>
  assert.deepEqual(
    shownSteps(answer).map((each) => [each.state, each.remedy, each.tookMs]),
    [
      ["ok", null, 4],
      ["failed", "Log in by Winbox.", null],
      ["skipped", null, null],
    ],
  ))
const unconfirmed = {
  ...answer,
  steps: [
    { step: "tls", reason: "ok", message: `Certificate ${fingerprint}.`, remedy: null, tookMs: 4 },
    {
      step: "login",
      reason: "not-tried",
      message: "Nobody has confirmed it.",
      remedy: "Compare and confirm.",
      tookMs: 0,
    },
    {
      step: "read",
      reason: "not-tried",
      message: "Nobody has confirmed it.",
      remedy: null,
      tookMs: 0,
    },
  ],
}
test("access test: a login not tried because of an unconfirmed certificate is no failure, and says what to do", () => {
  assert.deepEqual(
    shownSteps(unconfirmed).map((each) => [each.state, each.remedy]),
    [
      ["ok", null],
      ["unconfirmed", "Compare and confirm."],
      ["skipped", null],
    ],
  )
  assert.equal(needsConfirmation(unconfirmed), true)
  assert.equal(needsConfirmation(answer), false)
  assert.equal(needsConfirmation({ ...unconfirmed, ok: true }), false)
})
test("access test: a fingerprint within a sentence is short, and in full in eights", () => {
  assert.equal(shownSteps(answer)[0]?.message, "Certificate 01234567…89abcdef.")
  assert.equal(grouped(fingerprint).length, 8)
})
test("access test: what runs waits in its places", () =>
  assert.deepEqual(
    waitingSteps(["ping"]).map((each) => each.state),
    ["waiting"],
  ))
test("access test: a certificate is confirmed, known, or another one than pinned", () => {
  assert.equal(pinStateOf(answer, null), "unconfirmed")
  assert.equal(pinStateOf(answer, fingerprint), "pinned")
  assert.equal(pinStateOf(answer, "f".repeat(64)), "changed")
  assert.equal(pinStateOf(null, fingerprint), "none")
})
