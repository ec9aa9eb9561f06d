/** What agents found: the latest values, the last hour and the paths of configured probes. */
import { PROBE_OUTCOMES } from "@ispvm/wire"
import type { Probe, ProbeState, ProbeView } from "../../api/probes.ts"
import { type PathReport, readPaths } from "../../flow/events/events.ts"
import type { LatestValues, SeriesResult } from "../../flow/series/model.ts"
import type { Series } from "../../flow/series/series.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type ConfiguredProbe, seriesName } from "../../registry/probes/probes.ts"

const HOUR_MS = 3_600_000
const POINTS = 30
/** After so many intervals without a value, the last one says nothing about now. */
const MISSED = 3
const LATE_MS = 30_000
const MAX_SERIES = 500

type Named = { readonly id: string; readonly name: string }
type Found = {
  /** By device and name of the series. */
  readonly latest: ReadonlyMap<string, LatestValues>
  readonly recent: ReadonlyMap<string, readonly (number | null)[]>
  /** By probe and agent. */
  readonly paths: ReadonlyMap<string, PathReport>
}
const keyOf = (one: string, other: string): string => `${one}/${other}`

const recentOf = (device: string, { items }: SeriesResult): [string, (number | null)[]][] =>
  items.map(({ name, columns }) => [keyOf(device, name ?? ""), columns["service.total_ms"] ?? []])

export const readFound = async (
  tx: Tx,
  org: OrgId,
  series: Pick<Series, "latest" | "read">,
  devices: readonly string[],
  nowMs: number,
): Promise<Found> => {
  const latest: [string, LatestValues][] = []
  const recent: [string, (number | null)[]][] = []
  for (const device of devices) {
    for (const one of await series.latest(tx, org, device, "service"))
      latest.push([keyOf(device, one.name ?? ""), one])
    const span = { fromMs: nowMs - HOUR_MS, toMs: nowMs, points: POINTS, top: MAX_SERIES }
    const metrics = ["service.total_ms"]
    recent.push(
      ...recentOf(
        device,
        await series.read(tx, org, { device, family: "service", metrics, ...span }),
      ),
    )
  }
  const paths = (await readPaths(tx, org, devices)).map((path): [string, PathReport] => [
    keyOf(path.probeId, path.agentId),
    path,
  ])
  return { latest: new Map(latest), recent: new Map(recent), paths: new Map(paths) }
}

const hopsOf = (text: string): (string | null)[] =>
  text === "" ? [] : text.split(" ").map((hop) => (hop === "*" ? null : hop))

const numberOf = ({ values }: LatestValues, metric: string): number | null => {
  const value = values[metric]
  return typeof value === "number" ? value : null
}
const OUTCOMES: ReadonlySet<string> = new Set(Object.keys(PROBE_OUTCOMES))

const stateOf = (values: LatestValues | undefined, isFresh: boolean): ProbeState => {
  if (values === undefined || !isFresh) return "unknown"
  const isUp = values.values["service.up"]
  if (typeof isUp === "boolean") return isUp ? "ok" : "failing"
  // A path has no state of its own, only the host at its end.
  return values.values["service.outcome"] === "ok" ? "ok" : "unknown"
}

const viewOf = (
  probe: ConfiguredProbe,
  agent: Named,
  { latest, recent, paths }: Found,
  nowMs: number,
): ProbeView => {
  const series = seriesName(probe.name, agent.name)
  const key = keyOf(probe.deviceId, series)
  const values = latest.get(key)
  const path = paths.get(keyOf(probe.id, agent.id))
  const outcome = values?.values["service.outcome"]
  const isFresh =
    values !== undefined && nowMs - values.atMs < MISSED * probe.everyS * 1_000 + LATE_MS
  const number = (metric: string): number | null =>
    values === undefined ? null : numberOf(values, metric)
  return {
    agentId: agent.id,
    agentName: agent.name,
    state: probe.isEnabled ? stateOf(values, isFresh) : "unknown",
    outcome: typeof outcome === "string" && OUTCOMES.has(outcome) ? outcome : null,
    atMs: values?.atMs ?? null,
    totalMs: number("service.total_ms"),
    nameMs: number("service.name_ms"),
    connectMs: number("service.connect_ms"),
    tlsMs: number("service.tls_ms"),
    firstByteMs: number("service.first_byte_ms"),
    lossPct: number("service.loss_pct"),
    certificateDays: number("service.certificate_days"),
    hops: number("service.hops"),
    recentMs: [...(recent.get(key) ?? [])],
    series,
    path:
      path === undefined || probe.check.kind !== "trace"
        ? null
        : {
            hops: hopsOf(path.path),
            isReached: path.isReached,
            atMs: path.atMs,
            was: path.was === "" || path.was === path.path ? null : hopsOf(path.was),
          },
  }
}

export const probeOf = (
  probe: ConfiguredProbe,
  agents: readonly Named[],
  found: Found,
  nowMs: number,
): Probe => ({
  ...probe,
  agents: [...probe.agents],
  views: agents
    .filter(({ id }) => probe.agents.length === 0 || probe.agents.includes(id))
    .map((agent) => viewOf(probe, agent, found, nowMs)),
})
