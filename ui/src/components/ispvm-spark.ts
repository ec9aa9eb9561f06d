import { css, html, LitElement, nothing, svg } from "lit"
import { customElement, property } from "lit/decorators.js"
import { sparkPath } from "../i18n/format/spark-path.ts"
import { utilities } from "../theme/utilities.ts"

/** A sparkline. Decorative beside its number. */
@customElement("ispvm-spark")
export class IspvmSpark extends LitElement {
  @property({ attribute: false }) values: readonly (number | null)[] = []
  @property({ type: Number }) width = 96
  @property({ type: Number }) height = 20
  @property({ type: Boolean, reflect: true }) filled = false

  static override styles = [
    utilities,
    css`
    :host {
      display: inline-block;
      vertical-align: middle;
      color: var(--chart-1);
      line-height: 0;
    }
    .line {
      fill: none;
      stroke: currentColor;
      stroke-width: 1.25;
      stroke-linejoin: round;
      vector-effect: non-scaling-stroke;
    }
    .area {
      fill: currentColor;
      opacity: 0.1;
    }
  `,
  ]

  override render() {
    const { line, area } = sparkPath(this.values, this.width, this.height - 2)
    return html`<svg class="fluid" viewBox="0 -1 ${this.width} ${this.height}" width=${this.width} height=${this.height} preserveAspectRatio="none" aria-hidden="true">
      ${this.filled ? svg`<path class="area" d=${area}/>` : nothing}${svg`<path class="line" d=${line}/>`}
    </svg>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-spark": IspvmSpark
  }
}
