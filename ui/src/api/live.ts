/**
 * The one event stream of a screen. Read with fetch rather than EventSource, because only so the server's signs of life are
 * seen: three seconds of silence and the screen says that it is no longer live. It comes back by itself where it left off.
 */
import type { LiveData, LiveName } from "@ispvm/appliance/api/live"
import { createStore, type Readable } from "../state/store.ts"
import { createSseReader, type SseMessage } from "./sse.ts"

export type LiveState = { readonly phase: "connecting" | "live" | "lost"; readonly sinceMs: number }
export type Live = {
  readonly state: Readable<LiveState>
  readonly on: <N extends LiveName>(name: N, listener: (data: LiveData<N>) => void) => () => void
  readonly start: () => void
  readonly stop: () => void
}

const SILENCE_MS = 3_000
const RETRY_MS = [300, 600, 1_000, 2_000, 3_000] as const

export const createLive = (fetcher: typeof fetch, onLoggedOut: () => void): Live => {
  const state = createStore<LiveState>({ phase: "connecting", sinceMs: Date.now() })
  const listeners = new Map<string, Set<(data: never) => void>>()
  let lastId: string | null = null
  let running: AbortController | undefined

  const phase = (next: LiveState["phase"]): void => {
    if (state.value.phase !== next) state.set({ phase: next, sinceMs: Date.now() })
  }

  const tell = (message: SseMessage): void => {
    if (message.id !== null) lastId = message.id
    const heard = listeners.get(message.event)
    if (heard === undefined || heard.size === 0) return
    const data = JSON.parse(message.data) as never
    for (const listener of [...heard]) listener(data)
  }

  const readOnce = async (signal: AbortSignal): Promise<"ended" | "logged-out"> => {
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), SILENCE_MS)
    const alive = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
    }
    try {
      const after = lastId === null ? "" : `?after=${encodeURIComponent(lastId)}`
      const answer = await fetcher(`/api/v1/live${after}`, {
        credentials: "same-origin",
        headers: { accept: "text/event-stream" },
        cache: "no-store",
        signal: AbortSignal.any([signal, silence.signal]),
      })
      if (answer.status === 401) return "logged-out"
      if (!answer.ok || answer.body === null) return "ended"
      const read = createSseReader(tell)
      const decoder = new TextDecoder()
      for await (const chunk of chunks(answer.body)) {
        alive()
        phase("live")
        read(decoder.decode(chunk, { stream: true }))
      }
      return "ended"
    } catch (error) {
      // A stream that breaks off is expected and mended by the loop; what a listener threw is a fault of ours.
      if (isBreak(error)) return "ended"
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    for (let attempt = 0; !signal.aborted; ) {
      const startedMs = Date.now()
      const how = await readOnce(signal)
      if (signal.aborted) return
      if (how === "logged-out") {
        // Whoever logs in again starts a stream of their own.
        running = undefined
        return onLoggedOut()
      }
      phase("lost")
      attempt = Date.now() - startedMs > 10_000 ? 0 : attempt + 1
      await wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 3_000, signal)
    }
  }

  return {
    state,
    on: (name, listener) => {
      const heard = listeners.get(name) ?? new Set()
      listeners.set(name, heard)
      heard.add(listener)
      return () => {
        heard.delete(listener)
      }
    },
    start: () => {
      if (running !== undefined) return
      running = new AbortController()
      void run(running.signal)
    },
    stop: () => {
      running?.abort()
      running = undefined
      lastId = null
      phase("connecting")
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

const isBreak = (error: unknown): boolean =>
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
