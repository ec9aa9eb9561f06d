import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { probabilityText } from "../i18n/format/units.ts"
import { t } from "../i18n/strings/strings.ts"
import { confidenceLevelOf } from "../state/confidence-level.ts"
import { shared } from "../theme/shared.ts"

/**
 * Confidence as word, number and bar. `compact` fits a list row. Renders nothing without a value.
 */
@customElement("ispvm-confidence")
export class IspvmConfidence extends LitElement {
  @property({ type: Number }) value: number | null = null
  @property({ type: Boolean, reflect: true }) compact = false

  static override styles = [
    shared,
    css`
      :host([compact]) {
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
        font-weight: var(--weight-strong);
        color: var(--text-strong);
      }
      .figure {
        margin-inline-start: auto;
        font-size: var(--type-large);
        font-weight: var(--weight-strong);
        color: var(--text-strong);
      }
      .bar {
        display: block;
        block-size: var(--space-1-5);
        margin-block-start: var(--space-1-5);
        border-radius: var(--radius-tiny);
        background: var(--surface-3);
        overflow: hidden;
      }
      .bar b {
        display: block;
        block-size: 100%;
        min-inline-size: var(--space-0-5);
        border-radius: var(--radius-tiny);
        background: var(--text-2);
      }
      .compact {
        display: inline-flex;
        align-items: baseline;
        gap: var(--space-1-5);
      }
      .compact .bar {
        align-self: center;
        inline-size: var(--space-7);
        block-size: var(--space-1);
        margin: 0;
        /* Lists tint their rows: the track is seen on any of them. */
        background: color-mix(in srgb, var(--text-3) 32%, transparent);
      }
    `,
  ]

  override render() {
    if (this.value === null) return nothing
    const word = t.causes.confidenceLevel[confidenceLevelOf(this.value)]
    const bar = html`<span class="bar" aria-hidden="true"><b style="inline-size:${this.value * 100}%"></b></span>`
    if (this.compact)
      return html`<span class="compact">${bar}<span>${word} ${probabilityText(this.value)}</span></span>`
    return html`<p><strong>${word}</strong> <span class="figure">${probabilityText(this.value)}</span></p>${bar}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-confidence": IspvmConfidence
  }
}
