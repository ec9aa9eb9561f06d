import type { ReactiveController, ReactiveControllerHost } from "lit"
import type { Readable } from "./store.ts"

/** Updates its host when one of the stores changes, while the host is attached. */
export class StoreController implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #stores: () => readonly Readable<unknown>[]
  #stops: (() => void)[] = []

  constructor(host: ReactiveControllerHost, stores: () => readonly Readable<unknown>[]) {
    this.#host = host
    this.#stores = stores
    host.addController(this)
  }

  hostConnected(): void {
    this.#stops = this.#stores().map((store) => store.subscribe(() => this.#host.requestUpdate()))
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
  }
}
