import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { clock } from "../i18n/format/time.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"
import "./ispvm-icon.ts"

/**
 * What is shown is old: when it was read, why it could not be read again, and a way to try. Emits
 * `retry`.
 */
@customElement("ispvm-stale")
export class IspvmStale extends LitElement {
  @property({ type: Number }) at = 0
  @property() why = ""
  /** What is old and what follows, in place of a text that fits anything. */
  @property() text = ""

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        padding: var(--space-1) var(--space-3);
        border-radius: var(--radius);
        background: var(--warn-tint);
        color: var(--status-degraded-text);
      }
      p {
        flex: 1 1 30ch;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render() {
    return html`<div>
      <ispvm-icon name="clock"></ispvm-icon>
      <p role="status">${this.text === "" ? t.lists.stale(clock(this.at)) : this.text} ${this.why}</p>
      <ispvm-button kind="quiet" icon="rotate-cw" @click=${() => emit(this, "retry", null)}>${t.components.retry}</ispvm-button>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-stale": IspvmStale
  }
}
