import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { ROUTES } from "./routes.ts"
import "../components/ispvm-dialog.ts"

/** Keyboard shortcuts, except those of pages that do not exist. */
@customElement("ispvm-keys-help")
export class IspvmKeysHelp extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-2) var(--space-5);
        align-items: baseline;
      }
      kbd {
        font-family: var(--font-mono);
        font-size: var(--type-small);
        padding: var(--line-width) var(--space-1-5);
        border: var(--line-strong);
        border-radius: var(--radius-small);
        color: var(--text-2);
      }
    `,
  ]

  override render() {
    const known = new Set(ROUTES.map((route) => `g ${route.sidebar?.key}`))
    const keys = t.shell.keyHelp.filter(([key]) => !key.startsWith("g ") || known.has(key))
    return html`<ispvm-dialog ?open=${this.open} heading=${t.components.keysTitle}>
      <dl>${keys.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
    </ispvm-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-keys-help": IspvmKeysHelp
  }
}
