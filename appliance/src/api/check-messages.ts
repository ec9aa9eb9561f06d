/** What the checks of the appliance itself find, as codes and params: `messages/` renders them. */
import { z } from "zod"
import { message } from "./message-schema.ts"

const None = z.object({})
const Count = z.int().min(0)
const DurationMs = z.number().min(0)
const Bytes = z.number().min(0)
const Percent = z.number().min(0)

/** What of the appliance itself is checked. A released id keeps its meaning: incidents store it. */
export const CheckId = z.enum([
  "database",
  "disk",
  "raw-storage",
  "clock",
  "ingest-lag",
  "queue",
  "certificates",
  "backup",
  "agents",
  "update",
  "notifications",
  "slo-detection",
  "slo-ingest",
  "slo-queries",
  "slo-dispatch",
  "slo-evaluation",
])
export type CheckId = z.infer<typeof CheckId>

export const CheckMessage = z.discriminatedUnion("code", [
  message("check.no-data", None),
  message("check.too-few", z.object({ samples: Count, needed: Count })),
  message("check.database-works", None),
  message(
    "check.database-failing",
    z.object({ fault: z.enum(["disk-full", "read-only", "unreachable", "failing"]) }),
  ),
  message("check.disk-free", z.object({ path: z.string(), freeBytes: Bytes, totalBytes: Bytes })),
  /** The database is on another machine. */
  message("check.storage-elsewhere", None),
  message("check.storage-stored", z.object({ usedPct: Percent })),
  /** `keptMs`: how far raw values go back; null: none was dropped before its retention yet. */
  message("check.storage-shortened", z.object({ usedPct: Percent, keptMs: DurationMs.nullable() })),
  message("check.storage-stopped", z.object({ usedPct: Percent, samples: Count, devices: Count })),
  message("check.clock-follows", None),
  message("check.clock-lost", z.object({ forMs: DurationMs })),
  /** No program of this machine says whether the clock follows a time server. */
  message("check.clock-unknown", None),
  message("check.ingest-current", None),
  /** `agents`: how many online agents have readings that are older than a minute. */
  message(
    "check.ingest-behind",
    z.object({ agentName: z.string(), lagMs: DurationMs, agents: Count }),
  ),
  message("check.queue-waiting", z.object({ waiting: Count })),
  /** `agentName` null: the provider's certificate of the UI. */
  message("check.certificate-days", z.object({ agentName: z.string().nullable(), days: Count })),
  message("check.certificate-expired", z.object({ agentName: z.string().nullable() })),
  /** The appliance renews its own certificate by itself, and there is no other. */
  message("check.certificates-own", None),
  message(
    "check.certificate-unusable",
    z.object({ fault: z.enum(["not-pem", "key-does-not-fit", "expired"]) }),
  ),
  message("check.backup-off", None),
  message("check.backup-never", None),
  message("check.backup-verified", z.object({ agoMs: DurationMs })),
  message("check.backup-overdue", z.object({ agoMs: DurationMs })),
  /** The newest one failed; the last that was verified is older. */
  message("check.backup-failed", z.object({ agoMs: DurationMs })),
  message("check.backup-only-failed", None),
  message("check.update-well", None),
  /** The release `to` was given up, and the one before runs. */
  message("check.update-undone", z.object({ to: z.string(), agoMs: DurationMs })),
  message("check.update-incomplete", z.object({ to: z.string(), agoMs: DurationMs })),
  message("check.update-of-agent", z.object({ agentName: z.string(), to: z.string() })),
  message("check.notifications-none", None),
  message("check.notifications-work", z.object({ channels: Count })),
  /** `names`: some of those that fail; `forMs`: since when the first of them does. */
  message(
    "check.notifications-failing",
    z.object({
      failing: Count,
      channels: Count,
      names: z.array(z.string()),
      forMs: DurationMs,
    }),
  ),
  message("check.agents-none", None),
  message("check.agents-online", z.object({ agents: Count })),
  message(
    "check.agents-offline",
    z.object({ offline: Count, agents: Count, names: z.array(z.string()) }),
  ),
  /** 95 of 100 took at most `p95Ms`. */
  message("check.latency", z.object({ p95Ms: DurationMs, samples: Count })),
  /** The same, and how often a rule is evaluated on a sample, and how often an alert changes. */
  message(
    "check.evaluation",
    z.object({
      p95Ms: DurationMs,
      samples: Count,
      rulesPerS: z.number().nonnegative(),
      alertsPerS: z.number().nonnegative(),
    }),
  ),
])
export type CheckMessage = z.infer<typeof CheckMessage>
