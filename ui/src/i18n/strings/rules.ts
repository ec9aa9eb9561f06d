import type { RuleSource } from "@ispvm/appliance/api/alert-rule-answers"
import type { Severity } from "@ispvm/appliance/api/incidents"
import type { z } from "zod"
import { plural } from "../format/plural.ts"

const severities: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  major: "Major",
  minor: "Minor",
  warning: "Warning",
}
const sources: Readonly<Record<z.infer<typeof RuleSource>, string>> = {
  pack: "Comes with the appliance",
  changed: "Changed",
  own: "Own",
}

/** Alert rules: the list, one rule, its versions and dry runs. */
export const rules = {
  title: "Alert rules",
  open: "Open alert rules",
  openText: "What is an alert, how severe it is, and how long it has to last.",
  lead: "What is an alert, how severe it is, and how long it has to last. Rules from minor on open incidents. Your changes stay when the appliance is updated.",
  failed: "The alert rules could not be loaded",
  oneFailed: "The alert rule could not be loaded",
  add: "Add rules",
  export: "Export",
  schema: "JSON Schema",
  severities,
  sources,
  active: "Active",
  inactive: (why: string) => `Inactive: ${why}`,
  /** What a rule is about; names of a metric's own, such as sensors, are those of its catalogue. */
  of: (entity: string, n: number) => {
    if (entity === "device") return plural(n, { one: "# device", other: "# devices" })
    if (entity === "interface") return plural(n, { one: "# interface", other: "# interfaces" })
    return plural(n, { one: `# ${entity}`, other: `# ${entity}s` })
  },
  places: (n: number) => plural(n, { one: "at # place", other: "at # places" }),
  raised: (n: number) => plural(n, { one: "# raised", other: "# raised" }),
  pending: (n: number) => plural(n, { one: "# pending", other: "# pending" }),
  evaluator: "Built-in condition",
  packNewer: "Update available",
  packNewerText:
    "The rule that comes with the appliance has changed since you changed it. Yours is in use. Compare them, and take over what you like.",
  own: "Your rule",
  given: "As it comes with the appliance",
  changedBy: (name: string) => `changed by ${name}`,
  newTitle: "Add alert rules",
  newLead: "One rule or a whole file, in YAML or JSON. Rules of the same id are replaced.",
  withExample: "Begin with an example",
  example: {
    identity: "Give the rule an id that no other one has.",
    name: "CPU of core routers is high",
    about: "Without a scope, a rule is about everything that has the metric.",
    lasts: "Raised above 85 for 10 minutes; over when it was below 75 for 5 minutes.",
    message: (device: string, value: string) => `${device} uses ${value} of its CPU`,
  },
  editor: "Rule in YAML",
  completes: "Ctrl+Space lists what can be typed here.",
  /** What the editor itself says, by its English words. */
  phrases: { Completions: "Completions", "No diagnostics": "No problems", Diagnostics: "Problems" },
  checking: "Checking",
  fine: "No problems.",
  problems: (n: number) => plural(n, { one: "# problem", other: "# problems" }),
  at: (line: number, column: number) => `Line ${line}, column ${column}`,
  matches: (what: string) => `is about ${what}`,
  unchanged: "unchanged",
  reason: "Reason",
  reasonHint: "For those who read the versions later",
  save: "Save",
  saved: "Saved. The rules are in use.",
  nothing: "Nothing has changed.",
  confirmHeading: "This rule matches very much",
  confirm: "Save anyway",
  versions: "Versions",
  noVersions: "Nobody has changed this rule.",
  version: (n: number) => `Version ${n}`,
  backToPack: "Given back",
  restore: "Restore",
  giveBack: "Use the rule of the appliance",
  remove: "Remove rule",
  removed: "This rule was removed. An earlier version can be restored.",
  giveBackText: "Your text stays in the list of versions.",
  restored: "Restored. The rule is in use.",
  dryRun: "Dry run",
  dryRunText:
    "What this text would have raised on what was measured, beside the rule that is in use.",
  run: "Run",
  ranges: { hour: "Last hour", day: "Last day", week: "Last week" },
  candidate: "This text",
  current: "In use now",
  none: "Nothing would have been raised.",
  noCurrent: "There is no rule of this id in use.",
  cannotRun: "This rule cannot be tried on stored values.",
  times: (n: number) => plural(n, { one: "raised # time", other: "raised # times" }),
  resolution: (span: string) => `One value stands for ${span}; what is shorter is not seen.`,
  notAll: (read: number, all: number) => `Only ${read} of ${all} devices were read.`,
  more: (n: number) => plural(n, { one: "and # more", other: "and # more" }),
  still: "still raised",
} as const
