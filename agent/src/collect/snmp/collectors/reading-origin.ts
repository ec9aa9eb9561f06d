import type { DeviceId } from "@ispvm/wire"

/** The fields that every reading of one poll shares. */
export type ReadingOrigin = {
  readonly device: DeviceId
  readonly source: "snmp"
  readonly atMs: number
}
