/**
 * Whether what agents deliver can be stored. A database that answers may still be full or read-only:
 * so the outcome of real transactions counts, and a small write where there are none.
 */
import type { HealthMessage } from "../api/notice-messages.ts"
import { isConnectionLost } from "../platform/postgres/db.ts"

export type StorageFault = "disk-full" | "read-only" | "unreachable" | "failing"
export type StorageHealth = {
  readonly worked: () => void
  /** Ignores what is no fault of the storage. */
  readonly failed: (error: unknown) => void
  /** Writes a little where nothing was stored for a while; call it every few seconds. */
  readonly check: () => Promise<void>
  /** Null while it works. `sinceMs` is epoch ms. */
  readonly fault: () => { readonly fault: StorageFault; readonly sinceMs: number } | null
}
type Deps = {
  readonly now: () => number
  /** Ms of a clock that nobody can set. */
  readonly steady: () => number
  /** A small transaction that has to reach the disk. */
  readonly probe: () => Promise<unknown>
}

/** Agents deliver every second: without an outcome for this long there is none, and the probe stands in. */
const IDLE_MS = 10_000
/** Agents try again within 30 s: by then a probe that works is no worse a witness than they were. */
const FAULT_PROBE_MS = 60_000

/** PostgreSQL error codes: 53 out of resources, 54 limits, 58 system errors, XX data corrupted, 25006 read-only transaction. */
const faultOf = (error: unknown): StorageFault | null => {
  if (!(error instanceof Error)) return null
  const code = "code" in error ? String(error.code) : ""
  if (code === "53100" || code === "ENOSPC") return "disk-full"
  if (code === "25006") return "read-only"
  if (isConnectionLost(error)) return "unreachable"
  return /^(53|58|XX)/.test(code) || code === "57014" ? "failing" : null
}

/** What happened, why, and what to do. */
export const storageMessage = (fault: StorageFault): HealthMessage => ({
  code: "health.storage-failing",
  params: { fault },
})

export const createStorageHealth = ({ now, steady, probe }: Deps): StorageHealth => {
  let fault: { readonly fault: StorageFault; readonly sinceMs: number } | null = null
  let outcomeMs = Number.NEGATIVE_INFINITY
  let checking: Promise<void> | null = null
  const failed = (error: unknown): void => {
    const found = faultOf(error)
    if (found === null) return
    outcomeMs = steady()
    fault = { fault: found, sinceMs: fault?.sinceMs ?? now() }
  }
  const worked = (): void => {
    outcomeMs = steady()
    fault = null
  }
  const check = async (): Promise<void> => {
    const idleMs = fault === null || fault.fault === "unreachable" ? IDLE_MS : FAULT_PROBE_MS
    if (steady() - outcomeMs < idleMs) return
    try {
      await probe()
      worked()
    } catch (error) {
      failed(error)
    }
  }
  return {
    worked,
    failed,
    check: () => {
      checking ??= check().finally(() => {
        checking = null
      })
      return checking
    },
    fault: () => fault,
  }
}
