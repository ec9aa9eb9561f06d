/** Spans of work, for people who look for what took the time. Off, each costs one call. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

export type Span = {
  readonly set: (attributes: Attributes) => void
  /** For what is known at the end only. */
  readonly rename: (name: string) => void
  /** For a failure that is answered or logged, and not thrown. `type` holds no secret. */
  readonly fail: (type: string) => void
}

/** `sent`: a collector has taken them. The others are lost, for this reason. */
export type SpanOutcome = "sent" | "queue-full" | "not-sent" | "stopped"

export type Tracing = {
  /**
   * Runs `work` in a span. What is started in it belongs to the same trace, also when it ends
   * later. A thrown error marks the span.
   */
  readonly run: <T>(name: string, work: (span: Span) => Promise<T>) => Promise<T>
  /** Marks the current span: its work failed, and goes on. */
  readonly noteError: (error: unknown) => void
  /** The trace in which `error` was thrown, else the current one. Null: nothing is traced. */
  readonly traceIdOf: ((error: unknown) => string | undefined) | null
  /** What has become of spans since the last call. */
  readonly takeCounts: () => ReadonlyMap<SpanOutcome, number>
  /** Sends what is queued, within a second. */
  readonly stop: () => Promise<void>
}

const NO_SPAN: Span = {
  set: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
}
const NO_COUNTS: ReadonlyMap<SpanOutcome, number> = new Map()

export const NO_TRACING: Tracing = {
  run: (_name, work) => work(NO_SPAN),
  noteError: () => undefined,
  traceIdOf: null,
  takeCounts: () => NO_COUNTS,
  stop: () => Promise.resolve(),
}
