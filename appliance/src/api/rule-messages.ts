/** What is wrong with an alert rule, and why one is not active, as codes and params. */
import { z } from "zod"
import { message } from "./message-schema.ts"

const None = z.object({})
const Choices = z.array(z.string())

/** Why a rule file is not readable as YAML. */
export const YAML_FAULTS = [
  "alias",
  "bracket",
  "character",
  "colon",
  "documents",
  "escape",
  "indent",
  "key-lines",
  "no-rules",
  "quote",
  "same-key",
  "start",
  "tab",
  "tag",
  "too-deep",
  "too-long",
  "too-many-marks",
  "two-colons",
  "unexpected",
] as const
/** Levels of nesting; and of anchors, aliases and tags in all. */
export const YAML_LIMITS = { depth: 50, marks: 1_000 } as const
export type YamlFaultCode = (typeof YAML_FAULTS)[number]

/** Besides what is wrong with a single field (`field-messages.ts`). */
export const RuleProblemMessage = z.discriminatedUnion("code", [
  message("rule.yaml", z.object({ fault: z.enum(YAML_FAULTS) })),
  message("rule.twice", z.object({ rule: z.string(), line: z.int() })),
  message("rule.no-condition", None),
  message("rule.condition-unknown", z.object({ choices: Choices })),
  message("rule.condition-and-evaluator", None),
  message("rule.evaluator-always-on", None),
  message("rule.evaluator-id", z.object({ evaluator: z.string() })),
  message("rule.evaluator-needed", None),
  message("rule.severity", None),
  message("rule.field-unknown", z.object({ field: z.string() })),
  message("rule.metric-unknown", z.object({ metric: z.string(), choices: Choices })),
  message("rule.bounds", z.object({ metric: z.string() })),
  message("rule.state-unknown", z.object({ metric: z.string(), choices: Choices })),
  message("rule.clear", z.object({ clear: z.number(), bound: z.number() })),
  message("rule.entities", z.object({ metric: z.string(), of: z.string(), other: z.string() })),
  message("rule.window-needed", z.object({ by: z.string() })),
  message("rule.window-shorter-than-hold", z.object({ over: z.string(), for: z.string() })),
  message("rule.window-too-long", z.object({ longest: z.string() })),
  message("rule.placeholder", z.object({ placeholder: z.string(), choices: Choices })),
  message("rule.level-bounds", None),
])
export type RuleProblemMessage = z.infer<typeof RuleProblemMessage>

export const RuleInactiveMessage = z.discriminatedUnion("code", [
  message("rule.inactive.disabled", None),
  message("rule.inactive.not-collected", z.object({ metrics: Choices })),
  message("rule.inactive.customers", None),
  message("rule.inactive.unreadable", None),
])
export type RuleInactiveMessage = z.infer<typeof RuleInactiveMessage>
export type RuleMessage = RuleProblemMessage | RuleInactiveMessage
