import { css, html, LitElement, nothing } from "lit"
import { customElement, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import "./ispvm-icon.ts"

export type Toast = {
  readonly text: string
  readonly tone: "done" | "failed"
  readonly href?: string
}
type Shown = Toast & { readonly key: number }

/**
 * Messages about the last user action. Failures stay until dismissed; others disappear after six
 * seconds.
 */
@customElement("ispvm-toasts")
export class IspvmToasts extends LitElement {
  @state() private shown: readonly Shown[] = []
  #count = 0

  static override styles = [
    shared,
    css`
      :host {
        position: fixed;
        inset-block-end: var(--space-6);
        inset-inline-end: var(--space-6);
        display: grid;
        gap: var(--space-2);
        z-index: var(--layer-toast);
        max-inline-size: min(var(--size-110), calc(100vw - 2 * var(--space-4)));
        pointer-events: none;
      }
      .toast {
        pointer-events: auto;
        display: flex;
        gap: var(--space-2);
        align-items: center;
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-3);
        background: var(--surface-3);
        border-radius: var(--radius);
        box-shadow: var(--shadow);
        animation: rise var(--time-quick) ease-out;
      }
      button {
        border: 0;
        background: none;
        cursor: pointer;
        padding: var(--space-1-5);
        display: grid;
        color: var(--text-3);
      }
      @keyframes rise {
        from {
          transform: translateY(var(--space-2));
          opacity: 0;
        }
      }
      @media (max-width: 640px) {
        :host {
          inset-inline: var(--space-3);
          inset-block-end: calc(var(--size-20) + env(safe-area-inset-bottom));
          max-inline-size: none;
        }
      }
    `,
  ]

  show(toast: Toast): void {
    this.#count += 1
    const key = this.#count
    this.shown = [...this.shown.slice(-3), { ...toast, key }]
    if (toast.tone === "done") setTimeout(() => this.#drop(key), 6_000)
  }

  override render() {
    return html`<div role="status" aria-live="polite">
      ${repeat(
        this.shown,
        (each) => each.key,
        (each) => html`<div class="toast ${each.tone}">
          <ispvm-icon class=${each.tone === "done" ? "status-recovering" : "status-degraded"} name=${each.tone === "done" ? "circle-check" : "triangle-alert"}></ispvm-icon>
          <span class="grow wrap">${each.href === undefined ? each.text : html`<a href=${each.href}>${each.text}</a>`}</span>
          <button type="button" aria-label=${t.components.dismiss} title=${t.components.dismiss} @click=${() => this.#drop(each.key)}>
            <ispvm-icon name="x"></ispvm-icon>
          </button>
        </div>`,
      )}${nothing}
    </div>`
  }

  #drop(key: number): void {
    this.shown = this.shown.filter((each) => each.key !== key)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-toasts": IspvmToasts
  }
}
