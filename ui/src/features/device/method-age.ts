/** When a device or one of its methods last answered; greyed when stale. */
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, nothing, type TemplateResult } from "lit"
import { agedQuietly } from "../../components/aged.ts"
import { INTERVAL_MS, intervalOf } from "../../state/freshness.ts"
import "../../components/ispvm-time.ts"

/** Event-driven methods have no interval, so they are never stale. */
const POLLED: ReadonlySet<string> = new Set(["routeros-api", "snmp", "icmp", "ping", "tcp"])

export const methodAge = ({ source, lastAtMs }: Device["sources"][number]): TemplateResult =>
  agedQuietly(
    html`<ispvm-time at=${lastAtMs ?? nothing}></ispvm-time>`,
    lastAtMs,
    POLLED.has(source) ? INTERVAL_MS.method : Number.POSITIVE_INFINITY,
  )

export const lastSeen = (device: Device): TemplateResult =>
  agedQuietly(
    html`<ispvm-time at=${device.lastSeenAtMs ?? nothing}></ispvm-time>`,
    device.lastSeenAtMs,
    intervalOf(device, "probe"),
  )
