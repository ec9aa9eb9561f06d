/**
 * The event stream of the page. It is read with fetch, because EventSource hides the server's
 * keep-alive comments: after three seconds without one, the page shows that it is not live. It
 * reconnects automatically and resumes where it stopped.
 */
import type { LiveData, LiveName, Topic } from "@ispvm/appliance/api/live"
import { createStore, type Readable } from "../state/store.ts"
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
  readonly start: () => void
  readonly stop: () => void
}

const TOPIC_NAMES = [
  "device",
  "link",
  "agent",
  "incident",
  "event",
  "readings",
  "inventory",
] as const
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
  const state = createStore<LiveState>({
    phase: "connecting",
    sinceMs: Date.now(),
    lastReceivedAtMs: Date.now(),
  })
  const listeners = new Map<string, Set<(data: never) => void>>()
  let lastId: string | null = null
  let lastReceivedAtMs = Date.now()
  let running: AbortController | undefined
  const ports = new Map<string, number>()
  /** Topics of the open stream; empty means all. */
  let requestedTopics: ReadonlySet<Topic> = new Set()
  let topicChange: AbortController | undefined
  let debounceTimer: ReturnType<typeof setTimeout> | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined
  let isPaused = false

  const neededTopics = (): ReadonlySet<Topic> => {
    const names = TOPIC_NAMES.filter((name) => (listeners.get(name)?.size ?? 0) > 0)
    return new Set([
      ...names,
      ...[...ports.keys()].sort().map((device) => `ports:${device}` as const),
    ])
  }
  /**
   * An additional topic needs a new stream, which resumes at the last event. A topic less can wait.
   */
  const updateTopics = (): void => {
    if (running === undefined || debounceTimer !== undefined) return
    debounceTimer = setTimeout(() => {
      debounceTimer = undefined
      if (requestedTopics.size > 0 && !neededTopics().isSubsetOf(requestedTopics))
        topicChange?.abort()
    }, DEBOUNCE_MS)
  }

  const setPhase = (next: LiveState["phase"]): void => {
    if (state.value.phase !== next)
      state.set({ phase: next, sinceMs: Date.now(), lastReceivedAtMs })
  }

  const dispatch = (message: SseMessage): void => {
    if (message.id !== null) lastId = message.id
    const subscribers = listeners.get(message.event)
    if (subscribers === undefined || subscribers.size === 0) return
    const data = JSON.parse(escapeHidden(message.data)) as never
    for (const listener of [...subscribers]) listener(data)
  }

  const readStream = async (signal: AbortSignal): Promise<"ended" | "logged-out"> => {
    const timeout = new AbortController()
    let timer = setTimeout(() => timeout.abort(), STREAM_TIMEOUT_MS)
    const resetTimer = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => timeout.abort(), STREAM_TIMEOUT_MS)
    }
    try {
      requestedTopics = neededTopics()
      const query = new URLSearchParams()
      if (lastId !== null) query.set("after", lastId)
      if (requestedTopics.size > 0) query.set("topics", [...requestedTopics].join(","))
      const response = await fetcher(query.size === 0 ? "/api/v1/live" : `/api/v1/live?${query}`, {
        credentials: "same-origin",
        headers: { accept: "text/event-stream" },
        cache: "no-store",
        signal: AbortSignal.any([signal, timeout.signal]),
      })
      if (response.status === 401) return "logged-out"
      if (!response.ok || response.body === null) return "ended"
      const read = createSseReader(dispatch)
      const decoder = new TextDecoder()
      for await (const chunk of chunks(response.body)) {
        resetTimer()
        lastReceivedAtMs = Date.now()
        setPhase("live")
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

  const run = async (signal: AbortSignal): Promise<void> => {
    for (let attempt = 0; !signal.aborted; ) {
      const startedMs = Date.now()
      topicChange = new AbortController()
      const outcome = await readStream(AbortSignal.any([signal, topicChange.signal]))
      if (signal.aborted) return
      if (topicChange.signal.aborted) continue
      if (outcome === "logged-out") {
        // The next login starts a new stream.
        running = undefined
        return onLoggedOut()
      }
      setPhase("lost")
      attempt = Date.now() - startedMs > 10_000 ? 0 : attempt + 1
      await wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 3_000, signal)
    }
  }

  const connect = (): void => {
    lastReceivedAtMs = Date.now()
    running = new AbortController()
    void run(running.signal)
  }
  /** A tab that becomes visible again resumes after its last event. */
  const onVisibility = (): void => {
    clearTimeout(hiddenTimer)
    if (page?.visibilityState === "hidden") {
      hiddenTimer = setTimeout(() => {
        isPaused = running !== undefined
        running?.abort()
        running = undefined
        setPhase("connecting")
      }, HIDDEN_TIMEOUT_MS)
    } else if (isPaused) {
      isPaused = false
      connect()
    }
  }

  return {
    state,
    on: (name, listener) => {
      const subscribers = listeners.get(name) ?? new Set()
      listeners.set(name, subscribers)
      subscribers.add(listener)
      updateTopics()
      return () => {
        subscribers.delete(listener)
      }
    },
    withPorts: (device) => {
      ports.set(device, (ports.get(device) ?? 0) + 1)
      updateTopics()
      return () => {
        const others = (ports.get(device) ?? 1) - 1
        if (others === 0) ports.delete(device)
        else ports.set(device, others)
      }
    },
    start: () => {
      if (running !== undefined) return
      connect()
      page?.addEventListener("visibilitychange", onVisibility)
    },
    stop: () => {
      page?.removeEventListener("visibilitychange", onVisibility)
      clearTimeout(hiddenTimer)
      isPaused = false
      clearTimeout(debounceTimer)
      debounceTimer = undefined
      running?.abort()
      running = undefined
      lastId = null
      setPhase("connecting")
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
