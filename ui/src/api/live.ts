/**
 * The event stream of the page. It is read with fetch, because EventSource hides the server's
 * keep-alive comments: after three seconds without one, the page shows that it is not live. It
 * reconnects automatically and resumes where it stopped.
 */
import type { LiveData, LiveName, Topic } from "@ispvm/appliance/api/live"
import { createStore, type Readable, type Store } from "../state/store.ts"
import { escapeHidden } from "./hidden-characters.ts"
import { createSseReader, type SseMessage } from "./sse.ts"

/** `heardAtMs`: when the stream last received anything, by the local clock. */
export type LiveState = {
  readonly phase: "connecting" | "live" | "lost"
  readonly sinceMs: number
  readonly lastReceivedAtMs: number
}
export type Live = {
  readonly state: Readable<LiveState>
  /** Only topics with a listener are requested. */
  readonly on: <N extends LiveName>(name: N, listener: (data: LiveData<N>) => void) => () => void
  /** Requests samples of all ports of the device until the returned function is called. */
  readonly withPorts: (device: string) => () => void
  /** Requests the output of a run of a diagnostic until the returned function is called. */
  readonly withRun: (run: string) => () => void
  readonly start: () => void
  readonly stop: () => void
}

/** `readings` come with the topics `ports:DEVICE`; of the whole network, `values` has them. */
const TOPIC_NAMES = ["device", "link", "agent", "incident", "event", "values", "inventory"] as const
const STREAM_TIMEOUT_MS = 3_000
/** A page adds several topics at once when it opens. */
const DEBOUNCE_MS = 50
const RETRY_MS = [300, 600, 1_000, 2_000, 3_000] as const

/**
 * Browsers open six connections to one host (HTTP/1.1), so a seventh tab would wait for ever. A tab
 * that is hidden for a minute closes its stream.
 */
const HIDDEN_TIMEOUT_MS = 60_000
type Visibility = Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">

export const createLive = (
  fetcher: typeof fetch,
  onLoggedOut: () => void,
  page: Visibility | undefined = globalThis.document,
): Live => {
  const stream: Stream = {
    fetcher,
    onLoggedOut,
    state: createStore<LiveState>({
      phase: "connecting",
      sinceMs: Date.now(),
      lastReceivedAtMs: Date.now(),
    }),
    listeners: new Map(),
    ports: new Map(),
    runs: new Map(),
    lastId: null,
    lastReceivedAtMs: Date.now(),
    running: undefined,
    requestedTopics: new Set(),
    topicChange: undefined,
    debounceTimer: undefined,
  }
  const visibility = pauseWhileHidden(stream, page)
  return {
    state: stream.state,
    on: (name, listener) => {
      const subscribers = stream.listeners.get(name) ?? new Set()
      stream.listeners.set(name, subscribers)
      subscribers.add(listener)
      updateTopics(stream)
      return () => {
        subscribers.delete(listener)
      }
    },
    withPorts: (device) => countIn(stream, stream.ports, device),
    withRun: (run) => countIn(stream, stream.runs, run),
    start: () => {
      if (stream.running !== undefined) return
      connect(stream)
      visibility.start()
    },
    stop: () => {
      visibility.stop()
      clearTimeout(stream.debounceTimer)
      stream.debounceTimer = undefined
      stream.running?.abort()
      stream.running = undefined
      stream.lastId = null
      setPhase(stream, "connecting")
    },
  }
}

/** The stream between its connections. */
type Stream = {
  readonly fetcher: typeof fetch
  readonly onLoggedOut: () => void
  readonly state: Store<LiveState>
  readonly listeners: Map<string, Set<(data: never) => void>>
  /** By device, how many listen to its ports. */
  readonly ports: Map<string, number>
  /** By run, how many follow its output. */
  readonly runs: Map<string, number>
  lastId: string | null
  lastReceivedAtMs: number
  running: AbortController | undefined
  /** Topics of the open stream; empty means all. */
  requestedTopics: ReadonlySet<Topic>
  topicChange: AbortController | undefined
  debounceTimer: ReturnType<typeof setTimeout> | undefined
}

/** One more that needs it, until the returned function is called. */
const countIn = (stream: Stream, needed: Map<string, number>, key: string): (() => void) => {
  needed.set(key, (needed.get(key) ?? 0) + 1)
  updateTopics(stream)
  return () => {
    const others = (needed.get(key) ?? 1) - 1
    if (others === 0) needed.delete(key)
    else needed.set(key, others)
  }
}

