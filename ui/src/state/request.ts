import { initialState, Task } from "@lit/task"
import type { ReactiveController, ReactiveControllerHost } from "lit"
import { ApiError } from "../api/problem.ts"
import { nowMs } from "../components/now.ts"

/** How far a request has come. `stale`: it was answered once, and the last reload failed. */
export type RequestState<T> =
  | { readonly phase: "loading" }
  | { readonly phase: "failed"; readonly error: Error }
  | { readonly phase: "ready"; readonly value: T; readonly atMs: number }
  | {
      readonly phase: "stale"
      readonly value: T
      readonly atMs: number
      readonly error: Error
    }

export type RequestOptions<T, K extends readonly unknown[]> = {
  /** What is requested. Another key is another request; null requests nothing. */
  readonly key: () => K | null
  readonly load: (key: K, signal: AbortSignal) => Promise<T>
  /** Reload interval in ms. */
  readonly everyMs?: number
  /** After this many ms a failed reload is tried again. */
  readonly retryMs?: number
  /** Whether a failed reload means that the old value is gone: it is dropped then. */
  readonly isGone?: (error: Error) => boolean
  /**
   * Whether the value of one key stays while another loads, such as rows while a page is turned. If
   * that fails, the value goes: it does not answer what is asked.
   */
  readonly keepsValue?: (was: K, is: K) => boolean
  /** Whether two keys are versions of one thing: its value stays also if the later one fails. */
  readonly isSame?: (was: K, is: K) => boolean
  /** Called with each answer, once it is the value. */
  readonly onReady?: (value: T) => void
}

type Parts<T> = {
  readonly loading: () => unknown
  readonly failed: (error: Error) => unknown
  /** Also for a stale value. */
  readonly ready: (value: T) => unknown
}

/**
 * One request of an element: loads when its key changes, reloads on an interval, keeps the last
 * value of a key when a reload fails, and ignores answers to an earlier key.
 */
export class RequestController<T, K extends readonly unknown[] = readonly unknown[]>
  implements ReactiveController
{
  readonly #host: ReactiveControllerHost
  readonly #options: RequestOptions<T, K>
  readonly #task: Task<readonly unknown[], T>
  #state: RequestState<T> = { phase: "loading" }
  #key: K | null = null
  /** The key that the value answers. */
  #valueKey: K | null = null
  #isPending = false
  #isConnected = false
  /** A host that returns to the page loads again. */
  #connections = 0
  #interval: ReturnType<typeof setInterval> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: RequestOptions<T, K>) {
    this.#host = host
    this.#options = options
    this.#task = new Task<readonly unknown[], T>(host, {
      args: () => [this.#connections, ...(options.key() ?? [initialState])],
      task: (_, { signal }) => this.#load(signal),
      onComplete: (value) => {
        this.#valueKey = this.#key
        this.#setState({ phase: "ready", value, atMs: nowMs() })
        options.onReady?.(value)
      },
      onError: (error) => this.#fail(error),
    })
    host.addController(this)
  }

  get state(): RequestState<T> {
    return this.#state
  }
  /** The last value read; undefined before the first. */
  get value(): T | undefined {
    return "value" in this.#state ? this.#state.value : undefined
  }
  /** When the value was read, in the appliance's time. */
  get atMs(): number {
    return "atMs" in this.#state ? this.#state.atMs : 0
  }
  get isStale(): boolean {
    return this.#state.phase === "stale"
  }
  get isPending(): boolean {
    return this.#isPending
  }

  hostConnected(): void {
    this.#isConnected = true
    this.#connections += 1
    const { everyMs } = this.#options
    if (everyMs !== undefined)
      this.#interval = setInterval(() => {
        if (!this.#isPending) void this.reload()
      }, everyMs)
    this.#host.requestUpdate()
  }
  hostDisconnected(): void {
    this.#isConnected = false
    clearInterval(this.#interval)
    clearTimeout(this.#timer)
  }

  /** Resolves when the request is answered or has failed. */
  readonly reload = async (): Promise<void> => {
    clearTimeout(this.#timer)
    if (this.#options.key() !== null) await this.#task.run()
  }
  /** Reloads after `ms`; a later call replaces an earlier one. */
  reloadIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.reload(), ms)
  }
  /** Changes the value in place, for example with a message of the live stream. */
  update(step: (value: T) => T): void {
    if (!("value" in this.#state)) return
    this.#state = { ...this.#state, value: step(this.#state.value) }
    this.#host.requestUpdate()
  }

  render(parts: Parts<T>): unknown {
    const state = this.#state
    switch (state.phase) {
      case "loading":
        return parts.loading()
      case "failed":
        return parts.failed(state.error)
      case "ready":
      case "stale":
        return parts.ready(state.value)
    }
  }

  #load(signal: AbortSignal): Promise<T> | typeof initialState {
    const key = this.#options.key()
    const was = this.#key
    const isKept =
      key !== null &&
      was !== null &&
      (this.#isSame(was, key) || this.#options.keepsValue?.(was, key) === true)
    if (!isKept || this.#state.phase === "failed") this.#state = { phase: "loading" }
    this.#key = key
    if (key === null) return initialState
    this.#isPending = true
    return this.#options.load(key, signal)
  }

  #isSame(was: K, is: K): boolean {
    return isSameKey(was, is) || this.#options.isSame?.(was, is) === true
  }

  #setState(state: RequestState<T>): void {
    this.#isPending = false
    this.#state = state
    this.#host.requestUpdate()
  }

  #fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause), { cause })
    // Any other error is a defect of the UI: it is shown and reported.
    if (!(error instanceof ApiError)) globalThis.reportError(error)
    const was = this.#state
    const [shown, asked] = [this.#valueKey, this.#key]
    const isAnswer = shown !== null && asked !== null && this.#isSame(shown, asked)
    const isKept = "value" in was && isAnswer && this.#options.isGone?.(error) !== true
    this.#setState(isKept ? { ...was, phase: "stale", error } : { phase: "failed", error })
    if (isKept && this.#options.retryMs !== undefined && this.#isConnected)
      this.reloadIn(this.#options.retryMs)
  }
}

const isSameKey = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((each, i) => Object.is(each, other[i]))
