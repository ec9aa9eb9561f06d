import { css, html, LitElement } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { copyText } from "./copy-text.ts"
import "./ispvm-button.ts"

/** Text that one click copies, in monospace. `inline` is for an address within a line. */
@customElement("ispvm-copy")
export class IspvmCopy extends LitElement {
  @property() text = ""
  @property({ type: Boolean, reflect: true }) inline = false
  @state() private copied = false

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        background: var(--surface-page);
        border: var(--line);
        border-radius: var(--radius);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-3);
      }
      :host([inline]) {
        display: inline-flex;
        background: none;
        border: 0;
        padding: 0;
        gap: var(--space-0-5);
      }
      code {
        font-family: var(--font-mono);
        font-size: var(--type-mono);
        /* What is taken along is shown letter by letter: != is no ≠. */
        font-variant-ligatures: none;
        overflow-wrap: anywhere;
        flex: 1;
        user-select: all;
      }
      :host([inline]) ispvm-button {
        --control-height: var(--space-6);
      }
    `,
  ]

  override render() {
    const label = this.copied ? t.components.copied : t.components.copy
    return html`<code>${this.text}</code
      ><ispvm-button kind=${this.inline ? "quiet" : "plain"} icon=${this.copied ? "check" : "copy"} label=${label} @click=${this.#onCopy}></ispvm-button
      ><span class="hidden-visually" role="status">${this.copied ? t.components.copied : ""}</span>`
  }

  readonly #onCopy = async (event: Event): Promise<void> => {
    event.stopPropagation()
    await copyText(this.text)
    this.copied = true
    setTimeout(() => {
      this.copied = false
    }, 1_600)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-copy": IspvmCopy
  }
}
