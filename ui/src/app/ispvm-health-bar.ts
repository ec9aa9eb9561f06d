import { html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Api } from "../api/client.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-icon.ts"

const POLL_INTERVAL_MS = 10_000

/** Bar with problems of the appliance itself: it cannot store data, or its clock was set. */
@customElement("ispvm-health-bar")
export class IspvmHealthBar extends LitElement {
  @property({ attribute: false }) api: Pick<Api, "health"> | null = null
  /** The stream bar reports an appliance that does not answer. */
  readonly #health = new RequestController(this, {
    key: () => (this.api === null ? null : ([this.api] as const)),
    load: ([api]) => api.health(),
    everyMs: POLL_INTERVAL_MS,
  })

  static override styles = shared

  override render() {
    return html`<section role="status" aria-live="polite" aria-label=${t.shell.health}>
      ${(this.#health.value?.problems ?? []).map(({ message }) => html`<div class="warn-bar"><ispvm-icon name="triangle-alert"></ispvm-icon>${messageText(message)}</div>`)}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-health-bar": IspvmHealthBar
  }
}
