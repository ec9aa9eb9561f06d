/** Probes: reachability, round trip and loss. */
import { z } from "zod"
import { amount, count, DeviceId, EpochMs } from "../values.ts"
import { defineFamily } from "./family.ts"
import { bool, gauge } from "./field.ts"

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
    .refine(({ sent, received }) => received <= sent, {
      path: ["received"],
      error: "more answers than probes",
    })
    .nullable(),
  tcp: z.enum(["accepted", "refused", "silent"]).nullable(),
  because: z.enum(["round", "missed", "confirm"]),
})
export type PingSample = z.infer<typeof PingSample>

export const ping = defineFamily(
  {
    name: "ping",
    title: "Probes",
    description: "Reachability probes of a device: ICMP, and TCP where ICMP is not answered",
    key: { by: "target" },
    fields: {
      answers: bool("device.up", "the device answers probes", {
        isRequired: true,
        combine: "share",
        rollup: { n: "n", trues: "up_n" },
      }),
      // A probe without ICMP counts as one, answered or not.
      sent: gauge("ping.sent", "count", "probes sent", {
        path: ["icmp", "sent"],
        isWhole: true,
        type: "smallint",
        rawSql: "coalesce(sent, 1)",
        // The last values count a clock minute: with the one before, there is never just one probe.
        lastSql: "l.sent + l.sent_before",
        combine: "sum",
        rollup: { sum: "sent" },
        isNoRuleMetric: true,
      }),
      received: gauge("ping.received", "count", "probes answered", {
        path: ["icmp", "received"],
        isWhole: true,
        type: "smallint",
        rawSql: "coalesce(received, answers::int)",
        lastSql: "l.received + l.received_before",
        combine: "sum",
        rollup: { sum: "received" },
        isNoRuleMetric: true,
      }),
      rttUs: gauge("ping.rtt_ms", "ms", "mean round trip of the answered probes", {
        path: ["icmp", "rttUs"],
        label: "Round trip",
        scale: 0.001,
        type: "int",
        hasExtremes: true,
        rollup: { n: "rtt_n", sum: "rtt_sum", min: "rtt_min", max: "rtt_max" },
      }),
      jitterUs: gauge("ping.jitter_ms", "ms", "mean difference of consecutive round trips", {
        path: ["icmp", "jitterUs"],
        scale: 0.001,
        type: "int",
        rollup: { n: "jitter_n", sum: "jitter_sum" },
      }),
    },
    derived: {
      loss: {
        metric: "ping.loss_pct",
        unit: "%",
        label: "Loss",
        description: "probes without an answer",
        of: "received",
        to: "sent",
        isRest: true,
        scale: 100,
      },
    },
    charts: [
      { title: "Round trip", metrics: ["ping.rtt_ms"], style: "band", minRange: 1 },
      { title: "Loss", metrics: ["ping.loss_pct"], style: "area", minRange: 10, isFault: true },
    ],
    storage: { retention: "probe", rollups: ["5m", "1h"] },
  },
  PingSample,
)
