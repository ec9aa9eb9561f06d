/** The device's own resources. */
import type { z } from "zod"
import { defineFamily } from "./family.ts"
import { counter, gauge } from "./field.ts"

/** A field that the device does not report is null. */
export const health = defineFamily({
  name: "health",
  title: "CPU and memory",
  description: "Resources of the device itself",
  key: { by: "device" },
  fields: {
    uptimeS: counter("device.uptime_s", "s", "time since the device started", {
      combine: "max",
      rollup: { max: "uptime_max" },
    }),
    cpuRatio: gauge("device.cpu_pct", "%", "processor load, all cores", {
      label: "CPU",
      max: 1,
      scale: 100,
      rollup: { n: "cpu_n", sum: "cpu_sum", min: "cpu_min", max: "cpu_max" },
    }),
    memoryUsedByte: gauge("device.memory_used_bytes", "byte", "main memory in use", {
      type: "bigint",
      rollup: { n: "memory_n", sum: "memory_sum", max: "memory_max" },
    }),
    memoryTotalByte: gauge("device.memory_total_bytes", "byte", "main memory fitted", {
      type: "bigint",
      combine: "max",
      rollup: { max: "memory_total" },
    }),
    diskUsedByte: gauge("device.disk_used_bytes", "byte", "system disk in use", {
      type: "bigint",
      rollup: null,
    }),
    diskTotalByte: gauge("device.disk_total_bytes", "byte", "system disk fitted", {
      type: "bigint",
      combine: "max",
      rollup: null,
    }),
  },
  derived: {
    memory: {
      metric: "device.memory_pct",
      unit: "%",
      label: "Memory",
      description: "main memory in use",
      of: "memoryUsedByte",
      to: "memoryTotalByte",
      scale: 100,
    },
    disk: {
      metric: "device.disk_pct",
      unit: "%",
      description: "system disk in use",
      of: "diskUsedByte",
      to: "diskTotalByte",
      scale: 100,
    },
  },
  charts: [
    {
      title: "CPU and memory",
      metrics: ["device.cpu_pct", "device.memory_pct"],
      style: "area",
      minRange: 100,
    },
  ],
  storage: { table: "device_health", last: "health_last" },
})
export const HealthSample = health.schema
export type HealthSample = z.infer<typeof HealthSample>
