import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { noticeHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import type { IconName } from "./icons.ts"
import "./ispvm-icon.ts"

/** Empty state: what will be shown, and in the slot the action that starts it. */
@customElement("ispvm-empty")
export class IspvmEmpty extends LitElement {
  @property() icon: IconName = "circle-dashed"
  @property() heading = ""
  @property() text = ""
  /** It is the whole page, so its heading is the page heading. */
  @property({ type: Boolean }) first = false

  static override styles = [
    shared,
    noticeHost,
    css`
      p {
        color: var(--text-2);
        max-inline-size: 46ch;
      }
      .step {
        margin-block-start: var(--space-2);
        display: flex;
        gap: var(--space-2);
        flex-wrap: wrap;
        justify-content: center;
      }
    `,
  ]

  override render() {
    return html`<ispvm-icon class="muted" name=${this.icon} size="20"></ispvm-icon>
      ${this.first ? html`<h1>${this.heading}</h1>` : html`<h2>${this.heading}</h2>`}
      ${this.text === "" ? nothing : html`<p>${this.text}</p>`}
      <div class="step"><slot></slot></div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-empty": IspvmEmpty
  }
}
