import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { ago, duration, exact, nextChangeMs } from "../i18n/format/time.ts"
import { t } from "../i18n/strings/strings.ts"
import { nowMs } from "./now.ts"

/**
 * A time as "4 min ago", updated automatically, with the exact time on hover. With `since` only the
 * duration: "4 min".
 */
@customElement("ispvm-time")
export class IspvmTime extends LitElement {
  @property({ type: Number, attribute: "at" }) atMs: number | null = null
  @property({ type: Boolean }) since = false
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = css`
    :host {
      display: inline;
    white-space: nowrap;
    }
  `

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }
  override connectedCallback(): void {
    super.connectedCallback()
    this.requestUpdate()
  }
  override updated(): void {
    clearTimeout(this.#timer)
    if (this.atMs === null || !this.isConnected) return
    this.#timer = setTimeout(
      () => this.requestUpdate(),
      Math.max(250, nextChangeMs(this.atMs, nowMs()) + 10),
    )
  }

  override render() {
    if (this.atMs === null) return html`${t.terms.none}`
    const now = nowMs()
    const text = this.since ? duration(now - this.atMs) : ago(this.atMs, now)
    return html`<time datetime=${new Date(this.atMs).toISOString()} title=${exact(this.atMs)}>${text}</time>${nothing}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-time": IspvmTime
  }
}
