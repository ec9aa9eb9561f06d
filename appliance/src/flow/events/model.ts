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
  /** Of a log line: separated by commas; null: it has none. */
  readonly topics: string | null
  readonly attributes: Readonly<Record<string, string>>
}
/** From the lowest. */
export const SEVERITIES = ["debug", "info", "warning", "error"] as const
export type Severity = (typeof SEVERITIES)[number]

/** An event of the appliance itself. The message is codes, which pages translate. */
export type OwnEvent = {
  readonly device: DeviceId
  readonly name: "agent-changed" | "method-changed" | "interface-renamed"
  readonly interface?: string
  readonly atMs: number
  readonly message: string
  readonly attributes: Readonly<Record<string, string>>
}

/** What a count of events needs. */
export type NamedEvent = { readonly name: string; readonly device: DeviceId; readonly atMs: number }
