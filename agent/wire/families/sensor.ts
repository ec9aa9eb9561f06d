/** Sensors: one value, in the unit that each sensor names. */
import type { z } from "zod"
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

/** With unit `state`, 1 means ok and 0 means not ok. */
export const sensor = defineFamily({
  name: "sensor",
  title: "Sensors",
  description: "Temperatures, voltages, fans and other sensors of a device",
  key: {
    by: "name",
    field: "sensor",
    units: [
      "°C",
      "V",
      "A",
      "W",
      "rpm",
      "%",
      "dBm",
      "state",
      "dB",
      "MHz",
      "bit/s",
      "m",
      "s",
      "count",
    ],
  },
  fields: {
    value: gauge("sensor.value", "sample", "the reading, in the unit of the sensor", {
      isRequired: true,
      isSigned: true,
      type: "double precision",
      hasExtremes: true,
      rollup: { n: "n", sum: "value_sum", min: "value_min", max: "value_max" },
    }),
  },
  charts: [{ title: "Sensors", metrics: ["sensor.value"] }],
  storage: {
    table: "metric_custom",
    last: "sensor_last",
    key: "series_id",
  },
  polledBy: { snmp: 60_000 },
})
export const SensorSample = sensor.schema
export type SensorSample = z.infer<typeof SensorSample>
