/** One alert of a rule in memory, and how its state becomes that of an alert. */
import { createHash } from "node:crypto"
import { PERSONAL_NAMES } from "@ispvm/wire/personal"
import type { Severity } from "../../../api/incidents.ts"
import { stateName } from "../../../messages/states.ts"
import { AlertId, type OrgId } from "../../../platform/ids.ts"
import type { KindAlert } from "../kinds/kind.ts"
import type { RuleOfAlert } from "../model.ts"
import type { State } from "../state-machine.ts"
import type { CompiledRule } from "./compile.ts"
import { initialRuleState, type RuleState } from "./rule-state.ts"
import { type Entity, REORDER_MS } from "./track.ts"

export type Instance = {
  rule: CompiledRule
  entity: Entity
  state: RuleState
  alert: KindAlert<RuleState>
  /** When the condition was known last, met or not. */
  knownAtMs: number
  /** States of the last moments, each from its time on: late data goes on from one of them. */
  history: { readonly atMs: number; readonly state: RuleState }[]
}

/** The same entity and rule are the same alert, whether or not it is in memory. */
export const alertIdOf = (org: OrgId, rule: string, entity: string): AlertId => {
  const hex = createHash("sha256").update(`${org}\n${rule}\n${entity}`).digest("hex")
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 0x3) | 0x8).toString(16)
  return AlertId.parse(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  )
}

export const stateOf = ({ phase, reason, sinceMs, level, endedAtMs, flaps }: RuleState): State => ({
  phase,
  reason,
  sinceMs,
  wasDown: level !== null,
  goodSinceMs: null,
  upAgainAtMs: endedAtMs,
  flaps,
})

export const severityOf = ({ levels }: CompiledRule, { level }: RuleState): Severity | null =>
  level === null ? null : (levels[level]?.severity ?? null)

const stateShown = ({ states }: CompiledRule, { value }: RuleState): { state?: string } => {
  const name = value === null ? undefined : states?.get(value)
  return name === undefined ? {} : { state: stateName(name) }
}
const ruleOfAlert = (rule: CompiledRule, entity: Entity, state: RuleState): RuleOfAlert => ({
  id: rule.id,
  name: rule.name,
  severity: severityOf(rule, state),
  subject: entity.name,
  ...(entity.name !== null && Object.hasOwn(PERSONAL_NAMES, entity.family)
    ? { isPersonal: true }
    : {}),
  value: state.value,
  ...stateShown(rule, state),
  limit: rule.levels[state.level ?? rule.levels.length - 1]?.limit ?? null,
  unit: rule.unit === "sample" ? (entity.unit ?? "") : rule.unit,
  forMs: rule.levels[state.level ?? rule.levels.length - 1]?.forMs ?? 0,
  text: rule.text,
  counted: state.counted,
  symptom: rule.symptom,
})

export const alertOf = (
  org: OrgId,
  rule: CompiledRule,
  entity: Entity,
  state: RuleState,
  observedAtMs: number | null,
  id: AlertId = alertIdOf(org, rule.id, entity.key),
): KindAlert<RuleState> => ({
  id,
  kind: rule.id,
  observes: null,
  entity: entity.key,
  deviceId: entity.device,
  interface: entity.interface,
  agentId: null,
  state: stateOf(state),
  observedAtMs,
  answeredAtMs: null,
  memory: state,
  rule: ruleOfAlert(rule, entity, state),
})

export const newInstance = (
  org: OrgId,
  rule: CompiledRule,
  entity: Entity,
  atMs: number,
  id: AlertId = alertIdOf(org, rule.id, entity.key),
): Instance => {
  const state = initialRuleState(rule.levels.length, atMs)
  return {
    rule,
    entity,
    state,
    alert: alertOf(org, rule, entity, state, null, id),
    history: [],
    knownAtMs: atMs,
  }
}

/** The state before anything of `atMs` was known. */
export const stateBefore = (
  { history, rule }: Pick<Instance, "history" | "rule">,
  atMs: number,
): RuleState =>
  history.findLast((one) => one.atMs < atMs)?.state ?? initialRuleState(rule.levels.length, atMs)

/** Keeps the states that late data may go on from, and the one before them. */
export const remember = (instance: Instance, state: RuleState, atMs: number): void => {
  const { history } = instance
  while ((history.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= atMs) history.pop()
  history.push({ atMs, state })
  while ((history[1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs - REORDER_MS) history.shift()
}
