import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { duration } from "../format/time.ts"
import { t } from "../strings/strings.ts"
import { nowMs } from "./now.ts"

/** Wraps a value and marks it once it is older than twice its interval: it greys and says "42 s old". */
@customElement("ispvm-age")
export class IspvmAge extends LitElement {
  @property({ type: Number, attribute: "at" }) atMs: number | null = null
  @property({ type: Number, attribute: "interval" }) intervalMs = 10_000
  /** Greys only, where the age itself is already what is shown. */
  @property({ type: Boolean }) quiet = false
  @property({ type: Boolean, reflect: true }) stale = false
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: baseline;
      gap: 6px;
    }
    :host([stale]) {
      color: var(--text-3);
    }
    small {
      font-size: var(--type-tiny);
      color: var(--text-3);
      white-space: nowrap;
    }
  `

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => this.requestUpdate(), 1_000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }
  override willUpdate(): void {
    this.stale = this.atMs !== null && nowMs() - this.atMs > 2 * this.intervalMs
  }

  override render() {
    const age =
      this.stale && this.atMs !== null && !this.quiet
        ? html`<small>${t.parts.stale(duration(nowMs() - this.atMs))}</small>`
        : nothing
    return html`<slot></slot>${age}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-age": IspvmAge
  }
}
