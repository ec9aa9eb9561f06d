/** Loss and delay of the probes of each device, from what rules keep of them. */
import type { DeviceId } from "../../../platform/ids.ts"
import type { PathQuality } from "../model.ts"
import type { RuleSet } from "./compile.ts"
import type { BaselineOf } from "./condition.ts"
import { eachBefore } from "./track.ts"
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

export const createPathQuality =
  (tracks: Tracks, rules: () => RuleSet, baseline: BaselineOf) =>
  (device: DeviceId, nowMs: number): PathQuality | null => {
    const entity = { key: device, family: "ping", device, interface: null, name: null, unit: null }
    const track = tracks.of("ping", entity)
    const received = slotOf(rules(), "ping.loss_pct")
    const rtt = slotOf(rules(), "ping.rtt_ms")
    if (track === undefined || received === null) return null
    let [sent, answered, sum, count] = [0, 0, 0, 0]
    eachBefore(track, nowMs, OVER_MS, ({ values }) => {
      const [got = Number.NaN, of = Number.NaN] = [values[received], values[received + 1]]
      if (Number.isNaN(got) || Number.isNaN(of)) return
      sent += of
      answered += got
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
