/** A measured value with its age, for templates. */
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, nothing, type TemplateResult } from "lit"
import { t } from "../i18n/strings/strings.ts"
import { INTERVAL_MS, intervalOf } from "../state/freshness.ts"
import "./ispvm-age.ts"

type Value = string | TemplateResult

/** A stale value is greyed and followed by "42 s old". Without a value there is no age. */
export const aged = (value: Value, atMs: number | null, intervalMs: number): TemplateResult =>
  value === t.terms.none
    ? html`${value}`
    : html`<ispvm-age at=${atMs ?? nothing} interval=${intervalMs}>${value}</ispvm-age>`

/** A stale value is greyed, with its age on hover. For table cells. */
export const agedQuietly = (
  value: Value,
  atMs: number | null,
  intervalMs: number,
): TemplateResult =>
  html`<ispvm-age quiet at=${atMs ?? nothing} interval=${intervalMs}>${value}</ispvm-age>`

export type DeviceValue = "probe" | "health" | "interface"
/** When the values of one kind were measured on a device. */
const measuredAtMs = (
  device: Pick<Device, "probedAtMs" | "healthAtMs" | "trafficAtMs">,
  kind: DeviceValue,
): number | null =>
  ({ probe: device.probedAtMs, health: device.healthAtMs, interface: device.trafficAtMs })[kind]

export const agedOf = (device: Device, kind: DeviceValue, value: Value): TemplateResult =>
  aged(value, measuredAtMs(device, kind), intervalOf(device, kind))
export const agedQuietlyOf = (device: Device, kind: DeviceValue, value: Value): TemplateResult =>
  agedQuietly(value, measuredAtMs(device, kind), intervalOf(device, kind))

/** Age of the rates and counters of a port. */
export const agedOfPort = (port: { readonly atMs: number | null }, value: Value): TemplateResult =>
  aged(value, port.atMs, INTERVAL_MS.interface)
export const agedQuietlyOfPort = (
  port: { readonly atMs: number | null },
  value: Value,
): TemplateResult => agedQuietly(value, port.atMs, INTERVAL_MS.interface)
