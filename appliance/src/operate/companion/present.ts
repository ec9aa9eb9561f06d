/** A router's companion as screens see it. Pure. */
import type { CompanionKey } from "../../api/companion.ts"
import type { RouterState } from "../../flow/push/push.ts"
import { stateOf } from "./keys.ts"
import type { DeviceRow, KeyRow, WishRow } from "./store.ts"
import { releaseOf } from "./wishing.ts"

export const presentKey = ({ id, createdAtMs, expiresAtMs, lastUsedAtMs, revokedAtMs }: KeyRow, nowMs: number): CompanionKey => ({
  id,
  state: stateOf({ expiresAtMs, revokedAtMs }, nowMs),
  createdAtMs,
  expiresAtMs,
  lastUsedAtMs,
})
const NOTHING_PUSHED = {
  lastPushAtMs: null,
  lastPushFrom: null,
  clockSkewMs: null,
  pushes: { taken: 0, known: 0, refused: 0, lost: 0 },
  lastRefusal: null,
  hello: null,
  watches: [],
}
export const presentPushes = (state: RouterState | null) => {
  if (state === null) return NOTHING_PUSHED
  const { lastPushAtMs, lastAddress, clockSkewMs, taken, known, refused, lost, lastRefusal, hello, watches } = state
  return {
    lastPushAtMs,
    lastPushFrom: lastAddress,
    clockSkewMs,
    pushes: { taken, known, refused, lost },
    lastRefusal,
    hello: hello === null ? null : { ...hello, done: [...hello.done], failed: [...hello.failed] },
    watches: watches.map((watch) => ({ ...watch })),
  }
}
export const presentWish = (row: WishRow | null, device: DeviceRow) => {
  const { release, from } = releaseOf(row?.wish ?? null, device.version)
  return {
    wish: row?.wish ?? null,
    release,
    releaseFrom: from,
    adoptedAtMs: row !== null && row.credentialId !== null && row.credentialId === device.credentialId ? row.adoptedAtMs : null,
    verification: row?.verification ?? null,
  }
}
