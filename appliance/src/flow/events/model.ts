/** Types of the events module. */

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
