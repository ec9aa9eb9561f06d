/**
 * Which version of batches the appliance accepts. Its answers to heartbeats say so; an appliance
 * that does not say it accepts only JSON.
 */
import { BATCH_VERSION } from "@ispvm/wire"

export type BatchVersion = {
  /** Null: it has not answered yet. */
  readonly current: () => number | null
  /** `latest` is undefined in an answer that does not say. */
  readonly answered: (latest: number | undefined) => void
  /** It rejected a compact batch: the next answer decides again. */
  readonly forget: () => void
}

/** `onCompact` is called with each answer of an appliance that accepts compact batches. */
export const createBatchVersion = (onCompact: () => void): BatchVersion => {
  let version: number | null = null
  return {
    current: () => version,
    answered: (latest = BATCH_VERSION.json) => {
      version = Math.min(latest, BATCH_VERSION.concurrent)
      if (version >= BATCH_VERSION.compact) onCompact()
    },
    forget: () => {
      version = null
    },
  }
}
