/** The rows of a `/listen` as an async iterator. */
import { CollectError } from "../../collector.ts"
import type { Row } from "./reply.ts"

/** `isGone`: the item was removed, and only its id is reported. */
export type ListenRow = {
  readonly id: string | null
  readonly isRemoved: boolean
  readonly row: Row
}

/** The manual documents `yes` for a removed item; CHR 7.23.1 sends `true`. */
export const listenRow = (row: Row): ListenRow => {
  const dead = row.get(".dead")
  return { id: row.get(".id") ?? null, isRemoved: dead === "yes" || dead === "true", row }
}

type Waiter = {
  readonly resolve: (result: IteratorResult<ListenRow>) => void
  readonly reject: (error: Error) => void
}

/** A consumer this far behind will not catch up; keeping more rows would only cost memory. */
const MAX_WAITING_ROWS = 10_000

export class Listening implements AsyncIterableIterator<ListenRow> {
  readonly #command: string
  readonly #onStop: () => void
  readonly #rows: ListenRow[] = []
  readonly #waiters: Waiter[] = []
  readonly #free: () => void
  #ended: { readonly error: Error | null } | null = null

  /** `onStop` is called once, when this side ends the listening. */
  constructor(command: string, signal: AbortSignal | undefined, onStop: () => void) {
    this.#command = command
    this.#onStop = onStop
    const onAbort = (): void => this.#stop(null)
    this.#free = () => signal?.removeEventListener("abort", onAbort)
    signal?.addEventListener("abort", onAbort, { once: true })
    if (signal?.aborted) this.#stop(null)
  }

  get isEnded(): boolean {
    return this.#ended !== null
  }

  push(row: Row): void {
    if (this.#ended !== null) return
    const value = listenRow(row)
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) waiter.resolve({ done: false, value })
    else if (this.#rows.push(value) > MAX_WAITING_ROWS)
      this.#stop(
        new CollectError(
          "failed",
          `${this.#command}: ${MAX_WAITING_ROWS} rows are waiting to be read`,
        ),
      )
  }

  /** Received rows are still delivered; then comes the end, or the error. */
  end(error: Error | null): void {
    if (this.#ended !== null) return
    this.#ended = { error }
    this.#free()
    const [first, ...others] = this.#waiters.splice(0)
    if (first === undefined) return
    if (error === null) first.resolve({ done: true, value: undefined })
    else {
      first.reject(error)
      this.#ended = { error: null } // Thrown once.
    }
    for (const waiter of others) waiter.resolve({ done: true, value: undefined })
  }

  async next(): Promise<IteratorResult<ListenRow>> {
    const value = this.#rows.shift()
    if (value !== undefined) return { done: false, value }
    if (this.#ended === null)
      return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
    const { error } = this.#ended
    this.#ended = { error: null }
    if (error !== null) throw error
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<ListenRow>> {
    this.#rows.length = 0
    this.#stop(null)
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #stop(error: Error | null): void {
    if (this.#ended !== null) return
    this.end(error)
    this.#onStop()
  }
}
