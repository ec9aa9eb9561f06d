import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { duration } from "../i18n/format/time.ts"
import { t } from "../i18n/strings/strings.ts"
import { staleAgeMs, staleInMs } from "../state/freshness.ts"
import { nowMs } from "./now.ts"

const REDRAW_MS = 1_000

/**
 * A measured value. Older than twice its interval, it turns grey and shows "42 s old". `at` is when
 * it was measured, `interval` how often it is measured, both in ms.
 */
@customElement("ispvm-age")
export class IspvmAge extends LitElement {
  @property({ type: Number, attribute: "at" }) atMs: number | null = null
  @property({ type: Number, attribute: "interval" }) intervalMs = 10_000
  /** Shows its age only on hover, where there is no room or the age is shown beside it. */
  @property({ type: Boolean }) quiet = false
  @property({ type: Boolean, reflect: true }) stale = false
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = css`
    :host {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: baseline;
      column-gap: var(--space-1-5);
      min-inline-size: 0;
    }
    :host([quiet]) {
      display: inline;
    }
    :host([stale]),
    :host([stale]) ::slotted(*) {
      color: var(--text-3) !important;
    }
    small {
      font-size: var(--type-tiny);
      font-weight: var(--weight-normal);
      color: var(--text-3);
      white-space: nowrap;
    }
  `

  override connectedCallback(): void {
    super.connectedCallback()
    this.requestUpdate()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }
  override willUpdate(): void {
    this.stale = this.#staleMs() !== null
  }
  override updated(): void {
    clearTimeout(this.#timer)
    if (!this.isConnected) return
    const nextMs = this.stale ? REDRAW_MS : staleInMs(this.atMs, this.intervalMs, nowMs())
    if (nextMs !== null) this.#timer = setTimeout(() => this.requestUpdate(), nextMs)
  }

  override render() {
    const ageMs = this.#staleMs()
    if (ageMs === null) return html`<slot></slot>`
    const text = t.components.stale(duration(ageMs))
    return this.quiet
      ? html`<slot title=${text}></slot>`
      : html`<slot></slot><small>${text}</small>${nothing}`
  }

  #staleMs(): number | null {
    return staleAgeMs(this.atMs, this.intervalMs, nowMs())
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-age": IspvmAge
  }
}
