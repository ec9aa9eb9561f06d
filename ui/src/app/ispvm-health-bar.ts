import type { Health } from "@ispvm/appliance/api/health"
import { css, html, LitElement } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Api } from "../api/client.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import "../components/ispvm-icon.ts"

const POLL_INTERVAL_MS = 10_000

/** The lines at the top that say what is wrong with the appliance itself: it cannot store, or its clock was set. */
@customElement("ispvm-health-bar")
export class IspvmHealthBar extends LitElement {
  @property({ attribute: false }) api: Pick<Api, "health"> | null = null
  @state() private problems: Health["problems"] = []
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    css`
    `,
  ]

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
      // An appliance that does not answer at all is said by the line of the stream.
    }
  }

  override render() {
    return html`<section role="status" aria-live="polite" aria-label=${t.shell.health}>
      ${this.problems.map(({ sentence }) => html`<div class="warn-bar"><ispvm-icon name="triangle-alert"></ispvm-icon>${sentence}</div>`)}
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-health-bar": IspvmHealthBar
  }
}
