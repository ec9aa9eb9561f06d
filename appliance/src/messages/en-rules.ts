/** Alert rules in English: what they found, what is wrong with them, why one is not active. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, RuleCode } from "./catalogue.ts"
import { duration, nameOf, thing } from "./en-phrases.ts"
import { createMeasure, EN_FORMATS, fillPlaceholders } from "./numbers.ts"

const measure = createMeasure(EN_FORMATS)
const ADDRESS_AND_PORT = /^([\da-f.:]+) (?![\da-f.:]+$)(.+)$/i
const oneOf = (choices: readonly string[]): string => choices.join(", ")

type Finding = Params["symptom.rule"]
/** Null: there is none, or that it is so is all that it says. */
const shownValue = ({ value, unit, state }: Finding): string | null => {
  return state ?? (value === null || unit === "bool" ? null : measure(value, unit))
}
/** "core-2 (10.255.0.2) on ether1": the other end of a session before how its router calls it. */
const partOf = (part: string | null, peer: Finding["peer"]): string | null => {
  if (part === null || peer?.name == null || part.includes(peer.name)) return part
  const at = ADDRESS_AND_PORT.exec(part)
  return at === null ? `${peer.name} (${part})` : `${peer.name} (${at[1]}) on ${at[2]}`
}
/** "CPU load is high: R1 (96 %, limit 90 %)" */
export const ruleFinding = (finding: Finding): string => {
  const { rule, device, subject, peer, limit, unit, text, forMs } = finding
  const part = partOf(subject, peer)
  const value = shownValue(finding)
  if (text !== null)
    return fillPlaceholders(text.en, {
      device: nameOf(device),
      interface: subject ?? "",
      name: part ?? "",
      value: value ?? "?",
      limit: limit === null ? "?" : measure(limit, unit),
      for: duration(forMs),
      rule: rule.en,
    })
  const where = part === null ? nameOf(device) : `${part} of ${nameOf(device)}`
  const bound = limit === null ? "" : `, limit ${measure(limit, unit)}`
  return `${rule.en}: ${where}${value === null ? "" : ` (${value}${bound})`}`
}
export const ruleTitle = (params: Params["title.rule"]): string => {
  const { rule, thing: failed, interface: port, subject, peer, more, tense } = params
  const part = partOf(subject ?? port, peer)
  const others = more === 0 ? "" : `, and ${more} more`
  const over = tense === "past" ? " (over)" : ""
  if (params.found !== undefined && part !== null)
    return `${fillPlaceholders(params.found.text.en, {
      ...{ device: thing(failed), interface: subject ?? "", name: part },
      ...{ value: params.found.state, rule: rule.en },
    })}${others}${over}`
  const where = part === null ? thing(failed) : `${part} of ${thing(failed)}`
  return `${rule.en}: ${where}${others}${over}`
}

const YAML_FAULTS: Readonly<Record<Params["rule.yaml"]["fault"], string>> = {
  alias: "this alias has no anchor before it, or there are too many",
  bracket: "a bracket is not closed, or its lines are not indented",
  character: "a character is missing here, such as a space or a comma",
  colon: "a colon is missing after this name",
  documents: "the file has several documents; put all rules into one",
  escape: "this backslash sequence is unknown; use single quotes",
  indent: "the indentation does not fit the lines above",
  "key-lines": "a name has to be in one line; is a colon missing?",
  "no-rules": "a list of rules is expected",
  quote: "a quotation mark is not closed",
  "same-key": "this name is there twice; remove one of them",
  start: "a text cannot begin with this character; put the text in quotes",
  tab: "the line is indented with a tab; use spaces",
  tag: "this tag or anchor cannot be used here",
  "too-deep": "it is nested more than 50 levels deep",
  "too-long": "the file is too long",
  "too-many-marks": "it has more than 1000 anchors, aliases and tags",
  "two-colons": "the line has two colons; put a text with a colon in quotes",
  unexpected: "not expected here; is the line indented as those above, and the text in quotes?",
}

export const enRules: Pick<Catalogue, RuleCode> = {
  "rule.yaml": ({ fault }) => `is not readable as YAML: ${YAML_FAULTS[fault]}`,
  "rule.twice": ({ rule, line }) => `${rule} is in line ${line} already`,
  "rule.no-condition": () => "has no condition: add `when`, `levels` with `when`, or `evaluator`",
  "rule.condition-unknown": ({ choices }) =>
    `is not a condition: expected one of ${oneOf(choices)}`,
  "rule.condition-and-evaluator": () =>
    "an evaluator has its own condition: remove `when` and `levels`",
  "rule.evaluator-always-on": () =>
    "cannot be disabled: statuses and incidents rest on this condition",
  "rule.evaluator-id": ({ evaluator }) => `must be ${evaluator}, as the evaluator is called`,
  "rule.evaluator-needed": () => "is the name of an evaluator: add `evaluator`, or use another id",
  "rule.field-unknown": ({ field }) => `${field} is not a field that a rule has here`,
  "rule.severity": () => "needs either `severity` or `levels`",
  "rule.metric-unknown": ({ metric, choices }) =>
    `${metric} is not a metric; expected one of ${oneOf(choices)}`,
  "rule.bounds": ({ metric }) =>
    `needs \`above\` or \`below\`, or \`is\` or \`not\`, for ${metric}`,
  "rule.state-unknown": ({ metric, choices }) =>
    `is not a value of ${metric}; expected ${choices.length === 0 ? "a number with `above` or `below`" : oneOf(choices)}`,
  "rule.clear": ({ clear, bound }) =>
    `${clear} is on the wrong side of ${bound}: an alert would end before it begins`,
  "rule.entities": ({ metric, of, other }) =>
    `${metric} is of each ${of}, and the rule is about each ${other}: use two rules`,
  "rule.window-needed": ({ by }) => `${by} needs a window: add \`over\``,
  "rule.window-shorter-than-hold": ({ over, for: hold }) =>
    `must be at least ${hold}, as \`for\`: what happens once counts for ${over}, so the rule would never be raised`,
  "rule.window-too-long": ({ longest }) => `must be at most ${longest}`,
  "rule.placeholder": ({ placeholder, choices }) =>
    `{${placeholder}} is not a placeholder; expected one of ${choices.map((one) => `{${one}}`).join(", ")}`,
  "rule.level-bounds": () =>
    "bounds of a level need one threshold in the `when` of the rule, and no `when` of their own",
  "rule.inactive.disabled": () => "disabled",
  "rule.inactive.not-collected": ({ metrics }) => `waits for data: ${metrics.join(", ")}`,
  "rule.inactive.customers": () => "waits for customers and plans",
  "rule.inactive.unreadable": () =>
    "this release cannot read its text: the rule of the pack stands, if there is one",
}
