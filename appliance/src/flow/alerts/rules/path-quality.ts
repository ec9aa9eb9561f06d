/** Loss and delay of the probes of each device, from what rules keep of them. */
import type { DeviceId } from "../../../platform/ids.ts"
import type { LossSince, PathQuality, Topology } from "../model.ts"
import type { RuleSet } from "./compile.ts"
import type { BaselineOf } from "./condition.ts"
import { type Entity, eachBefore, type Track } from "./track.ts"
import type { Tracks } from "./tracks.ts"

/** Long enough for a share of the probes, short enough to be about now. */
const OVER_MS = 60_000

/** The first slot of a metric of probes; null: no rule keeps it. */
const slotOf = ({ kept }: RuleSet, name: string): number | null => {
  let slot = 0
  for (const { metric, reads } of kept.get("ping") ?? []) {
    if (metric === name) return slot
    slot += reads.length
  }
  return null
}

const entityOf = (device: DeviceId): Entity => ({
  ...{ key: device, family: "ping", device, interface: null, name: null, unit: null },
})

type Counted = { sent: number; answered: number }
/** Probes of the `overMs` before `atMs`. */
const countProbes = (track: Track, slot: number, atMs: number, overMs: number): Counted => {
  const counted = { sent: 0, answered: 0 }
  eachBefore(track, atMs, overMs, ({ values }) => {
    const [got = Number.NaN, of = Number.NaN] = [values[slot], values[slot + 1]]
    if (Number.isNaN(got) || Number.isNaN(of)) return
    counted.sent += of
    counted.answered += got
  })
  return counted
}

/** Above which share of lost probes a rule about this device opens an incident; null: none does. */
const lossLimit = (rules: RuleSet, topology: Topology, tracks: Tracks, track: Track) => {
  const limits = tracks
    .concerned(rules, topology, track)
    .filter(({ symptom }) => symptom === "loss")
    .flatMap(({ levels }) => levels)
    .flatMap(({ severity, limit }) => (severity === "warning" || limit === null ? [] : [limit]))
  return limits.length === 0 ? null : Math.min(...limits) / 100
}

/** What it needs of the runner, as it is at each call. */
type Source = {
  readonly tracks: Tracks
  readonly rules: RuleSet
  readonly topology: Topology
  readonly baseline: BaselineOf
}
export type ProbesLately = {
  /** Probes of a device in the last minute; null: none, or no rule looks at them. */
  readonly path: (device: DeviceId, nowMs: number) => PathQuality | null
  /** Null: no rule opens an incident for lost probes of this device. */
  readonly lossSince: (device: DeviceId, fromMs: number, nowMs: number) => LossSince | null
}

const lossSince = (
  { tracks, rules, topology }: Source,
  device: DeviceId,
  fromMs: number,
  nowMs: number,
): LossSince | null => {
  const track = tracks.of("ping", entityOf(device))
  const slot = slotOf(rules, "ping.loss_pct")
  if (track === undefined || slot === null) return null
  const limitRatio = lossLimit(rules, topology, tracks, track)
  if (limitRatio === null) return null
  const overMs = Math.min(OVER_MS, nowMs - fromMs)
  const { sent, answered } = countProbes(track, slot, nowMs, overMs)
  return { sent, lost: Math.max(0, sent - answered), limitRatio }
}

const path = (
  { tracks, rules, baseline }: Source,
  device: DeviceId,
  nowMs: number,
): PathQuality | null => {
  const entity = entityOf(device)
  const track = tracks.of("ping", entity)
  const received = slotOf(rules, "ping.loss_pct")
  const rtt = slotOf(rules, "ping.rtt_ms")
  if (track === undefined || received === null) return null
  const { sent, answered } = countProbes(track, received, nowMs, OVER_MS)
  let [sum, count] = [0, 0]
  eachBefore(track, nowMs, OVER_MS, ({ values }) => {
    const ms = rtt === null ? Number.NaN : (values[rtt] ?? Number.NaN)
    if (Number.isNaN(ms)) return
    sum += ms
    count += 1
  })
  if (sent === 0) return null
  const usual = count === 0 ? null : baseline("ping.rtt_ms", entity, nowMs)
  const delayMs = usual === null ? null : sum / count - usual.mean
  return { sent, lost: Math.max(0, sent - answered), delayMs }
}

export const createProbesLately = (source: Source): ProbesLately => ({
  path: (device, nowMs) => path(source, device, nowMs),
  lossSince: (device, fromMs, nowMs) => lossSince(source, device, fromMs, nowMs),
})
