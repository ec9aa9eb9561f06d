/** Types of the events module. */
import type { DeviceId } from "../../platform/ids.ts"

export type StoredEvent = {
  readonly id: string
  readonly atMs: number
  readonly receivedAtMs: number
  readonly deviceId: string
  readonly deviceName: string
  readonly name: string
  readonly source: string
  readonly severity: string
  readonly interface: string | null
  readonly message: string
}

/** What a count of events needs. */
export type NamedEvent = { readonly name: string; readonly device: DeviceId; readonly atMs: number }
