import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { chance } from "../format/units.ts"
import { surenessOf } from "../state/sureness.ts"
import { t } from "../strings/strings.ts"
import { shared } from "../theme/shared.ts"

/** How sure something is, as word, figure and bar. `brief` fits a line of a list. Without a value there is nothing to say. */
@customElement("ispvm-confidence")
export class IspvmConfidence extends LitElement {
  @property({ type: Number }) value: number | null = null
  @property({ type: Boolean, reflect: true }) brief = false

  static override styles = [
    shared,
    css`
      :host([brief]) {
        display: inline-block;
        white-space: nowrap;
      }
      p {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
      }
      strong {
        font-size: var(--type-large);
        font-weight: 600;
        color: var(--text-strong);
      }
      .figure {
        margin-inline-start: auto;
        font-size: var(--type-large);
        font-weight: 600;
        color: var(--text-strong);
      }
      .bar {
        display: block;
        block-size: 6px;
        margin-block-start: 6px;
        border-radius: 3px;
        background: var(--surface-3);
        overflow: hidden;
      }
      .bar b {
        display: block;
        block-size: 100%;
        min-inline-size: 2px;
        border-radius: 3px;
        background: var(--text-2);
      }
      .brief {
        display: inline-flex;
        align-items: baseline;
        gap: 6px;
      }
      .brief .bar {
        align-self: center;
        inline-size: 28px;
        block-size: 4px;
        margin: 0;
        /* Lists tint their rows: the track is seen on any of them. */
        background: color-mix(in srgb, var(--text-3) 32%, transparent);
      }
    `,
  ]

  override render() {
    if (this.value === null) return nothing
    const word = t.causes.sureness[surenessOf(this.value)]
    const bar = html`<span class="bar" aria-hidden="true"><b style="inline-size:${this.value * 100}%"></b></span>`
    if (this.brief) return html`<span class="brief">${bar}<span>${word} ${chance(this.value)}</span></span>`
    return html`<p><strong>${word}</strong> <span class="figure">${chance(this.value)}</span></p>${bar}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-confidence": IspvmConfidence
  }
}
