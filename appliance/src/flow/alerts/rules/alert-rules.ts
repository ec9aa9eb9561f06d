/** Alert rules of all organisations as the API reads and changes them. */
import { z } from "zod"
import type {
  AlertRule,
  AlertRuleDetail,
  DryRun,
  RuleCheck,
  RuleProblem,
  RuleSaved,
  RuleSaveRequest,
  RuleVersion,
  RuleVocabulary,
} from "../../../api/alert-rule-answers.ts"
import { RuleFile } from "../../../api/alert-rules.ts"
import type { AuditAction } from "../../../api/audit-actions.ts"
import { SEVERITIES } from "../../../api/incidents.ts"
import type { Message } from "../../../api/messages.ts"
import { textOf } from "../../../messages/text.ts"
import type { Clock } from "../../../platform/clock.ts"
import type { Actor } from "../../../platform/http/http.ts"
import { HttpError, invalid, notFound } from "../../../platform/http/http-error.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db, Tx } from "../../../platform/postgres/db.ts"
import type { Topology } from "../model.ts"
import { compileRules, entityOfRule, inactiveBecause, localText, type RuleSet } from "./compile.ts"
import { levelsOf } from "./conditions-of.ts"
import {
  type DryRunDeps,
  dryRun,
  RANGES_MS,
  type ReadEvents,
  type ReadPastUsual,
  type ReadSamples,
  spanOf,
} from "./dry-run.ts"
import { type EffectiveRule, effectiveRules } from "./effective.ts"
import { countMatches, matchedEntity } from "./matching.ts"
import { METRICS } from "./metrics.ts"
import { defaultPack } from "./pack.ts"
import { type ParsedRule, type RuleProblem as Problem, parseRules } from "./parse.ts"
import { insertVersion, latestVersions, versionsOf } from "./rule-store.ts"
import type { RuleCounts } from "./runner.ts"
import { vocabularyOf } from "./vocabulary.ts"

export type RulesNow = {
  readonly topology: Topology
  readonly counts: ReadonlyMap<string, RuleCounts>
}
export type AlertRulesDeps = {
  readonly db: Db
  readonly audit: (
    tx: Tx,
    by: Actor,
    action: AuditAction,
    subject: string,
    id: string,
    detail: Readonly<Record<string, unknown>>,
  ) => Promise<void>
  readonly now: (org: OrgId) => RulesNow
  /** Evaluates these from now on. */
  readonly apply: (org: OrgId, rules: RuleSet) => Promise<void>
  /** Reads stored values for dry runs. */
  readonly read: (
    tx: Tx,
    org: OrgId,
    request: Parameters<ReadSamples>[0],
  ) => ReturnType<ReadSamples>
  readonly readEvents: (
    tx: Tx,
    org: OrgId,
    span: Parameters<ReadEvents>[0],
  ) => ReturnType<ReadEvents>
  readonly readPastUsual: (
    tx: Tx,
    org: OrgId,
    request: Parameters<ReadPastUsual>[0],
  ) => ReturnType<ReadPastUsual>
  readonly clock: Pick<Clock, "now">
  /** More things than this have to be confirmed. */
  readonly maxUnconfirmed?: number
  readonly pack?: readonly ParsedRule[]
}
export type AlertRules = {
  readonly list: (org: OrgId) => Promise<AlertRule[]>
  /** Throws `HttpError` not-found. */
  readonly one: (org: OrgId, id: string) => Promise<AlertRuleDetail>
  readonly versions: (org: OrgId, id: string) => Promise<RuleVersion[]>
  readonly check: (org: OrgId, yaml: string) => Promise<RuleCheck>
  readonly save: (actor: Actor, request: RuleSaveRequest) => Promise<RuleSaved>
  readonly revert: (
    actor: Actor,
    id: string,
    request: { readonly version: number | null; readonly reason: string },
  ) => Promise<AlertRuleDetail>
  readonly dryRun: (
    org: OrgId,
    request: { readonly yaml: string; readonly range: keyof typeof RANGES_MS },
  ) => Promise<DryRun>
  readonly vocabulary: (org: OrgId) => RuleVocabulary
  readonly exportYaml: (org: OrgId, which: "all" | "people") => Promise<string>
}

