import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"

/**
 * Placeholder while loading. Hidden for the first 150 ms, so that fast answers cause no flicker.
 */
@customElement("ispvm-skeleton")
export class IspvmSkeleton extends LitElement {
  @property() shape: "rows" | "chart" | "figure" | "text" = "rows"
  @property({ type: Number }) lines = 6

  static override styles = [
    shared,
    css`
      :host {
        opacity: 0;
        animation: appear var(--time-instant) linear var(--time-delay) forwards;
        padding: var(--space-3) var(--space-4);
      }
      .bar {
        block-size: var(--space-2-5);
        border-radius: var(--radius-pill);
        background: var(--surface-3);
      }
      .rows .bar {
        margin-block: calc((var(--row-height) - var(--space-2-5)) / 2);
      }
      .text .bar {
        margin-block: var(--space-2-5);
      }
      .chart .bar {
        block-size: var(--size-38);
        border-radius: var(--radius);
      }
      .figure .bar {
        block-size: var(--space-7);
        inline-size: 60%;
      }
    `,
  ]

  override render() {
    const count = this.shape === "chart" || this.shape === "figure" ? 1 : this.lines
    const widths = ["92%", "74%", "86%", "61%", "80%", "68%"]
    return html`<div class=${this.shape} role="status" aria-label=${t.components.loading}>
      ${Array.from({ length: count }, (_, index) => html`<div class="bar breathe" style=${this.shape === "chart" ? "" : `inline-size:${widths[index % widths.length]}`}></div>`)}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-skeleton": IspvmSkeleton
  }
}
