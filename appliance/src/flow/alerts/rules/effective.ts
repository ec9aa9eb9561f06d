/** Which text of each rule stands: that of people, or else that of the pack. Pure. */
import type { Rule } from "../../../api/alert-rules.ts"
import type { MetricCatalogue } from "./metrics.ts"
import { type ParsedRule, parseRules } from "./parse.ts"
import type { StoredVersion } from "./rule-store.ts"

export type EffectiveRule = {
  readonly id: string
  /** Null: the text cannot be read by this release; the rule of the pack stands, if there is one. */
  readonly own: Rule | null
  /** What is evaluated; null: nothing. */
  readonly rule: Rule | null
  readonly yaml: string
  readonly source: "pack" | "changed" | "own"
  readonly packYaml: string | null
  readonly baseYaml: string | null
  /** The pack has another text than the one that people have changed. */
  readonly isPackNewer: boolean
  readonly latest: StoredVersion | null
}

/** Stored texts were checked when they were saved, by a release that may have known other fields. */
const readStored = (catalogue: MetricCatalogue, yaml: string): Rule | null => {
  const parsed = parseRules(yaml, catalogue)
  return parsed.ok && parsed.rules.length === 1 ? (parsed.rules[0]?.rule ?? null) : null
}

export const effectiveRules = (
  catalogue: MetricCatalogue,
  pack: readonly ParsedRule[],
  stored: readonly StoredVersion[],
): readonly EffectiveRule[] => {
  const byId = new Map(stored.map((one) => [one.rule, one]))
  const ofPack = new Map(pack.map((one) => [one.rule.id, one]))
  const effective = (id: string): EffectiveRule | null => {
    const latest = byId.get(id) ?? null
    const given = ofPack.get(id)
    const packYaml = given?.yaml ?? null
    if (latest === null || latest.yaml === null) {
      if (given === undefined) return null
      const common = { id, own: null, source: "pack" as const, packYaml, baseYaml: null, latest }
      return { ...common, rule: given.rule, yaml: given.yaml, isPackNewer: false }
    }
    const own = readStored(catalogue, latest.yaml)
    return {
      id,
      own,
      rule: own ?? given?.rule ?? null,
      yaml: latest.yaml,
      source: given === undefined ? "own" : "changed",
      packYaml,
      baseYaml: latest.baseYaml,
      isPackNewer: given !== undefined && latest.baseYaml !== packYaml,
      latest,
    }
  }
  const ids = [...ofPack.keys(), ...[...byId.keys()].filter((id) => !ofPack.has(id))]
  return ids.flatMap((id) => effective(id) ?? [])
}
