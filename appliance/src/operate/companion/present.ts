/** A router's companion as the UI shows it. Pure. */
import type { CompanionKey } from "../../api/companion.ts"
import type { RouterState } from "../../flow/push/push.ts"
import { releaseOf } from "./desired-config.ts"
import { stateOf } from "./keys.ts"
import type { DesiredConfigRow, DeviceRow, KeyRow } from "./store.ts"

export const presentKey = (
  { id, createdAtMs, expiresAtMs, lastUsedAtMs, revokedAtMs }: KeyRow,
  nowMs: number,
): CompanionKey => ({
  id,
  state: stateOf({ expiresAtMs, revokedAtMs }, nowMs),
  createdAtMs,
  expiresAtMs,
  lastUsedAtMs,
})
const NO_PUSHES = {
  lastPushAtMs: null,
  lastPushFrom: null,
  clockSkewMs: null,
  pushes: { accepted: 0, duplicates: 0, rejected: 0, lost: 0 },
  lastRejection: null,
  hello: null,
  netwatch: [],
}
export const presentPushes = (state: RouterState | null) => {
  if (state === null) return NO_PUSHES
  const {
    lastPushAtMs,
    lastAddress,
    clockSkewMs,
    accepted,
    duplicates,
    rejected,
    lost,
    lastRejection,
    hello,
    netwatch,
  } = state
  return {
    lastPushAtMs,
    lastPushFrom: lastAddress,
    clockSkewMs,
    pushes: { accepted, duplicates, rejected, lost },
    lastRejection,
    hello: hello === null ? null : { ...hello, done: [...hello.done], failed: [...hello.failed] },
    netwatch: netwatch.map((entry) => ({ ...entry })),
  }
}
export const presentDesired = (row: DesiredConfigRow | null, device: DeviceRow) => {
  const { release, from } = releaseOf(row?.desired ?? null, device.version)
  return {
    desired: row?.desired ?? null,
    release,
    releaseFrom: from,
    adoptedAtMs:
      row !== null && row.credentialId !== null && row.credentialId === device.credentialId
        ? row.adoptedAtMs
        : null,
    verification: row?.verification ?? null,
  }
}
