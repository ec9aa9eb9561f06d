import type { ReactiveController, ReactiveControllerHost } from "lit"

/**
 * Choices of an element that are saved at once, one request after another. A choice is shown until
 * its request is answered; of several choices for one key, the last one counts.
 */
export class ChoiceController implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #save: (key: string, value: string) => Promise<void>
  readonly #pending = new Map<string, string>()
  #isSaving = false

  /** `save` also shows the outcome and reads the saved state again. */
  constructor(host: ReactiveControllerHost, save: (key: string, value: string) => Promise<void>) {
    this.#host = host
    this.#save = save
    host.addController(this)
  }

  hostConnected(): void {
    // Nothing to start: a choice starts with the user.
  }

  /** What to show: the choice that is not saved yet, else the saved value. */
  shown(key: string, saved: string): string {
    return this.#pending.get(key) ?? saved
  }

  async choose(key: string, value: string): Promise<void> {
    this.#pending.set(key, value)
    this.#host.requestUpdate()
    if (this.#isSaving) return
    this.#isSaving = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        await this.#save(...next)
        if (this.#pending.get(next[0]) === next[1]) this.#pending.delete(next[0])
        this.#host.requestUpdate()
      }
    } finally {
      this.#isSaving = false
      this.#pending.clear()
      this.#host.requestUpdate()
    }
  }

  #next(): readonly [key: string, value: string] | undefined {
    return this.#pending.entries().next().value
  }
}
