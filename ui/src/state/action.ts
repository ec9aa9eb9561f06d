import type { ReactiveController, ReactiveControllerHost } from "lit"
import { ApiError } from "../api/problem.ts"

/** The user action of an element: one at a time, its name, and the error of the last one. */
export class ActionController<W extends string = string> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #running: W | null = null
  #error: ApiError | null = null

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    // Nothing to start: an action starts with the user.
  }

  get running(): W | null {
    return this.#running
  }
  get isBusy(): boolean {
    return this.#running !== null
  }
  get error(): ApiError | null {
    return this.#error
  }
  /** The error message; empty if there is none. */
  get message(): string {
    return this.#error?.message ?? ""
  }

  clear(): void {
    this.#error = null
    this.#host.requestUpdate()
  }

  /**
   * Runs `work` unless an action is running. Returns its result, or null if it did not run or the
   * appliance answered with an error; other errors are thrown.
   */
  async run<T>(what: W, work: () => Promise<T>): Promise<{ readonly value: T } | null> {
    if (this.isBusy) return null
    this.#running = what
    this.clear()
    try {
      return { value: await work() }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#error = error
      return null
    } finally {
      this.#running = null
      this.#host.requestUpdate()
    }
  }
}
