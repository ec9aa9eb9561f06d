import assert from "node:assert/strict"
import { test } from "node:test"
import { remedy } from "@ispvm/appliance/api/notice-messages"
import { messageText } from "../../i18n/strings/message-text.ts"
import { turkish } from "../../i18n/strings/tr/turkish.ts"
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
      remedy: remedy("remedy.wrong-credentials"),
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
      ["failed", messageText(remedy("remedy.wrong-credentials")), null],
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
      remedy: remedy("remedy.confirm-certificate"),
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
      ["unconfirmed", messageText(remedy("remedy.confirm-certificate"))],
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

test("access test: in Turkish a failure is said by its step and reason, not in the agent's English", () => {
  const { outcome } = turkish.access
  assert.equal(
    outcome("login", "wrong-credentials", "Refused."),
    "Kullanıcı adı ya da parola reddedildi.",
  )
  assert.equal(outcome("snmp", "wrong-credentials", "x"), "SNMP isteği reddedildi.")
  assert.equal(outcome("read", "failed", "!trap"), "Sınama başarısız oldu. !trap")
  for (const reason of ["ok", "no-answer", "refused", "timed-out", "agent-offline"])
    assert.notEqual(outcome("tcp", reason, "English"), "English", reason)
})
