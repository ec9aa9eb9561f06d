import { css, html, LitElement, type PropertyValues } from "lit"
import { customElement, property, query } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { contentsHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"

/**
 * A modal dialog. Emits `dismiss` on Esc, the close button or a click outside. Slot `actions` is
 * the footer.
 */
@customElement("ispvm-dialog")
export class IspvmDialog extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false
  @property() heading = ""
  @property({ type: Boolean, reflect: true }) wide = false
  @query("dialog") private dialog: HTMLDialogElement | null | undefined

  static override styles = [
    shared,
    contentsHost,
    css`
      dialog {
        border: 0;
        padding: 0;
        margin: 12vh auto auto;
        inline-size: min(var(--size-110), calc(100vw - var(--space-6)));
        max-block-size: 80vh;
        background: var(--surface-2);
        color: var(--text);
        border-radius: calc(var(--radius) * 1.5);
        box-shadow: var(--shadow);
      }
      :host([wide]) dialog {
        inline-size: min(var(--size-190), calc(100vw - var(--space-6)));
      }
      header {
        display: flex;
        align-items: center;
        padding-block-start: var(--space-3);
        padding-inline: var(--space-5) var(--space-2);
        gap: var(--space-2);
      }
      header h2 {
        flex: 1;
        font-size: var(--type-large);
      }
      .body {
        padding: var(--space-3) var(--space-5) var(--space-5);
        display: grid;
        gap: var(--space-4);
      }
      footer {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
        padding: 0 var(--space-5) var(--space-5);
      }
    `,
  ]

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.dialog) return
    if (this.open && !this.dialog.open) this.dialog.showModal()
    if (!this.open && this.dialog.open) this.dialog.close()
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.#onCancel} @click=${this.#onClick}>
      <header>
        <h2 id="heading">${this.heading}</h2>
        <ispvm-button kind="quiet" icon="x" label=${t.components.close} @click=${this.#dismiss}></ispvm-button>
      </header>
      <div class="body"><slot></slot></div>
      <footer><slot name="actions"></slot></footer>
    </dialog>`
  }

  readonly #dismiss = (): void => {
    this.open = false
    emit(this, "dismiss", null)
  }
  readonly #onCancel = (event: Event): void => {
    event.preventDefault()
    this.#dismiss()
  }
  readonly #onClick = (event: Event): void => {
    if (event.target === this.dialog) this.#dismiss()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-dialog": IspvmDialog
  }
}
