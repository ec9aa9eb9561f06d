/** Devices and ports of samples as the small integers that series are keyed by. */
import type { DeviceId, Facts, HealthSample, InterfaceSample, PingSample } from "@ispvm/wire"
import { InterfaceId, type OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { addInterfaces, type InventoryChange } from "../../registry/inventory/inventory.ts"
import type { AnySample, ItemKinds, Sorted } from "./parse.ts"
import * as store from "./store.ts"

/** What to say on `inventory.changes` after commit, each once. */
export type InventoryChanges = Map<string, InventoryChange>
type PortSample = {
  readonly device: DeviceId
  readonly interface: string
  readonly atMs: number
}
/** The interface that a value belongs to; undefined: the device has too many. */
type IdOf = (sample: PortSample) => number | undefined
const portOf = (sample: Pick<PortSample, "device" | "interface">): string =>
  store.portKey({ device: sample.device, name: sample.interface })

/**
 * Ports that a router makes for a session are never rows of the inventory, and so have no series: those the batch's facts call
 * dynamic, and those in angle brackets, which is how RouterOS names them (`<pppoe-anna>`).
 */
const dynamicPorts = (facts: readonly Facts[]): ((sample: PortSample) => boolean) => {
  const named = new Set(
    facts.flatMap(({ device, interfaces }) =>
      (interfaces ?? [])
        .filter((port) => port.dynamic)
        .map(({ name }) => store.portKey({ device, name })),
    ),
  )
  return (sample) => /^<.*>$/.test(sample.interface) || named.has(portOf(sample))
}

type Limits = {
  readonly kinds: ItemKinds
  readonly maxPorts: number
  readonly count: (outcome: string, items: number) => void
  /** Where the transaction has changed nothing of the inventory. */
  readonly findPorts: (ports: readonly store.Port[]) => Promise<ReadonlyMap<string, number>>
}

const requireId = (id: number | null | undefined, what: string): number => {
  if (id === null || id === undefined) throw new Error(`the inventory made no row for the ${what}`)
  return id
}

const withPorts = async (
  tx: Tx,
  org: OrgId,
  samples: readonly PortSample[],
  inventoryChanges: InventoryChanges,
  { maxPorts, findPorts }: Pick<Limits, "maxPorts" | "findPorts">,
): Promise<IdOf> => {
  const named = [
    ...new Map(samples.map((s) => [portOf(s), { device: s.device, name: s.interface }])).values(),
  ]
  const oldestMs = samples.reduce((ms, { atMs }) => Math.min(ms, atMs), Number.POSITIVE_INFINITY)
  const formers = Map.groupBy(await store.formerPorts(tx, org, named, oldestMs), store.portKey)
  const formerOf = (sample: PortSample): number | undefined =>
    formers.get(portOf(sample))?.find(({ untilMs }) => sample.atMs < untilMs)?.id
  // Facts of this batch may have changed what is there.
  const known = await (inventoryChanges.size === 0
    ? findPorts(named)
    : store.portIds(tx, org, named))
  const current = new Set(
    formers.size === 0
      ? named.map(store.portKey)
      : samples.filter((one) => formerOf(one) === undefined).map(portOf),
  )
  const missing = named.filter(
    (port) => !known.has(store.portKey(port)) && current.has(store.portKey(port)),
  )
  const idOf =
    (ids: ReadonlyMap<string, number>): IdOf =>
    (sample) =>
      formerOf(sample) ?? ids.get(portOf(sample))
  if (missing.length === 0) return idOf(known)
  if ((await addInterfaces(tx, org, missing, maxPorts)) === 0) return idOf(known)
  for (const { device } of missing)
    inventoryChanges.set(`interface ${device}`, { org, what: "interface", id: device })
  return idOf(await store.portIds(tx, org, named))
}

/** Kinds that `Accepted` has under a name of their own. */
const NAMED_KINDS: ReadonlySet<string> = new Set(["ping", "interface", "health"])
const isKind =
  <S extends { readonly kind: string }>(kind: S["kind"]) =>
  <T extends { readonly kind: string }>(sample: T): sample is T & S =>
    sample.kind === kind
const isProbe = isKind<PingSample>("ping")

/** Samples with the small integers their series are keyed by. */
export const resolveIds = async (
  tx: Tx,
  org: OrgId,
  sorted: Sorted,
  devices: ReadonlyMap<string, store.KnownDevice>,
  inventoryChanges: InventoryChanges,
  limits: Limits,
) => {
  const { kinds, count } = limits
  const keyOf = (device: DeviceId): number =>
    requireId(devices.get(device)?.key, `device ${device}`)
  const isOfPort = (sample: AnySample): sample is AnySample & PortSample =>
    kinds.families.get(sample.kind)?.key.by === "interface"
  const isDynamic = dynamicPorts(sorted.facts)
  const all = sorted.samples.filter(isOfPort)
  const lasting = all.filter((sample) => !isDynamic(sample))
  count("dynamic-port", all.length - lasting.length)
  const idOf = await withPorts(tx, org, lasting, inventoryChanges, limits)
  const ofPorts: (AnySample & PortSample & { readonly interfaceId: InterfaceId })[] = []
  for (const sample of lasting) {
    const id = idOf(sample)
    if (id !== undefined) ofPorts.push({ ...sample, interfaceId: InterfaceId.parse(id) })
  }
  count("too-many-ports", lasting.length - ofPorts.length)
  const rest = sorted.samples
    .filter((sample) => !isOfPort(sample) && !isProbe(sample))
    .map((sample) => ({ ...sample, deviceKey: keyOf(sample.device) }))
  return {
    pings: sorted.samples.filter(isProbe).map((probe) => ({
      ...probe,
      targetId: requireId(devices.get(probe.device)?.targetId, `target of ${probe.device}`),
    })),
    interfaces: ofPorts.filter(isKind<InterfaceSample>("interface")),
    health: rest.filter(isKind<HealthSample>("health")),
    others: [...ofPorts, ...rest].filter(({ kind }) => !NAMED_KINDS.has(kind)),
  }
}
