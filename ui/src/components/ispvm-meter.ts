import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { styleMap } from "lit/directives/style-map.js"

/**
 * A value beside a bar of where it lies between `min` and `max`. Above `high` or below `low` the
 * text and the bar have the colour of a degradation; marks show the limits.
 */
@customElement("ispvm-meter")
export class IspvmMeter extends LitElement {
  @property({ type: Number }) value = 0
  @property({ type: Number }) min = 0
  @property({ type: Number }) max = 100
  @property({ type: Number }) low: number | null = null
  @property({ type: Number }) high: number | null = null
  @property() text = ""

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: var(--space-2);
      inline-size: 100%;
      max-inline-size: var(--size-48);
    }
    .bar {
      position: relative;
      flex: 1 1 auto;
      min-inline-size: var(--space-6);
      block-size: var(--space-1);
      border-radius: var(--radius-tiny);
      background: var(--surface-3);
      overflow: hidden;
    }
    i {
      position: absolute;
      inset-block: 0;
      inset-inline-start: 0;
      background: var(--chart-1);
    }
    i.outside {
      background: var(--status-degraded);
    }
    b {
      position: absolute;
      inset-block: 0;
      inline-size: var(--line-width);
      background: var(--text-2);
    }
    span.outside {
      color: var(--status-degraded-text);
      font-weight: var(--weight-strong);
    }
    .text {
      min-inline-size: 8ch;
      text-align: end;
      font-variant-numeric: tabular-nums;
    }
  `

  override render() {
    const { value, low, high } = this
    const tone = (low !== null && value < low) || (high !== null && value > high) ? "outside" : ""
    return html`<span class="text ${tone}">${this.text}</span>
      <span class="bar" aria-hidden="true">
        <i class=${tone} style=${styleMap({ inlineSize: `${this.#share(value)}%` })}></i>
        ${[low, high].map((limit) =>
          limit === null
            ? nothing
            : html`<b style=${styleMap({ insetInlineStart: `${this.#share(limit)}%` })}></b>`,
        )}
      </span>`
  }

  /** In per cent of the bar. */
  #share(value: number): number {
    const span = this.max - this.min
    return span <= 0 ? 0 : Math.min(100, Math.max(0, ((value - this.min) / span) * 100))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-meter": IspvmMeter
  }
}
