/** What is kept of all entities, and which rules look at each. */
import type { DeviceId } from "../../../platform/ids.ts"
import type { Topology } from "../model.ts"
import type { Renamed } from "../renames.ts"
import type { CompiledRule, RuleSet } from "./compile.ts"
import { EVENTS } from "./condition.ts"
import { isInScope } from "./scope.ts"
import { clearTrack, createTrack, type Entity, type Track } from "./track.ts"

/** More entities than this are not kept, so that a flood of names cannot take all memory. */
const MAX_TRACKS = 200_000

type Kept = { readonly track: Track; concerned: readonly CompiledRule[] | null }
export type Tracks = {
  /** Made if it is new. */
  readonly get: (entity: Entity) => Track
  /** Of the entity, or of its device where the family's samples are of devices. */
  readonly of: (family: string, entity: Entity) => Track | undefined
  /** The newest time of any of these families at the entity. */
  readonly lastMs: (families: ReadonlySet<string>, entity: Entity) => number | null
  readonly ofFamily: (family: string) => Iterable<Track>
  /** Rules whose alerts are of this entity. */
  readonly concerned: (rules: RuleSet, topology: Topology, track: Track) => readonly CompiledRule[]
  readonly forgetScopes: () => void
  readonly rename: (renamed: Renamed) => void
  readonly keepDevices: (devices: ReadonlySet<string>) => void
  /** Forgets what was measured of a device. */
  readonly clear: (device: DeviceId) => void
  /** Other rules keep other values: points are rearranged to their slots. */
  readonly rearrange: (before: RuleSet, after: RuleSet) => void
}

const isByDevice = ({ key, device }: Entity): boolean => key === device
const slotNames = (rules: RuleSet, family: string): string[] =>
  (rules.kept.get(family) ?? []).flatMap(({ metric, reads }) =>
    reads.map((_, index) => `${metric} ${index}`),
  )

const rearrangeTrack = (track: Track, before: RuleSet, after: RuleSet): void => {
  const { family } = track.entity
  if (family === EVENTS) return
  const was = slotNames(before, family)
  const from = slotNames(after, family).map((name) => was.indexOf(name))
  if (from.length === was.length && from.every((slot, index) => slot === index)) return
  track.points = track.points.map(({ atMs, values }) => ({
    atMs,
    values: from.map((slot) => values[slot] ?? Number.NaN),
  }))
  track.changes = null
  track.version += 1
}

const renameTrack = (track: Track, renamed: Renamed): Track => {
  const next = renamed.get(track.entity.key)
  if (next !== undefined)
    track.entity = { ...track.entity, key: next.entity, interface: next.interface }
  return track
}

const newestOf = (times: readonly (number | null)[]): number | null => {
  const known = times.flatMap((ms) => ms ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

export const createTracks = (): Tracks => {
  const families = new Map<string, Map<string, Kept>>()
  const atDevice = new Map<string, Set<Kept>>()
  /** Devices of which something may be kept: those that stay hidden are cleared once. */
  const filled = new Set<string>()
  let size = 0
  const kept = function* (): Generator<Kept> {
    for (const own of families.values()) yield* own.values()
  }
  const remove = (one: Kept): void => {
    const { family, key, device } = one.track.entity
    if (families.get(family)?.delete(key) === true) size -= 1
    atDevice.get(device)?.delete(one)
  }
  const put = (one: Kept): void => {
    const { family, key, device } = one.track.entity
    const own = families.get(family) ?? new Map<string, Kept>()
    if (!own.has(key)) size += 1
    families.set(family, own.set(key, one))
    atDevice.set(device, (atDevice.get(device) ?? new Set()).add(one))
  }
  const trackOf = (family: string, entity: Entity): Track | undefined => {
    const own = families.get(family)
    return (own?.get(entity.key) ?? own?.get(entity.device))?.track
  }
  return {
    get: (entity) => {
      filled.add(entity.device)
      const known = families.get(entity.family)?.get(entity.key)
      if (known !== undefined) return known.track
      const track = createTrack(entity)
      if (size < MAX_TRACKS) put({ track, concerned: null })
      return track
    },
    of: trackOf,
    lastMs: (names, entity) =>
      newestOf([...names].map((name) => trackOf(name, entity)?.lastMs ?? null)),
    ofFamily: function* (family) {
      for (const { track } of families.get(family)?.values() ?? []) yield track
    },
    concerned: (rules, topology, { entity }) => {
      const own = families.get(entity.family)?.get(entity.key)
      if (own === undefined) return []
      own.concerned ??= (rules.byFamily.get(entity.family) ?? []).filter(
        ({ family, scope }) =>
          (family === entity.family ||
            (family === null && (isByDevice(entity) || entity.family === EVENTS))) &&
          isInScope(topology, scope, entity),
      )
      return own.concerned
    },
    rename: (renamed) => {
      const moved = [...kept()].filter(({ track }) => renamed.has(track.entity.key))
      for (const one of moved) remove(one)
      for (const { track } of moved) put({ track: renameTrack(track, renamed), concerned: null })
    },
    forgetScopes: () => {
      for (const one of kept()) one.concerned = null
    },
    keepDevices: (devices) => {
      for (const one of [...kept()]) if (!devices.has(one.track.entity.device)) remove(one)
      for (const device of filled) if (!devices.has(device)) filled.delete(device)
    },
    clear: (device) => {
      if (!filled.delete(device)) return
      for (const { track } of atDevice.get(device) ?? []) clearTrack(track)
    },
    rearrange: (before, after) => {
      for (const one of [...kept()]) {
        one.concerned = null
        if (after.byFamily.has(one.track.entity.family)) rearrangeTrack(one.track, before, after)
        else remove(one)
      }
    },
  }
}
