/** Samples: measured values of a device, an interface or a sensor at one moment. */
import { z } from "zod"
import { amount, count, DeviceId, EpochMs, Name, Source } from "./values.ts"

/**
 * One probe of a device. `icmp` is null if this agent cannot ping, `tcp` if no TCP probe was sent.
 * `answers` is true if any ICMP reply came back, TCP was accepted, or (if ICMP is available) TCP
 * was refused. `because` is the trigger: the regular round, a missed reply, or a requested re-check.
 */
export const PingSample = z.strictObject({
  kind: z.literal("ping"),
  device: DeviceId,
  atMs: EpochMs,
  answers: z.boolean(),
  icmp: z
    .strictObject({
      sent: count,
      received: count,
      rttUs: amount.nullable(),
      jitterUs: amount.nullable(),
    })
    .nullable(),
  tcp: z.enum(["accepted", "refused", "silent"]).nullable(),
  because: z.enum(["round", "missed", "confirm"]),
})
export type PingSample = z.infer<typeof PingSample>

/** State and rates of one interface. A rate is null until there are two readings of one count. */
export const InterfaceSample = z.strictObject({
  kind: z.literal("interface"),
  device: DeviceId,
  interface: Name,
  atMs: EpochMs,
  source: Source,
  running: z.boolean(),
  disabled: z.boolean(),
  rxBps: amount.nullable(),
  txBps: amount.nullable(),
  rxPps: amount.nullable(),
  txPps: amount.nullable(),
  errorsPs: amount.nullable(),
  dropsPs: amount.nullable(),
})
export type InterfaceSample = z.infer<typeof InterfaceSample>

/** The device's own resources. A field that the device does not report is null. */
export const HealthSample = z.strictObject({
  kind: z.literal("health"),
  device: DeviceId,
  atMs: EpochMs,
  source: Source,
  uptimeS: amount.nullable(),
  cpuRatio: z.number().min(0).max(1).nullable(),
  memoryUsedByte: amount.nullable(),
  memoryTotalByte: amount.nullable(),
  diskUsedByte: amount.nullable(),
  diskTotalByte: amount.nullable(),
})
export type HealthSample = z.infer<typeof HealthSample>

export const SensorUnit = z.enum(["°C", "V", "A", "W", "rpm", "%", "dBm", "state"])
/** One sensor. With unit `state`, 1 means ok and 0 means not ok. */
export const SensorSample = z.strictObject({
  kind: z.literal("sensor"),
  device: DeviceId,
  sensor: Name,
  atMs: EpochMs,
  source: Source,
  unit: SensorUnit,
  value: z.number(),
})
export type SensorSample = z.infer<typeof SensorSample>

export const Sample = z.discriminatedUnion("kind", [
  PingSample,
  InterfaceSample,
  HealthSample,
  SensorSample,
])
export type Sample = z.infer<typeof Sample>
