/**
 * All series the agent can send: their fields, units and kinds of number.
 *
 * A series is stored and read as a wide row: one timestamp, several fields. `by` is what, besides
 * the device, identifies a row of one moment.
 */
export type FieldKind = "gauge" | "rate" | "state" | "counter"
export type Unit =
  | "µs"
  | "ratio"
  | "count"
  | "bit/s"
  | "packet/s"
  | "count/s"
  | "byte"
  | "s"
  | "°C"
  | "V"
  | "A"
  | "W"
  | "rpm"
  | "bool"
  | "dBm"
  | "%"

export type Field = { readonly unit: Unit; readonly kind: FieldKind; readonly description: string }
export type Series = {
  readonly by: "device" | "interface" | "sensor"
  readonly fields: Readonly<Record<string, Field>>
}

const f = (unit: Unit, kind: FieldKind, description: string): Field => ({ unit, kind, description })

export const SERIES = {
  ping: {
    by: "device",
    fields: {
      sent: f("count", "gauge", "probes sent in this look"),
      received: f("count", "gauge", "probes answered"),
      rttUs: f(
        "µs",
        "gauge",
        "mean round trip of the answered probes; null where none was answered",
      ),
      jitterUs: f(
        "µs",
        "gauge",
        "mean absolute difference of consecutive round trips; null below two answers",
      ),
    },
  },
  interface: {
    by: "interface",
    fields: {
      running: f("bool", "state", "the port has a link (RouterOS `running`, SNMP ifOperStatus up)"),
      disabled: f("bool", "state", "switched off by an administrator"),
      rxBps: f("bit/s", "rate", "received"),
      txBps: f("bit/s", "rate", "sent"),
      rxPps: f("packet/s", "rate", "received"),
      txPps: f("packet/s", "rate", "sent"),
      errorsPs: f("count/s", "rate", "receive and transmit errors together"),
      dropsPs: f("count/s", "rate", "receive and transmit drops together"),
    },
  },
  health: {
    by: "device",
    fields: {
      uptimeS: f("s", "counter", "time since the device started"),
      cpuRatio: f("ratio", "gauge", "processor load, all cores"),
      memoryUsedByte: f("byte", "gauge", "main memory in use"),
      memoryTotalByte: f("byte", "gauge", "main memory fitted"),
      diskUsedByte: f("byte", "gauge", "system disk in use"),
      diskTotalByte: f("byte", "gauge", "system disk fitted"),
    },
  },
  sensor: {
    by: "sensor",
    fields: { value: f("count", "gauge", "a reading in the unit the sample names") },
  },
} as const satisfies Record<string, Series>

export type SeriesName = keyof typeof SERIES
