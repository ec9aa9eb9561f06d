import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Live } from "../api/live.ts"
import { duration } from "../i18n/format/time.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-icon.ts"

/** Bar that says that the page is not live, and how old its data is. */
@customElement("ispvm-stream-bar")
export class IspvmStreamBar extends LitElement {
  @property({ attribute: false }) live: Live | null = null
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    css`
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.live === null ? [] : [this.live.state]))
  }
  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      if (this.live?.state.value.phase === "lost") this.requestUpdate()
    }, 1_000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const state = this.live?.state.value
    const lost = state?.phase === "lost"
    return html`<section role="status" aria-live="polite" aria-label=${t.shell.live.lost}>
      ${lost ? html`<div class="warn-bar"><ispvm-icon name="wifi-off"></ispvm-icon>${t.shell.lost(duration(Date.now() - state.lastReceivedAtMs))}</div>` : nothing}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-stream-bar": IspvmStreamBar
  }
}
