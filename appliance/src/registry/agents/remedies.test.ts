import assert from "node:assert/strict"
import { test } from "node:test"
import { TestReason, TestStep } from "@ispvm/wire"
import { TestAnswer } from "../../api/access-test.ts"
import type { RemedyMessage } from "../../api/notice-messages.ts"
import { textOf } from "../../messages/text.ts"
import { agentProblem, answerOf, remedyOf } from "./remedies.ts"

const said = (remedy: RemedyMessage | null | undefined): string =>
  remedy == null ? "" : textOf(remedy)

test("every failure of every step has a remedy that is a whole sentence, and a success has none", () => {
  for (const step of TestStep.shape.step.options)
    for (const reason of TestReason.options) {
      const remedy = remedyOf(step, reason)
      if (reason === "ok" || reason === "not-tried") assert.equal(remedy, null)
      else assert.match(said(remedy), /^[A-Z].{30,}[.?]$/, `${step} ${reason}`)
    }
})

test("no answer to SNMP is explained as what it usually is: a wrong community", () => {
  assert.match(said(remedyOf("snmp", "no-answer")), /community/)
  assert.doesNotMatch(said(remedyOf("tcp", "no-answer")), /community/)
})

test("each report of an SNMPv3 agent has a remedy of its own, a whole sentence", () => {
  const messages = [
    "refused, usmStatsUnknownUserNames: there is no such user",
    "refused, usmStatsWrongDigests: the authentication password or protocol is another",
    "refused, usmStatsDecryptionErrors: the privacy password or protocol is another",
    "refused, usmStatsUnsupportedSecLevels: …",
    "refused, usmStatsNotInTimeWindows: …",
    "refused, usmStatsUnknownEngineIDs: …",
  ]
  const remedies = messages.map((message) => said(remedyOf("snmp", "wrong-credentials", message)))
  assert.equal(new Set(remedies).size, messages.length)
  for (const remedy of remedies) assert.match(remedy, /^[A-Z].{30,}[.?]$/)
})

test("an agent that cannot test is a result of its own, with a remedy", () => {
  for (const reason of ["offline", "never-enrolled", "revoked", "no-result"] as const) {
    const answer = agentProblem(reason, "pop-1")
    assert.ok(TestAnswer.safeParse(answer).success)
    assert.equal(answer.ok, false)
    assert.equal(answer.steps[0]?.step, "agent")
    assert.match(answer.steps[0]?.message ?? "", /pop-1/)
    assert.match(said(answer.steps[0]?.remedy), /\w+ \w+/)
  }
})

test("an agent's result becomes an answer, each step with its remedy", () => {
  const steps: TestStep[] = [
    { step: "tcp", reason: "ok", message: "open", tookMs: 3 },
    {
      step: "login",
      reason: "wrong-credentials",
      message: "invalid user name or password (6)",
      tookMs: 5,
    },
  ]
  const answer = answerOf({
    kind: "test-access",
    id: "x",
    ok: false,
    steps,
    fingerprint: "ab",
    facts: null,
  })
  assert.equal(answer.steps[0]?.remedy, null)
  assert.match(said(answer.steps[1]?.remedy), /password/)
  assert.equal(answer.fingerprint, "ab")
})

test("a login that waits for a certificate asks for its confirmation; one after a failure has no remedy", () => {
  const remedyOfLogin = (tls: TestStep["reason"]) =>
    answerOf({
      kind: "test-access",
      id: "x",
      ok: false,
      steps: [
        { step: "tls", reason: tls, message: "", tookMs: 3 },
        { step: "login", reason: "not-tried", message: "", tookMs: 0 },
      ],
      fingerprint: "ab",
      facts: null,
    }).steps[1]?.remedy
  assert.match(said(remedyOfLogin("ok")), /Compare .* confirm/)
  assert.equal(remedyOfLogin("wrong-certificate"), null)
})
