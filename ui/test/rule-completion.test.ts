/** What the editor of rules completes at a place: pure, so without a browser. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { completionAt } from "../src/features/rules/rule-completion.ts"
import { VOCABULARY } from "./rule-answers.ts"

/** `|` is the place. */
const at = (text: string): readonly string[] | null =>
  completionAt(text.slice(0, text.indexOf("|")), VOCABULARY)?.choices.map((one) => one.text) ?? null
const has = (text: string, ...wanted: readonly string[]) => {
  const offered = at(text)
  for (const one of wanted) assert.ok(offered?.includes(one), `${text}: ${one} of ${offered}`)
}
const exactly = (text: string, ...wanted: readonly string[]) => assert.deepEqual(at(text), wanted)

test("values are those of their key, in flow and in block style", () => {
  exactly("when: { metric: |", ...VOCABULARY.metrics.map(({ metric }) => metric))
  exactly("when:\n  absent: dev|", ...VOCABULARY.metrics.map(({ metric }) => metric))
  exactly("scope: { roles: [core, |", "core", "tower")
  exactly("scope:\n  roles:\n    - |", "core", "tower")
  exactly("scope: { tags: [|", "tower", '"winter road"')
  exactly("when: { events: [|", "login-failed", "rebooted")
  exactly("severity: |", "critical", "major", "minor", "warning")
  exactly("levels:\n  - { severity: |", "critical", "major", "minor", "warning")
  has("for: |", "5m", "1h")
  exactly("scope: { agents: [|", "hq")
})

test("states are those of the metric before, or true and false", () => {
  exactly("when: { metric: bgp.state, not: |", "established", "idle")
  exactly("when: { metric: bgp.state, is: [|", "established", "idle")
  exactly("when:\n  metric: interface.up\n  is: |", "true", "false")
})

test("keys are those of what is around them", () => {
  has("|", "id", "when", "severity", "runbook")
  has("rules:\n  - id: a\n    |", "scope", "levels")
  has("scope: { |", "roles", "tags", "agents", "except")
  has("scope: { except: { |", "devices")
  has("scope: { tags: [a], |", "interfaces")
  has("when: { |", "metric", "all", "not")
  has("when:\n  all:\n    - { |", "metric", "events")
  has("when:\n  all:\n    - |", "metric", "events")
  has("when: { metric: a.b, |", "above", "over", "clear")
  has("levels:\n  - { |", "severity", "above", "for")
  has("name: { |", "en", "tr")
})

test("nothing is offered in a comment, nor where any text may stand", () => {
  for (const text of ["# |", "id: |", "id: a # |", "runbook: |", "when: { metric: a.b |"])
    assert.equal(at(text), null, text)
})

test("the word that is being typed is replaced, with its dots", () => {
  const text = "when: { metric: device.c"
  assert.equal(completionAt(text, VOCABULARY)?.from, text.indexOf("device"))
})
