/** Windows about steps that are shorter than the hold of their rule. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { parseRules } from "../parse.ts"

const problemsOf = (rule: string): string[] => {
  const text = `- id: own\n  name: Own\n  severity: minor\n${rule.replace(/^/gm, "  ")}\n`
  const parsed = parseRules(text)
  return parsed.ok
    ? []
    : parsed.problems.map(({ line, column, path, message }) =>
        [line, column, path, message.code, JSON.stringify(message.params)].join(" "),
      )
}
const CODE = "rule.window-shorter-than-hold"
const shorter = (at: string, over: string, hold: string): string[] => [
  `${at} ${CODE} ${JSON.stringify({ over, for: hold })}`,
]

const cases: readonly (readonly [what: string, rule: string, problems: string[]])[] = [
  [
    "events in a shorter window",
    "when: { events: [login-failed], over: 5m, count: 3 }\nfor: 10m",
    shorter("4 41 0.when.over", "5m", "10m"),
  ],
  [
    "events in a window as long",
    "when: { events: [login-failed], over: 10m, count: 3 }\nfor: 10m",
    [],
  ],
  [
    "changes in a shorter window",
    "when: { changes: interface.up, over: 60s, count: 4 }\nfor: 2m",
    shorter("4 40 0.when.over", "60s", "2m"),
  ],
  [
    "a comparison with the start of a shorter window, in one part of several",
    "when:\n  all:\n    - { metric: device.cpu_pct, above: 1 }\n    - { metric: pppoe.sessions, over: 1m, by: change-pct, below: -20 }\nfor: 5m",
    shorter("7 41 0.when.all.1.over", "1m", "5m"),
  ],
  [
    "an average over a shorter window",
    "when: { metric: ping.loss_pct, over: 1m, above: 2 }\nfor: 5m",
    [],
  ],
  [
    "no event in a shorter window",
    "when: { not: { events: [rebooted], over: 5m, count: 1 } }\nfor: 1h",
    [],
  ],
]
for (const [what, rule, problems] of cases)
  test(`${what}: ${problems.length === 0 ? "accepted" : "rejected with its place"}`, () => {
    assert.deepEqual(problemsOf(rule), problems)
  })

test("of several levels the longest hold counts", () => {
  const rule = `- id: own
  name: Own
  when: { metric: bgp.prefixes_received, over: 5m, by: change-pct }
  levels:
    - { severity: major, below: -50, for: 1m }
    - { severity: minor, below: -20, for: 10m }
`
  const parsed = parseRules(rule)
  assert.deepEqual(
    parsed.ok ? [] : parsed.problems.map(({ line, message }) => [line, message.code]),
    [[3, CODE]],
  )
})
