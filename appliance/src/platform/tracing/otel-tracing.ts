/** Tracing by OpenTelemetry. Loaded only where it is switched on. */
import { AsyncLocalStorage } from "node:async_hooks"
import {
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api"
import { resourceFromAttributes } from "@opentelemetry/resources"
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace"
import { type Collector, createSendSpans } from "./collector.ts"
import { createSpanQueue, type SpanQueueLimits } from "./span-queue.ts"
import type { Span, SpanOutcome, Tracing } from "./tracing.ts"

const MAX_VALUE_LENGTH = 256

export type OtelTracingOptions = {
  readonly collector: Collector
  readonly version: string
  readonly hostName: string
  /** Spans were not taken. It is called for each request that failed. */
  readonly onFailed: (error: unknown) => void
  readonly limits?: SpanQueueLimits
}

/** The class of an error, or its code. Messages stay in the log, which hides secrets. */
const errorType = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error
  return "code" in error && typeof error.code === "string" ? error.code : error.name
}
const fail = (span: OtelSpan, type: string): void => {
  span.setAttribute("error.type", type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
const spanOf = (span: OtelSpan): Span => ({
  set: (attributes) => void span.setAttributes(attributes),
  rename: (name) => void span.updateName(name),
  fail: (type) => fail(span, type),
})

const createRun = (tracer: Tracer, current: AsyncLocalStorage<OtelSpan>) => {
  const traceOfError = new WeakMap<object, string>()
  const run: Tracing["run"] = async (name, work) => {
    const parent = current.getStore()
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent)
    const span = tracer.startSpan(name, {}, context)
    try {
      return await current.run(span, () => work(spanOf(span)))
    } catch (error) {
      fail(span, errorType(error))
      if (error instanceof Error && !traceOfError.has(error))
        traceOfError.set(error, span.spanContext().traceId)
      throw error
    } finally {
      span.end()
    }
  }
  return {
    run,
    noteError: (error: unknown): void => {
      const span = current.getStore()
      if (span !== undefined) fail(span, errorType(error))
    },
    traceIdOf: (error: unknown): string | undefined =>
      (error instanceof Error ? traceOfError.get(error) : undefined) ??
      current.getStore()?.spanContext().traceId,
  }
}

export const createOtelTracing = (options: OtelTracingOptions): Tracing => {
  const { collector, version, hostName, onFailed, limits } = options
  let counts = new Map<SpanOutcome, number>()
  const queue = createSpanQueue({
    send: createSendSpans(collector),
    count: (outcome, spans) => void counts.set(outcome, (counts.get(outcome) ?? 0) + spans),
    onFailed,
    ...(limits === undefined ? {} : { limits }),
  })
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [queue.processor],
    spanLimits: { attributeValueLengthLimit: MAX_VALUE_LENGTH },
    resource: resourceFromAttributes({
      "service.name": "ispvm",
      "service.version": version,
      "host.name": hostName,
    }),
  })
  // Of this process alone: a request to the collector must not be a span of its own.
  const current = new AsyncLocalStorage<OtelSpan>()
  return {
    ...createRun(provider.getTracer("ispvm", version), current),
    takeCounts: () => {
      const taken = counts
      counts = new Map()
      return taken
    },
    stop: queue.stop,
  }
}
