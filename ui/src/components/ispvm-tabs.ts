import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property } from "lit/decorators.js"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"

export type Tab = { readonly key: string; readonly label: string; readonly count?: number }

/** Tabs. Emits `pick-tab` with the key; arrow keys move. The page renders the panel. */
@customElement("ispvm-tabs")
export class IspvmTabs extends LitElement {
  @property({ attribute: false }) tabs: readonly Tab[] = []
  @property() active = ""
  @property() label = ""

  static override styles = [
    shared,
    css`
      :host {
        border-block-end: var(--line);
      }
      div {
        display: flex;
        gap: var(--space-4);
        overflow-x: auto;
      }
      button {
        border: 0;
        background: none;
        padding: var(--space-2) 0;
        min-block-size: var(--space-9);
        color: var(--text-2);
        font-weight: var(--weight-medium);
        cursor: pointer;
        border-block-end: var(--line-thick) solid transparent;
        margin-block-end: calc(-1 * var(--line-width));
        white-space: nowrap;
      }
      button[aria-selected="true"] {
        color: var(--text-strong);
        border-color: var(--text-strong);
      }
      small {
        font-size: var(--type-tiny);
        color: var(--text-3);
        margin-inline-start: var(--space-1);
      }
    `,
  ]

  /** A row that is wider than its place is scrolled to the active tab. */
  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("active") && !changed.has("tabs")) return
    const row = this.renderRoot.querySelector("div")
    const tab = this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')
    if (row === null || tab === null) return
    const [place, own] = [row.getBoundingClientRect(), tab.getBoundingClientRect()]
    if (own.right > place.right) row.scrollLeft += own.right - place.right
    else if (own.left < place.left) row.scrollLeft -= place.left - own.left
  }

  override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.#onKey}>
      ${this.tabs.map(
        (tab) => html`<button
          role="tab"
          type="button"
          aria-selected=${tab.key === this.active ? "true" : "false"}
          tabindex=${tab.key === this.active ? 0 : -1}
          @click=${() => emit(this, "pick-tab", tab.key)}
        >
          ${tab.label}${tab.count === undefined ? nothing : html`<small>${tab.count}</small>`}
        </button>`,
      )}
    </div>`
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    if (step === 0) return
    const at = this.tabs.findIndex((tab) => tab.key === this.active)
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length]
    if (next === undefined) return
    emit(this, "pick-tab", next.key)
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus(),
    )
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-tabs": IspvmTabs
  }
}
