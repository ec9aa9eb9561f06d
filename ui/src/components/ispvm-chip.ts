import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { shared } from "../theme/shared.ts"

/** A filter toggle with a count. Emits a plain `click`. */
@customElement("ispvm-chip")
export class IspvmChip extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true }
  @property({ type: Boolean, reflect: true }) active = false
  /** Nothing is behind it. */
  @property({ type: Boolean, reflect: true }) hollow = false
  @property({ type: Number }) count: number | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1-5);
        min-block-size: var(--space-7);
        padding: 0 var(--space-2-5);
        border: var(--line);
        border-radius: var(--radius-pill);
        background: none;
        color: var(--text-2);
        font-size: var(--type-small);
        cursor: pointer;
        white-space: nowrap;
      }
      :host([active]) button {
        background: var(--surface-3);
        border-color: var(--text-3);
        color: var(--text-strong);
      }
      :host([hollow]:not([active])) button {
        border-style: dashed;
        color: var(--text-3);
      }
      small {
        font-size: inherit;
        color: var(--text-3);
      }
      @media (max-width: 640px) {
        button {
          min-block-size: var(--space-9);
          border-radius: var(--radius-pill);
        }
      }
    `,
  ]

  override render() {
    return html`<button class="hover-fill" type="button" aria-pressed=${this.active ? "true" : "false"}>
      <slot></slot>${this.count === null ? nothing : html`<small>${this.count}</small>`}
    </button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-chip": IspvmChip
  }
}
