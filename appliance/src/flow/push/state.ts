/** The state of a router after one more push. Pure. */
import { storable } from "@ispvm/wire"
import type { Parsed, RejectedItem } from "./items.ts"
import type { NetwatchEntry, RouterState } from "./store.ts"

/** The result of one push: `skewMs` null where the router's clock could not be read. */
export type PushResult = {
  readonly atMs: number
  readonly address: string
  readonly skewMs: number | null
  readonly taken: readonly (Parsed & { readonly atMs: number })[]
  readonly known: number
  readonly rejected: readonly RejectedItem[]
  readonly lost: number
}

const MAX_NETWATCH = 100
/** No generated script has longer names; this row is written with every push. */
const MAX_NAME = 128
const MAX_HOST = 256
const MAX_LOST = 1e12

const withNetwatchEntry = (
  netwatch: readonly NetwatchEntry[],
  now: NetwatchEntry,
): NetwatchEntry[] => {
  const was = netwatch.find(({ name }) => name === now.name)
  // An older state, delivered late.
  if (was !== undefined && was.sinceMs > now.sinceMs) return [...netwatch]
  const sinceMs = was?.state === now.state && was.host === now.host ? was.sinceMs : now.sinceMs
  return [...netwatch.filter(({ name }) => name !== now.name), { ...now, sinceMs }].slice(
    -MAX_NETWATCH,
  )
}

export const stateAfter = (was: RouterState, result: PushResult): RouterState => {
  let { hello, heartbeatEveryS, lastHeartbeatAtMs, netwatch } = was
  for (const { item, atMs } of result.taken) {
    if (item.kind === "watch")
      netwatch = withNetwatchEntry(netwatch, {
        name: storable(item.name, MAX_NAME),
        host: storable(item.host, MAX_HOST),
        state: item.state,
        sinceMs: atMs,
      })
    if (item.kind === "hello" && (hello === null || atMs >= hello.atMs))
      hello = {
        atMs,
        version: item.version,
        done: item.done,
        failed: item.failed,
        globals: item.globals ?? null,
      }
    if (item.kind === "heartbeat" && (lastHeartbeatAtMs === null || atMs >= lastHeartbeatAtMs)) {
      lastHeartbeatAtMs = atMs
      heartbeatEveryS = item.every
    }
  }
  const last = result.rejected.at(-1)
  return {
    lastPushAtMs: result.atMs,
    lastAddress: result.address,
    clockSkewMs: result.skewMs ?? was.clockSkewMs,
    accepted: was.accepted + result.taken.length,
    duplicates: was.duplicates + result.known,
    rejected: was.rejected + result.rejected.length,
    // The router's own number may be anything.
    lost: Math.min(MAX_LOST, was.lost + result.lost),
    lastRejection:
      last === undefined
        ? was.lastRejection
        : { atMs: result.atMs, reason: last.reason, message: last.message },
    hello,
    netwatch,
    heartbeatEveryS,
    lastHeartbeatAtMs,
  }
}
