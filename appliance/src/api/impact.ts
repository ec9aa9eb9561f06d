/** Customers of an incident: whose sessions it cut off, and which of them are back. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

/** Sessions of a device that were up when the incident's fault began. */
export const DeviceImpact = z.object({
  deviceId: z.uuid(),
  deviceName: z.string(),
  /**
   * `unreachable`: nobody can reach the device, so all of its sessions count until it is read again.
   * `sessions-lost`: the device is read, and reports sessions as ended since the fault began.
   */
  why: z.enum(["unreachable", "sessions-lost"]),
  before: z.int(),
  cutOff: z.int(),
})
export type DeviceImpact = z.infer<typeof DeviceImpact>
export const AffectedSession = z.object({
  user: z.string().nullable(),
  address: z.string().nullable(),
  service: z.string().nullable(),
  deviceId: z.uuid(),
  deviceName: z.string(),
  isCutOff: z.boolean(),
})
export type AffectedSession = z.infer<typeof AffectedSession>

export const IncidentImpact = z.object({
  atMs: EpochMs,
  /** When its first symptom began: what was up then is what it could cut off. */
  sinceMs: EpochMs,
  /** Sessions that the fault has cut off, and how many of them still are. */
  before: z.int(),
  cutOff: z.int(),
  devices: z.array(DeviceImpact),
  /** Those cut off first; null: the reader may not see who they are. */
  sessions: z.array(AffectedSession).nullable(),
  /** How many sessions are not listed. */
  more: z.int(),
})
export type IncidentImpact = z.infer<typeof IncidentImpact>
