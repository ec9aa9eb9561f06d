/** The samples of accepted input as values by entity: of the families that a rule names. */
import type { Family } from "@ispvm/wire/families"
import type { DeviceId } from "../../../platform/ids.ts"
import { portEntity } from "../topology.ts"
import type { RuleSet } from "./compile.ts"
import type { RuleMetric } from "./metrics.ts"
import type { Entity } from "./track.ts"

export type RuleReading = {
  readonly entity: Entity
  /** By the sender's clock. */
  readonly sentAtMs: number
  readonly values: readonly number[]
}
type AnySample = {
  readonly kind?: string
  readonly device: DeviceId
  readonly atMs: number
  readonly interface?: string
  readonly unit?: string
}
/** The part of accepted input that rules evaluate. */
export type RuleInput = {
  readonly isSecond?: boolean
  readonly pings: readonly AnySample[]
  readonly interfaces: readonly AnySample[]
  readonly health?: readonly AnySample[]
  /** Of any family; each states its `kind`. */
  readonly others?: readonly AnySample[]
  readonly events: readonly {
    readonly name: string
    readonly device: DeviceId
    readonly atMs: number
    readonly attributes?: Readonly<Record<string, string>>
  }[]
}

export const namedEntity = (device: string, family: string, name: string): string =>
  `${device}/${family}/${name}`

const entityIn = (family: Family, sample: AnySample): Entity | null => {
  const { device } = sample
  const common = { family: family.name, device, unit: sample.unit ?? null }
  const { key } = family
  if (key.by === "device" || key.by === "target")
    return { ...common, key: device, interface: null, name: null }
  const label = (sample as Readonly<Record<string, unknown>>)[
    key.by === "name" ? key.field : "interface"
  ]
  if (typeof label !== "string") return null
  return key.by === "interface"
    ? { ...common, key: portEntity(device, label), interface: label, name: null }
    : { ...common, key: namedEntity(device, family.name, label), interface: null, name: label }
}

type Read = RuleMetric["reads"][number]
const flatReads = new WeakMap<readonly RuleMetric[], readonly Read[]>()
/** In the order of the slots. */
const readsOf = (kept: readonly RuleMetric[]): readonly Read[] => {
  const known = flatReads.get(kept)
  if (known !== undefined) return known
  const made = kept.flatMap(({ reads }) => reads)
  flatReads.set(kept, made)
  return made
}

/** Readings of the families that `rules` keep, in the order of the input. */
export const createReadings = (families: readonly Family[]) => {
  const byName = new Map(families.map((one) => [one.name, one]))
  return function* readings(rules: RuleSet, input: RuleInput): Generator<RuleReading> {
    // A second machine with the same agent identity says nothing about what the first one observes.
    if (input.isSecond === true) return
    const lists: readonly [string | null, readonly AnySample[]][] = [
      ["ping", input.pings],
      ["interface", input.interfaces],
      ["health", input.health ?? []],
      [null, input.others ?? []],
    ]
    for (const [kind, samples] of lists)
      for (const sample of samples) {
        const name = kind ?? sample.kind ?? ""
        const kept = rules.kept.get(name)
        const family = kept === undefined ? undefined : byName.get(name)
        const entity = family === undefined ? null : entityIn(family, sample)
        if (kept === undefined || entity === null) continue
        const values = readsOf(kept).map((read) => read(sample))
        yield { entity, sentAtMs: sample.atMs, values }
      }
  }
}
