/**
 * Ended spans on their way to a collector. The queue is bounded, one request runs at a time, and
 * what is not taken is dropped and counted: a collector that is slow or away delays nothing.
 */
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace"
import type { SpanOutcome } from "./tracing.ts"

export type SpanQueueLimits = {
  readonly maxQueued: number
  readonly maxPerRequest: number
  readonly everyMs: number
  readonly stopMs: number
}
export const SPAN_QUEUE_LIMITS: SpanQueueLimits = {
  maxQueued: 2_048,
  maxPerRequest: 512,
  everyMs: 2_000,
  stopMs: 1_000,
}

export type SendSpans = (spans: readonly ReadableSpan[], signal: AbortSignal) => Promise<void>
export type SpanQueueDeps = {
  readonly send: SendSpans
  readonly count: (outcome: SpanOutcome, spans: number) => void
  readonly onFailed: (error: unknown) => void
  readonly limits?: SpanQueueLimits
}
export type SpanQueue = {
  readonly processor: SpanProcessor
  /** Sends what is queued, within `stopMs`; drops the rest. */
  readonly stop: () => Promise<void>
}

export const createSpanQueue = ({
  send,
  count,
  onFailed,
  limits = SPAN_QUEUE_LIMITS,
}: SpanQueueDeps): SpanQueue => {
  const queued: ReadableSpan[] = []
  const stopping = new AbortController()
  let sending: Promise<void> | null = null
  let isStopped = false

  const sendOne = async (): Promise<void> => {
    const spans = queued.splice(0, limits.maxPerRequest)
    try {
      await send(spans, stopping.signal)
      count("sent", spans.length)
    } catch (error) {
      count(stopping.signal.aborted ? "stopped" : "not-sent", spans.length)
      if (!stopping.signal.aborted) onFailed(error)
    }
  }
  const sendAll = async (): Promise<void> => {
    do await sendOne()
    while (
      // What came meanwhile and fills no request waits for the next one, except at the end.
      queued.length >= (isStopped ? 1 : limits.maxPerRequest) &&
      !stopping.signal.aborted
    )
  }
  const flush = (): Promise<void> => {
    if (queued.length === 0) return sending ?? Promise.resolve()
    sending ??= sendAll().finally(() => {
      sending = null
    })
    return sending
  }
  const timer = setInterval(() => void flush(), limits.everyMs)
  timer.unref()
  return {
    processor: {
      onStart: () => undefined,
      onEnd: (span) => {
        if (isStopped) count("stopped", 1)
        else if (queued.length >= limits.maxQueued) count("queue-full", 1)
        else if (queued.push(span) >= limits.maxPerRequest) void flush()
      },
      forceFlush: flush,
      shutdown: () => Promise.resolve(),
    },
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      const giveUp = setTimeout(() => stopping.abort(), limits.stopMs)
      while (queued.length > 0 && !stopping.signal.aborted) await flush()
      await flush()
      clearTimeout(giveUp)
      stopping.abort()
      if (queued.length > 0) count("stopped", queued.splice(0).length)
    },
  }
}
