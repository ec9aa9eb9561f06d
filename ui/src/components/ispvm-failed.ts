import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { noticeHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"
import "./ispvm-icon.ts"

/** What could not be shown, why, and a way to try again. Emits `retry`. */
@customElement("ispvm-failed")
export class IspvmFailed extends LitElement {
  @property() heading = t.components.failedTitle as string
  @property() why = ""
  @property({ type: Boolean }) fixed = false
  /** It is all there is on the page: its heading is the page's. */
  @property({ type: Boolean }) first = false

  static override styles = [
    shared,
    noticeHost,
    css`
      p {
        color: var(--text-2);
        max-inline-size: 56ch;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render() {
    // A heading that is an alert itself is no heading any more.
    return html`<ispvm-icon class="status-degraded" name="triangle-alert" size="20"></ispvm-icon>
      <div role="alert">${this.first ? html`<h1>${this.heading}</h1>` : html`<h2>${this.heading}</h2>`}</div>
      <p>${this.why}</p>
      ${this.fixed ? nothing : html`<ispvm-button class="space-before" icon="rotate-cw" @click=${() => emit(this, "retry", null)}>${t.components.retry}</ispvm-button>`}
      <slot></slot>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-failed": IspvmFailed
  }
}
