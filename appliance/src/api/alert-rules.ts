/**
 * Alert rules as people write them, in YAML or JSON. The published JSON Schema is made of this
 * schema, so an editor completes and checks exactly what the appliance accepts.
 */
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"
import { Severity } from "./incidents.ts"
import { runbookLinkOf } from "./runbooks.ts"
import { Line, Note } from "./shared.ts"

/** Stable: the identity of a rule and of its alerts. */
export const RuleId = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
  .max(64)
  .meta({ description: "Stable name of the rule in kebab case, such as `cpu-high`" })
/** `90s`, `5m`, `2h`, `7d`. */
export const Duration = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,5}(?:ms|s|m|h|d))$/)
  .meta({ description: "A number and a unit: ms, s, m, h or d; for example `5m`" })
/** One text for all languages, or one for each. */
export const LocalText = z.union([
  Line(200),
  z.strictObject({ en: Line(200), tr: Line(200).optional() }),
])
export type LocalText = z.infer<typeof LocalText>
const Metric = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$/)
  .max(100)
  .meta({ description: "A metric of docs/metrics.md, such as `ping.loss_pct`" })
const Names = z.array(Line(200)).min(1).max(200)

export const Scope = z
  .strictObject({
    roles: Names.optional().meta({ description: "Devices with one of these roles" }),
    tags: Names.optional().meta({
      description: "Devices with one of these tags, or whose site or link has one",
    }),
    sites: Names.optional(),
    regions: Names.optional(),
    devices: Names.optional(),
    agents: Names.optional().meta({ description: "Devices that one of these agents observes" }),
    interfaces: z
      .strictObject({
        ends: z.literal("links").optional().meta({ description: "Only those that end a link" }),
        types: Names.optional().meta({ description: "Types, such as `ether` or `vlan`" }),
        names: Names.optional().meta({
          description:
            "Names; `*` stands for any characters. Without one, also the interface that had the name last",
        }),
      })
      .optional(),
    names: Names.optional().meta({
      description: "Names of sensors, peers or what else the metric is of; `*` as above",
    }),
    units: Names.optional().meta({ description: "Units of sensors, such as `°C`" }),
    customers: Names.optional(),
    plans: Names.optional(),
    except: z
      .strictObject({
        roles: Names.optional(),
        tags: Names.optional(),
        devices: Names.optional(),
        agents: Names.optional(),
      })
      .optional(),
  })
  .meta({ description: "What the rule is about. Everything that its metrics are of, if omitted" })
export type Scope = z.infer<typeof Scope>

const Bounds = {
  above: z.number().optional(),
  below: z.number().optional(),
  clear: z.number().optional().meta({
    description: "A raised alert ends only past this value; the bound itself if omitted",
  }),
}
const Window = {
  over: Duration.optional().meta({ description: "The window that `by` looks back over" }),
  by: z.enum(["last", "avg", "min", "max", "sum", "rate", "change", "change-pct"]).optional().meta({
    description: "How the values of the window become one; `avg` with `over`, else `last`",
  }),
  samples: z.int().min(1).max(100_000).optional().meta({
    description: "With fewer values in the window, the condition is not known",
  }),
}
const State = z.union([z.boolean(), z.string()])
export const Threshold = z.strictObject({
  metric: Metric,
  ...Bounds,
  is: z.union([State, z.array(z.string()).min(1)]).optional(),
  not: z.union([State, z.array(z.string()).min(1)]).optional(),
  ...Window,
  unknown: z.boolean().optional().meta({
    description: "Whether it counts as met where nobody measures it; if omitted, nothing is known",
  }),
})
export type Threshold = z.infer<typeof Threshold>
const Absence = z.strictObject({
  absent: Metric,
  for: Duration.meta({ description: "No value for this long" }),
})
const EventCount = z.strictObject({
  events: z.array(z.string()).min(1).max(20),
  over: Duration,
  count: z.int().min(1).max(10_000).default(1),
})
const ChangeCount = z.strictObject({
  changes: Metric,
  over: Duration,
  count: z.int().min(1).max(10_000),
})
const Deviation = z.strictObject({
  deviation: Metric,
  above: z.number().positive().optional().meta({
    description: "Standard deviations above what is usual at this hour of the week",
  }),
  below: z.number().positive().optional(),
  clear: z.number().nonnegative().optional(),
  least: z.number().nonnegative().optional().meta({
    description: "The least difference that counts, in the unit of the metric",
  }),
  over: Duration.optional(),
})
const Leaf = z.union([Threshold, Absence, EventCount, ChangeCount, Deviation])
export type Leaf = z.infer<typeof Leaf>
/** Of `all` and `any`. */
export const MAX_CONDITIONS = 10
export type Condition =
  | Leaf
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    Threshold,
    Absence,
    EventCount,
    ChangeCount,
    Deviation,
    z.strictObject({ all: z.array(Condition).min(1).max(MAX_CONDITIONS) }),
    z.strictObject({ any: z.array(Condition).min(1).max(MAX_CONDITIONS) }),
    z.strictObject({ not: Condition }),
  ]),
)
/** By the key that tells the forms of a condition with a metric or events apart. */
export const LEAF_FORMS = {
  metric: Threshold,
  absent: Absence,
  events: EventCount,
  changes: ChangeCount,
  deviation: Deviation,
} as const
/** Conditions that the program itself evaluates, because root-cause analysis rests on them. */
export const Evaluator = z.enum(["device-unreachable", "interface-down", "agent-offline"])
export type Evaluator = z.infer<typeof Evaluator>

const AlertStatus = z.enum(["degraded", "down"])
/** A level without `when` has the condition of the rule, with its own bounds. */
const Level = z.strictObject({
  severity: Severity,
  when: Condition.optional(),
  ...Bounds,
  for: Duration.optional(),
  recover: Duration.optional(),
  status: AlertStatus.optional(),
})
export const Rule = z.strictObject({
  id: RuleId,
  name: LocalText,
  description: Note.optional(),
  enabled: z.boolean().default(true),
  scope: Scope.default({}),
  when: Condition.optional(),
  evaluator: Evaluator.optional(),
  for: Duration.default("0").meta({ description: "How long the condition must hold" }),
  recover: Duration.default("0").meta({
    description: "How long the condition must be over before the alert ends",
  }),
  severity: Severity.optional(),
  status: AlertStatus.default("degraded").meta({
    description: "The state of a raised alert; `down` where something does not work at all",
  }),
  levels: z.array(Level).min(1).max(4).optional().meta({
    description: "Several severities with their own bounds; instead of `severity`",
  }),
  runbook: Line(500)
    .refine((text) => runbookLinkOf(text) !== null, fieldCode("field.runbook"))
    .optional()
    .meta({
      description: "What to do: an http(s) address, or a page such as docs/runbooks/disk-full.md",
    }),
  message: LocalText.optional().meta({
    description: "Placeholders: {device} {interface} {name} {value} {limit} {for} {rule}",
  }),
})
export type Rule = z.infer<typeof Rule>
export const MAX_RULES = 1_000
export const RuleFile = z.strictObject({ rules: z.array(Rule).max(MAX_RULES) })
export type RuleFile = z.infer<typeof RuleFile>
