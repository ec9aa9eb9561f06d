/** What the UI API takes and answers about alert rules; the rules themselves are in alert-rules.ts. */
import { z } from "zod"
import { Severity } from "./incidents.ts"
import { RuleName } from "./messages.ts"
import { EpochMs, Note } from "./shared.ts"

/** A code and params; `messages/` renders it. */
const AnyMessage = z.object({ code: z.string(), params: z.record(z.string(), z.unknown()) })
export const RuleProblem = z.object({
  /** From one. */
  line: z.int(),
  column: z.int(),
  /** Where it is in the file as data, such as `rules.0.when.metric`. */
  path: z.string(),
  rule: z.string().nullable(),
  /** In English; `message` is the same for other languages. */
  text: z.string(),
  message: AnyMessage,
})
export type RuleProblem = z.infer<typeof RuleProblem>

/**
 * `pack`: as the appliance comes with it. `changed`: of the pack, with another text of people.
 * `own`: not of the pack.
 */
export const RuleSource = z.enum(["pack", "changed", "own"])
export const AlertRule = z.object({
  id: z.string(),
  name: RuleName,
  /** The most severe of its levels; null: it cannot be read. */
  severity: Severity.nullable(),
  /** Set: the program evaluates its condition. */
  evaluator: z.string().nullable(),
  source: RuleSource,
  /** The text that people wrote is of an older text of the pack than the one of now. */
  isPackNewer: z.boolean(),
  /** Why it is not evaluated; null: it is. */
  inactive: AnyMessage.nullable(),
  /** What its alerts are of: `device`, `interface`, or what a metric has by name, such as `sensor`. */
  entity: z.string(),
  /** How many of them it has values of, and how many of its alerts are pending and raised. */
  entities: z.int(),
  pending: z.int(),
  raised: z.int(),
  /** Of the latest text of people; null: there is none. */
  version: z.int().nullable(),
  changedAtMs: EpochMs.nullable(),
  changedBy: z.string().nullable(),
  /** A page of the docs or an http(s) address (`runbookLinkOf`); null: the rule names none. */
  runbook: z.string().nullable(),
})
export type AlertRule = z.infer<typeof AlertRule>
export const AlertRuleDetail = AlertRule.extend({
  yaml: z.string(),
  /** Of the pack as it is now; null: the rule is not of the pack. */
  packYaml: z.string().nullable(),
  /** Of the pack when the text was changed; null: it was not. */
  baseYaml: z.string().nullable(),
})
export type AlertRuleDetail = z.infer<typeof AlertRuleDetail>
export const RuleVersion = z.object({
  version: z.int(),
  atMs: EpochMs,
  author: z.string(),
  reason: z.string(),
  /** Null: from here on, the rule is that of the pack, or removed. */
  yaml: z.string().nullable(),
})
export type RuleVersion = z.infer<typeof RuleVersion>

/** What an editor completes: metrics, events, and names of the inventory. */
export const RuleVocabulary = z.object({
  metrics: z.array(
    z.object({
      metric: z.string(),
      /** `device`, `interface`, or what else its values are of. */
      entity: z.string(),
      unit: z.string(),
      /** Of a state. */
      states: z.array(z.string()),
      description: z.string(),
    }),
  ),
  events: z.array(z.string()),
  roles: z.array(z.string()),
  tags: z.array(z.string()),
  sites: z.array(z.string()),
  regions: z.array(z.string()),
  /** The first 2,000 by name. */
  devices: z.array(z.string()),
  interfaceTypes: z.array(z.string()),
  agents: z.array(z.string()),
})
export type RuleVocabulary = z.infer<typeof RuleVocabulary>

const Yaml = z.string().min(1).max(1_000_000)
export const RuleParams = z.object({ name: z.string().max(64) })
export const RuleCheckRequest = z.strictObject({ yaml: Yaml })
export const RuleCheck = z.object({
  problems: z.array(RuleProblem),
  rules: z.array(
    z.object({
      id: z.string(),
      /** As in `AlertRule`. */
      entity: z.string(),
      /** Of the inventory, in its scope. Of what has a name only in samples: the devices. */
      matches: z.int(),
      /** So many that saving needs `confirm`. */
      needsConfirmation: z.boolean(),
      isNew: z.boolean(),
      isChanged: z.boolean(),
      inactive: AnyMessage.nullable(),
    }),
  ),
})
export type RuleCheck = z.infer<typeof RuleCheck>
/** `replace`: rules of people that are not in the file go back to the pack, or are removed. */
export const RuleSaveRequest = z.strictObject({
  yaml: Yaml,
  reason: Note.default(""),
  mode: z.enum(["merge", "replace"]).default("merge"),
  confirm: z.boolean().default(false),
})
export type RuleSaveRequest = z.infer<typeof RuleSaveRequest>
export const RuleSaved = z.object({ changed: z.array(z.string()), removed: z.array(z.string()) })
export type RuleSaved = z.infer<typeof RuleSaved>
/** `version` null: back to the pack; a rule that is not of the pack is removed. */
export const RuleRevertRequest = z.strictObject({
  version: z.int().positive().nullable(),
  reason: Note.default(""),
})
/** One rule, tried on what was measured in the last hour, day or week. */
export const DryRunRequest = z.strictObject({
  yaml: Yaml,
  range: z.enum(["hour", "day", "week"]).default("day"),
})
/** `untilMs` null: still raised at the end of the range. */
export const DryRunAlert = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  /** The interface, sensor or peer. */
  subject: z.string().nullable(),
  isPersonal: z.literal(true).optional(),
  severity: Severity,
  fromMs: EpochMs,
  untilMs: EpochMs.nullable(),
  value: z.number().nullable(),
  /** Of a value that is a state: its name, as the protocol writes it. */
  state: z.string().optional(),
})
export type DryRunAlert = z.infer<typeof DryRunAlert>
export const DryRunResult = z.object({
  /** How often it would have been raised, and at how many things. */
  raised: z.int(),
  entities: z.int(),
  /** The first of them, by time. */
  alerts: z.array(DryRunAlert),
})
export type DryRunResult = z.infer<typeof DryRunResult>
export const DryRun = z.object({
  problems: z.array(RuleProblem),
  fromMs: EpochMs,
  toMs: EpochMs,
  /** Values of this much time are one: shorter events are not seen. */
  bucketMs: z.int(),
  /** Null: it has a problem, or cannot be evaluated on stored values. */
  candidate: DryRunResult.nullable(),
  /** The rule of this name that is evaluated now; null: there is none. */
  current: DryRunResult.nullable(),
  /** Why it cannot be evaluated. */
  inactive: AnyMessage.nullable(),
  /** Devices whose values were read; fewer than there are, if there are very many. */
  devices: z.int(),
  ofDevices: z.int(),
  unit: z.string(),
})
export type DryRun = z.infer<typeof DryRun>
export const RuleExport = z.object({ yaml: z.string() })
export const RuleExportQuery = z.strictObject({
  which: z.enum(["all", "people"]).default("all"),
})