const MAX_UNCONFIRMED = 50_000

/** The rules that an organisation has, ready to be evaluated. */
export const loadRuleSet = async (
  tx: Tx,
  org: OrgId,
  pack: readonly ParsedRule[] = defaultPack(),
): Promise<RuleSet> => {
  const rules = effectiveRules(METRICS, pack, await latestVersions(tx, org))
  return compileRules(
    METRICS,
    rules.flatMap(({ rule }) => rule ?? []),
  )
}

export const ruleSchema = (): Record<string, unknown> =>
  z.toJSONSchema(RuleFile, { io: "input" }) as Record<string, unknown>

const shownProblem = ({ line, column, path, rule, message }: Problem): RuleProblem => ({
  line,
  column,
  path,
  rule,
  text: textOf(message as Message),
  message,
})

const NO_COUNTS: RuleCounts = { entities: 0, pending: 0, raised: 0 }
const show = ({ counts }: RulesNow, one: EffectiveRule): AlertRule => {
  const { id, rule, own, latest, source, isPackNewer } = one
  const name = rule === null ? { en: id, tr: id } : localText(rule.name)
  const severities = rule === null ? [] : levelsOf(rule).map(({ severity }) => severity)
  const severity = SEVERITIES.find((level) => severities.includes(level)) ?? rule?.severity ?? null
  const isUnreadable = source !== "pack" && own === null
  const inactive = isUnreadable
    ? ({ code: "rule.inactive.unreadable", params: {} } as const)
    : rule === null || rule.evaluator !== undefined
      ? null
      : inactiveBecause(METRICS, rule)
  const isByPeople = latest !== null && latest.yaml !== null
  return {
    id,
    name: { id, ...name },
    severity,
    evaluator: rule?.evaluator ?? null,
    source,
    isPackNewer,
    inactive,
    entity: rule === null ? "device" : entityOfRule(METRICS, rule).entity,
    ...(counts.get(id) ?? NO_COUNTS),
    version: isByPeople ? latest.version : null,
    changedAtMs: isByPeople ? latest.atMs : null,
    changedBy: isByPeople ? latest.author : null,
    runbook: rule?.runbook ?? null,
  }
}

type Context = AlertRulesDeps & {
  readonly rulesOf: (tx: Tx, org: OrgId) => Promise<readonly EffectiveRule[]>
}

