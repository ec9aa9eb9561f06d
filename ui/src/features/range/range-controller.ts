import { html, type ReactiveController, type ReactiveControllerHost } from "lit"
import { nowMs } from "../../components/now.ts"
import { bounds, defaultSpan, type Range, readRange, zoomQuery } from "../device/range.ts"
import type { RangeQuery } from "./ispvm-range-bar.ts"
import "./ispvm-range-bar.ts"

/** Of the page: its query, and how to change it. */
type Address = {
  readonly query: () => URLSearchParams
  readonly setQuery: (changes: Readonly<Record<string, string>>) => void
}

/** The time range of a page's charts, as its address has it: presets, zoom and the way back. */
export class RangeController implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #address: Address
  /** The range of an address without one: as much as there is data, decided once. */
  #preset = "1h"
  #isPresetChosen = false

  constructor(host: ReactiveControllerHost, address: Address) {
    this.#host = host
    this.#address = address
    host.addController(this)
  }

  hostConnected(): void {
    // Nothing to start: the range is read when it is needed.
  }

  get value(): Range {
    return readRange(this.#address.query(), nowMs(), this.#preset)
  }
  get span(): { readonly fromMs: number; readonly toMs: number } {
    return bounds(this.value, nowMs())
  }
  /** Identifies the range in the key of a request. */
  get key(): string {
    return ["range", "from", "to"].map((name) => this.#address.query().get(name) ?? "").join("|")
  }

  /** Chooses a shorter range if there is less than an hour of data; true if the request changes. */
  choosePreset(firstAtMs: number | null): boolean {
    const range = this.value
    if (this.#isPresetChosen || range.kind === "fixed" || this.#address.query().has("range"))
      return false
    this.#isPresetChosen = true
    this.#preset = defaultSpan(firstAtMs, nowMs())
    this.#host.requestUpdate()
    return this.#preset !== range.key
  }

  bar() {
    return html`<ispvm-range-bar .range=${this.value} preset=${this.#preset} .query=${this.#address.query()} @change-range=${(event: CustomEvent<RangeQuery>) => this.#address.setQuery(event.detail)}></ispvm-range-bar>`
  }

  readonly onZoom = (event: CustomEvent<{ fromMs: number; toMs: number }>): void =>
    this.#address.setQuery(zoomQuery(event.detail.fromMs, event.detail.toMs))
  readonly onBack = (): void => this.#address.setQuery({ from: "", to: "" })
}
