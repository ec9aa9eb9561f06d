/** Facts: what a device is and which interfaces it has. */
import { z } from "zod"
import { amount, count, DeviceId, EpochMs, Name, Source, Text, textUpTo } from "./values.ts"

export const InterfaceFact = z.strictObject({
  name: Name,
  type: textUpTo(64),
  mac: textUpTo(32).nullable(),
  comment: Text.nullable(),
  mtu: count.nullable(),
  speedBps: amount.nullable(),
  ifIndex: count.nullable(),
  /**
   * RouterOS `.id`: it stays when the interface is renamed. Sent only to an appliance that answers
   * heartbeats with `acceptsInterfaceIds`, because earlier ones reject the facts.
   */
  id: textUpTo(32).optional(),
  /** Created by the router for a session (PPPoE, L2TP …). Never stored in the inventory. */
  dynamic: z.boolean(),
})
export type InterfaceFact = z.infer<typeof InterfaceFact>

/** Sent when a device is first polled and on every change. Null: this source does not report it. */
export const Facts = z.strictObject({
  kind: z.literal("facts"),
  device: DeviceId,
  atMs: EpochMs,
  source: Source,
  identity: Text.nullable(),
  vendor: textUpTo(64).nullable(),
  board: textUpTo(128).nullable(),
  version: textUpTo(128).nullable(),
  architecture: textUpTo(64).nullable(),
  serial: textUpTo(128).nullable(),
  interfaces: z.array(InterfaceFact).max(5_000).nullable(),
})
export type Facts = z.infer<typeof Facts>
