import { css, html, LitElement, type PropertyValues } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"

/** A drawer beside a list, which stays usable. Emits `dismiss`. */
@customElement("ispvm-drawer")
export class IspvmDrawer extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false
  @property() heading = ""

  static override styles = [
    shared,
    css`
      :host {
        position: fixed;
        inset-block: var(--bar-height) 0;
        inset-inline-end: 0;
        inline-size: min(var(--size-110), 100vw);
        background: var(--surface-1);
        border-inline-start: var(--line);
        box-shadow: var(--shadow);
        z-index: var(--layer-scrim);
        display: grid;
        grid-template-rows: auto 1fr;
        animation: slide var(--time-quick) ease-out;
      }
      :host(:not([open])) {
        display: none;
      }
      @keyframes slide {
        from {
          transform: translateX(var(--space-4));
          opacity: 0;
        }
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border-block-end: var(--line);
      }
      h2 {
        flex: 1;
        font-size: var(--type-large);
        overflow-wrap: anywhere;
      }
      .body {
        overflow: auto;
        overscroll-behavior: contain;
      }
      @media (max-width: 640px) {
        :host {
          inset-block: auto 0;
          inset-inline: 0;
          inline-size: auto;
          max-block-size: 82dvh;
          border-start-start-radius: var(--radius-sheet);
          border-start-end-radius: var(--radius-sheet);
          z-index: var(--layer-drawer);
        }
      }
    `,
  ]

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("open") && this.open) this.setAttribute("role", "complementary")
    this.setAttribute("aria-label", this.heading)
  }

  override render() {
    return html`<header>
        <h2>${this.heading}</h2>
        <slot name="actions"></slot>
        <ispvm-button kind="quiet" icon="x" label=${t.components.close} @click=${() => emit(this, "dismiss", null)}></ispvm-button>
      </header>
      <div class="body" tabindex="0"><slot></slot></div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-drawer": IspvmDrawer
  }
}
