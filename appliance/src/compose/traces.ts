/** Traces: off unless a collector is set. Its packages are loaded only then. */
import { hostname } from "node:os"
import type { Config } from "../config.ts"
import type { Counters } from "../platform/counters.ts"
import { NO_TRACING, type Tracing } from "../platform/tracing/tracing.ts"

const COUNT_EVERY_MS = 1_000
/** A collector that is away for a day is a hundred lines, not a hundred thousand. */
const REPORT_EVERY_MS = 10 * 60_000

type Deps = {
  readonly config: Pick<Config, "ISPVM_TRACES_URL" | "ISPVM_TRACES_HEADERS_FILE">
  readonly version: string
  /** At most every ten minutes: spans were not taken, and why. */
  readonly onProblem: (reason: string) => void
}

/** `fetch failed` says nothing; the code of its cause does. No text of the collector is shown. */
const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(inner instanceof Error)) return String(inner)
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.message
}

export const openTracing = async ({ config, version, onProblem }: Deps): Promise<Tracing> => {
  const { ISPVM_TRACES_URL: url, ISPVM_TRACES_HEADERS_FILE: headersFile } = config
  if (url === null) return NO_TRACING
  const { createOtelTracing } = await import("../platform/tracing/otel-tracing.ts")
  let reportedAtMs = Number.NEGATIVE_INFINITY
  return createOtelTracing({
    collector: { url, headersFile },
    version,
    hostName: hostname(),
    onFailed: (error) => {
      if (performance.now() - reportedAtMs < REPORT_EVERY_MS) return
      reportedAtMs = performance.now()
      onProblem(reasonOf(error))
    },
  })
}

/** How many spans were sent or lost, on /metrics. */
export const countSpans = (
  tracing: Tracing,
  counters: Counters,
  stack: AsyncDisposableStack,
): void => {
  if (tracing === NO_TRACING) return
  const spans = counters.counter("trace_spans_total", "Spans of traces, sent or lost, by outcome", [
    "outcome",
  ])
  const timer = setInterval(() => {
    for (const [outcome, count] of tracing.takeCounts()) spans.inc({ outcome }, count)
  }, COUNT_EVERY_MS)
  stack.defer(async () => clearInterval(timer))
}
