import type { Health } from "@ispvm/appliance/api/health"
import { html, LitElement } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Api } from "../api/client.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-icon.ts"

const POLL_INTERVAL_MS = 10_000

/** Bar with problems of the appliance itself: it cannot store data, or its clock was set. */
@customElement("ispvm-health-bar")
export class IspvmHealthBar extends LitElement {
  @property({ attribute: false }) api: Pick<Api, "health"> | null = null
  @state() private problems: Health["problems"] = []
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = shared

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => void this.#load(), POLL_INTERVAL_MS)
    void Promise.resolve().then(() => this.#load())
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #load(): Promise<void> {
    try {
      this.problems = (await this.api?.health())?.problems ?? []
    } catch {
      // The stream bar reports an appliance that does not answer.
    }
  }

  override render() {
    return html`<section role="status" aria-live="polite" aria-label=${t.shell.health}>
      ${this.problems.map(({ message }) => html`<div class="warn-bar"><ispvm-icon name="triangle-alert"></ispvm-icon>${messageText(message)}</div>`)}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-health-bar": IspvmHealthBar
  }
}