const oneOf = async (
  context: Context,
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<AlertRuleDetail> => {
  const found = (await context.rulesOf(tx, org)).find((one) => one.id === id)
  if (found === undefined) throw notFound("alert-rule", id)
  const { yaml, packYaml, baseYaml } = found
  return { ...show(context.now(org), found), yaml, packYaml, baseYaml }
}

const reviewed = (
  { now, maxUnconfirmed = MAX_UNCONFIRMED }: Context,
  org: OrgId,
  rules: readonly ParsedRule[],
  known: readonly EffectiveRule[],
): RuleCheck["rules"] => {
  const { topology } = now(org)
  return rules.map(({ rule, yaml }) => {
    const matches = countMatches(METRICS, topology, rule)
    const was = known.find(({ id }) => id === rule.id)
    return {
      id: rule.id,
      entity: matchedEntity(METRICS, rule),
      matches,
      needsConfirmation: matches > maxUnconfirmed,
      isNew: was === undefined,
      isChanged: was?.yaml !== yaml,
      inactive: rule.evaluator === undefined ? inactiveBecause(METRICS, rule) : null,
    }
  })
}

/** Line and column stand before the path, because an error has a path alone. */
const rejected = (problems: readonly Problem[]): HttpError =>
  invalid(
    problems.map(({ line, column, path, message }) => ({
      path: `${line}:${column} ${path}`.trim(),
      code: "field.text",
      params: { text: textOf(message as Message) },
    })),
  )

const confirmed = (rules: RuleCheck["rules"], confirm: boolean): void => {
  const many = rules.find(({ needsConfirmation }) => needsConfirmation)
  if (many === undefined || confirm) return
  throw new HttpError(409, "confirmation-needed", {
    code: "problem.rule-matches",
    params: { rule: many.id, count: many.matches },
  })
}

const save = async (
  context: Context,
  actor: Actor,
  { yaml, reason, mode, confirm }: RuleSaveRequest,
): Promise<RuleSaved> => {
  const { db, audit, rulesOf } = context
  const { org } = actor
  const parsed = parseRules(yaml)
  if (!parsed.ok) throw rejected(parsed.problems)
  return await db.asOrg(org, async (tx) => {
    const known = await rulesOf(tx, org)
    const checked = reviewed(context, org, parsed.rules, known)
    confirmed(checked, confirm)
    const changed = checked.flatMap(({ id, isChanged }) => (isChanged ? [id] : []))
    const given = new Set(parsed.rules.map(({ rule }) => rule.id))
    const removed =
      mode === "merge"
        ? []
        : known.flatMap(({ id, source }) => (source !== "pack" && !given.has(id) ? [id] : []))
    const author = actor.name
    for (const one of parsed.rules) {
      const { id } = one.rule
      if (!changed.includes(id)) continue
      const packYaml = known.find((rule) => rule.id === id)?.packYaml ?? null
      // The same text as the pack's is no text of its own.
      const isPack = packYaml === one.yaml
      const texts = { yaml: isPack ? null : one.yaml, baseYaml: packYaml }
      await insertVersion(tx, org, { rule: id, ...texts, author, reason })
      await audit(tx, actor, "alert-rule.changed", "alert-rule", id, { reason })
    }
    for (const id of removed) {
      await insertVersion(tx, org, { rule: id, yaml: null, baseYaml: null, author, reason })
      await audit(tx, actor, "alert-rule.reverted", "alert-rule", id, { reason })
    }
    return { changed, removed }
  })
}

const revert = async (
  { db, audit, rulesOf }: Context,
  actor: Actor,
  id: string,
  { version, reason }: { readonly version: number | null; readonly reason: string },
): Promise<void> => {
  const { org } = actor
  await db.asOrg(org, async (tx) => {
    const was = (await rulesOf(tx, org)).find((one) => one.id === id)
    const versions = version === null ? [] : await versionsOf(tx, org, id)
    if (was === undefined && versions.length === 0) throw notFound("alert-rule", id)
    const wanted = version === null ? null : versions.find((one) => one.version === version)
    if (wanted === undefined) throw notFound("alert-rule-version", version ?? "")
    const texts = { yaml: wanted?.yaml ?? null, baseYaml: wanted?.baseYaml ?? null }
    await insertVersion(tx, org, { rule: id, ...texts, author: actor.name, reason })
    await audit(tx, actor, "alert-rule.reverted", "alert-rule", id, { version, reason })
  })
}

const tryRule = async (
  context: Context,
  org: OrgId,
  { yaml, range }: { readonly yaml: string; readonly range: keyof typeof RANGES_MS },
): Promise<DryRun> => {
  const { db, now, clock, read, readEvents, readPastUsual, rulesOf } = context
  const { topology } = now(org)
  const nowMs = clock.now()
  const none = {
    ...{ problems: [], fromMs: nowMs - RANGES_MS[range], toMs: nowMs, bucketMs: 0 },
    ...{ candidate: null, current: null, inactive: null, devices: 0, ofDevices: 0, unit: "" },
  }
  const parsed = parseRules(yaml)
  if (!parsed.ok) return { ...none, problems: parsed.problems.map(shownProblem) }
  const [first] = parsed.rules
  if (first === undefined) return none
  const { rule } = first
  const why =
    rule.evaluator === undefined ? inactiveBecause(METRICS, { ...rule, enabled: true }) : null
  if (why !== null || rule.evaluator !== undefined) return { ...none, inactive: why }
  return await db.asOrg(org, async (tx) => {
    const known = (await rulesOf(tx, org)).find(({ id }) => id === rule.id)?.rule ?? null
    const isEvaluated =
      known !== null && known.evaluator === undefined && inactiveBecause(METRICS, known) === null
    const rules = isEvaluated ? [rule, known] : [rule]
    const span = spanOf(topology, rules, RANGES_MS[range], nowMs)
    const deps: DryRunDeps = {
      org,
      topology,
      read: (request) => read(tx, org, request),
      readEvents: (events) => readEvents(tx, org, events),
      readUsual: (request) => readPastUsual(tx, org, request),
    }
    const { fromMs, toMs, bucketMs, devices, ofDevices } = span
    return {
      ...none,
      ...{ fromMs, toMs, bucketMs, devices: devices.length, ofDevices },
      candidate: await dryRun(deps, { ...rule, enabled: true }, span),
      current: isEvaluated ? await dryRun(deps, known, span) : null,
      unit: compileRules(METRICS, [{ ...rule, enabled: true }]).rules[0]?.unit ?? "",
    }
  })
}

export const createAlertRules = (deps: AlertRulesDeps): AlertRules => {
  const pack = deps.pack ?? defaultPack()
  const context: Context = {
    ...deps,
    rulesOf: async (tx, org) => effectiveRules(METRICS, pack, await latestVersions(tx, org)),
  }
  const { db, now, apply } = deps
  const applyStored = async (org: OrgId): Promise<void> =>
    apply(org, await db.asOrg(org, (tx) => loadRuleSet(tx, org, pack)))
  const one = (org: OrgId, id: string) => db.asOrg(org, (tx) => oneOf(context, tx, org, id))
  return {
    list: async (org) => {
      const rules = await db.asOrg(org, (tx) => context.rulesOf(tx, org))
      const current = now(org)
      return rules.map((rule) => show(current, rule))
    },
    one,
    versions: async (org, id) => {
      const rows = await db.asOrg(org, (tx) => versionsOf(tx, org, id))
      return rows.map(({ version, atMs, author, reason, yaml }) => ({
        ...{ version, atMs, author, reason, yaml },
      }))
    },
    check: async (org, yaml) => {
      const parsed = parseRules(yaml)
      if (!parsed.ok) return { problems: parsed.problems.map(shownProblem), rules: [] }
      const known = await db.asOrg(org, (tx) => context.rulesOf(tx, org))
      return { problems: [], rules: reviewed(context, org, parsed.rules, known) }
    },
    save: async (actor, request) => {
      const saved = await save(context, actor, request)
      await applyStored(actor.org)
      return saved
    },
    revert: async (actor, id, request) => {
      await revert(context, actor, id, request)
      await applyStored(actor.org)
      return await one(actor.org, id).catch((error: unknown) => {
        // A rule that was not of the pack is gone now.
        if (error instanceof HttpError && error.status === 404) return removedRule(id)
        throw error
      })
    },
    dryRun: (org, request) => tryRule(context, org, request),
    vocabulary: (org) => vocabularyOf(METRICS, now(org).topology),
    exportYaml: async (org, which) => {
      const rules = await db.asOrg(org, (tx) => context.rulesOf(tx, org))
      return fileOf(rules.filter(({ source }) => which === "all" || source !== "pack"))
    },
  }
}

const removedRule = (id: string): AlertRuleDetail => ({
  ...{ id, name: { id, en: id, tr: id }, severity: null, evaluator: null, source: "own" as const },
  ...{
    isPackNewer: false,
    inactive: null,
    entity: "device",
    ...NO_COUNTS,
    version: null,
    changedAtMs: null,
  },
  ...{ changedBy: null, runbook: null, yaml: "", packYaml: null, baseYaml: null },
})

/** A file that can be imported as it is. */
const fileOf = (rules: readonly EffectiveRule[]): string => {
  if (rules.length === 0) return "rules: []\n"
  const items = rules.map(({ yaml }) => {
    const lines = yaml.trimEnd().split("\n")
    const first = lines.findIndex((line) => !line.startsWith("#"))
    return lines
      .map((line, index) => {
        if (line === "") return ""
        return `${index === first ? "  - " : index < first ? "  " : "    "}${line}`
      })
      .join("\n")
  })
  return `rules:\n${items.join("\n\n")}\n`
}
