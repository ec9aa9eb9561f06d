/** How a router is doing after one more push. Pure. */
import { storable } from "@ispvm/agent/wire"
import type { Parsed, Refused } from "./items.ts"
import type { RouterState, WatchNow } from "./store.ts"

/** What one push was: `skewMs` null where the router's clock could not be read. */
export type Round = {
  readonly atMs: number
  readonly address: string
  readonly skewMs: number | null
  readonly taken: readonly (Parsed & { readonly atMs: number })[]
  readonly known: number
  readonly refused: readonly Refused[]
  readonly lost: number
}

const WATCHES_MOST = 100
/** Longer names are none that a script of ours was made with; this row is written with every push. */
const NAME_MOST = 128
const HOST_MOST = 256
const LOST_MOST = 1e12

const withWatch = (watches: readonly WatchNow[], now: WatchNow): WatchNow[] => {
  const was = watches.find(({ name }) => name === now.name)
  if (was !== undefined && was.sinceMs > now.sinceMs) return [...watches] // overtaken on its way
  const sinceMs = was?.state === now.state && was.host === now.host ? was.sinceMs : now.sinceMs
  return [...watches.filter(({ name }) => name !== now.name), { ...now, sinceMs }].slice(-WATCHES_MOST)
}

export const stateAfter = (was: RouterState, round: Round): RouterState => {
  let { hello, heartbeatEveryS, lastHeartbeatAtMs, watches } = was
  for (const { item, atMs } of round.taken) {
    if (item.kind === "watch")
      watches = withWatch(watches, {
        name: storable(item.name, NAME_MOST),
        host: storable(item.host, HOST_MOST),
        state: item.state,
        sinceMs: atMs,
      })
    if (item.kind === "hello" && (hello === null || atMs >= hello.atMs))
      hello = { atMs, version: item.version, done: item.done, failed: item.failed, globals: item.globals ?? null }
    if (item.kind === "heartbeat" && (lastHeartbeatAtMs === null || atMs >= lastHeartbeatAtMs)) {
      lastHeartbeatAtMs = atMs
      heartbeatEveryS = item.every
    }
  }
  const last = round.refused.at(-1)
  return {
    lastPushAtMs: round.atMs,
    lastAddress: round.address,
    clockSkewMs: round.skewMs ?? was.clockSkewMs,
    taken: was.taken + round.taken.length,
    known: was.known + round.known,
    refused: was.refused + round.refused.length,
    lost: Math.min(LOST_MOST, was.lost + round.lost), // the router's own figure, which may be anything
    lastRefusal: last === undefined ? was.lastRefusal : { atMs: round.atMs, reason: last.reason, message: last.message },
    hello,
    watches,
    heartbeatEveryS,
    lastHeartbeatAtMs,
  }
}