const neededTopics = ({ listeners, ports, runs }: Stream): ReadonlySet<Topic> => {
  const names = TOPIC_NAMES.filter((name) => (listeners.get(name)?.size ?? 0) > 0)
  return new Set([
    ...names,
    ...[...ports.keys()].sort().map((device) => `ports:${device}` as const),
    ...[...runs.keys()].sort().map((run) => `diagnosis:${run}` as const),
  ])
}

/**
 * An additional topic needs a new stream, which resumes at the last event. A topic less can wait.
 */
const updateTopics = (stream: Stream): void => {
  if (stream.running === undefined || stream.debounceTimer !== undefined) return
  stream.debounceTimer = setTimeout(() => {
    stream.debounceTimer = undefined
    const { requestedTopics } = stream
    if (requestedTopics.size > 0 && !neededTopics(stream).isSubsetOf(requestedTopics))
      stream.topicChange?.abort()
  }, DEBOUNCE_MS)
}

const setPhase = ({ state, lastReceivedAtMs }: Stream, phase: LiveState["phase"]): void => {
  if (state.value.phase !== phase) state.set({ phase, sinceMs: Date.now(), lastReceivedAtMs })
}

const dispatch = (stream: Stream, message: SseMessage): void => {
  if (message.id !== null) stream.lastId = message.id
  const subscribers = stream.listeners.get(message.event)
  if (subscribers === undefined || subscribers.size === 0) return
  const data = JSON.parse(escapeHidden(message.data)) as never
  for (const listener of [...subscribers]) listener(data)
}

const openStream = (stream: Stream, signal: AbortSignal): Promise<Response> => {
  const { lastId } = stream
  stream.requestedTopics = neededTopics(stream)
  const query = new URLSearchParams()
  if (lastId !== null) query.set("after", lastId)
  if (stream.requestedTopics.size > 0) query.set("topics", [...stream.requestedTopics].join(","))
  return stream.fetcher(query.size === 0 ? "/api/v1/live" : `/api/v1/live?${query}`, {
    credentials: "same-origin",
    headers: { accept: "text/event-stream" },
    cache: "no-store",
    signal,
  })
}

const readStream = async (stream: Stream, signal: AbortSignal): Promise<"ended" | "logged-out"> => {
  const timeout = new AbortController()
  let timer = setTimeout(() => timeout.abort(), STREAM_TIMEOUT_MS)
  try {
    const response = await openStream(stream, AbortSignal.any([signal, timeout.signal]))
    if (response.status === 401) return "logged-out"
    if (!response.ok || response.body === null) return "ended"
    const read = createSseReader((message) => dispatch(stream, message))
    const decoder = new TextDecoder()
    for await (const chunk of chunks(response.body)) {
      clearTimeout(timer)
      timer = setTimeout(() => timeout.abort(), STREAM_TIMEOUT_MS)
      stream.lastReceivedAtMs = Date.now()
      setPhase(stream, "live")
      read(decoder.decode(chunk, { stream: true }))
    }
    return "ended"
  } catch (error) {
    // The loop reconnects after a network error. Errors of listeners are defects and are
    // rethrown.
    if (isDisconnect(error)) return "ended"
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const run = async (stream: Stream, signal: AbortSignal): Promise<void> => {
  for (let attempt = 0; !signal.aborted; ) {
    const startedMs = Date.now()
    const topicChange = new AbortController()
    stream.topicChange = topicChange
    const outcome = await readStream(stream, AbortSignal.any([signal, topicChange.signal]))
    if (signal.aborted) return
    if (topicChange.signal.aborted) continue
    if (outcome === "logged-out") {
      // The next login starts a new stream.
      stream.running = undefined
      return stream.onLoggedOut()
    }
    setPhase(stream, "lost")
    attempt = Date.now() - startedMs > 10_000 ? 0 : attempt + 1
    await wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 3_000, signal)
  }
}

const connect = (stream: Stream): void => {
  stream.lastReceivedAtMs = Date.now()
  stream.running = new AbortController()
  void run(stream, stream.running.signal)
}

/** A tab that becomes visible again resumes after its last event. */
const pauseWhileHidden = (stream: Stream, page: Visibility | undefined) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isPaused = false
  const pause = (): void => {
    isPaused = stream.running !== undefined
    stream.running?.abort()
    stream.running = undefined
    setPhase(stream, "connecting")
  }
  const onVisibility = (): void => {
    clearTimeout(timer)
    if (page?.visibilityState === "hidden") timer = setTimeout(pause, HIDDEN_TIMEOUT_MS)
    else if (isPaused) {
      isPaused = false
      connect(stream)
    }
  }
  return {
    start: () => page?.addEventListener("visibilitychange", onVisibility),
    stop: () => {
      page?.removeEventListener("visibilitychange", onVisibility)
      clearTimeout(timer)
      isPaused = false
    },
  }
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

const isDisconnect = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError")

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
