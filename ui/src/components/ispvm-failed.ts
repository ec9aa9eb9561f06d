import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { noticeHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"
import "./ispvm-icon.ts"

/** Error state: what failed, why, and a retry button. Emits `retry`. */
@customElement("ispvm-failed")
export class IspvmFailed extends LitElement {
  @property() heading = t.components.failedTitle as string
  @property() why = ""
  @property({ type: Boolean }) fixed = false
  /** It is the whole page, so its heading is the page heading. */
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
    // A heading with role alert would not be a heading any more.
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
