/** A collector that reads nothing, of any device, for tests of what decides when it is polled. */
import type { Source } from "@ispvm/wire"
import type { Collector } from "../src/collect/collector.ts"

export const idleCollector = (
  source: Source,
  reads: Collector["reads"],
  everyMs: number,
): Collector => ({
  source,
  reads,
  everyMs: () => everyMs,
  cost: { requests: 1, deadlineMs: 1_000, weight: 1 },
  supports: () => true,
  collect: async () => [],
})
