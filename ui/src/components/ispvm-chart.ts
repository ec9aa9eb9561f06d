import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import uPlot from "uplot"
import uplotCss from "uplot/dist/uPlot.min.css?inline"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import {
  type ChartData,
  type ChartLimit,
  type ChartMark,
  type ChartRange,
  type ChartSeries,
  columnsOf,
  columnValues,
  shapeOf,
  valueAt,
} from "./chart-model.ts"
import { chartOptions } from "./chart-options.ts"
import { emit } from "./emit.ts"

/**
 * A chart of values over time. Emits `chart-zoom` with a ChartRange, and `chart-reset`; the page
 * owns the range, so that all charts follow.
 */
@customElement("ispvm-chart")
export class IspvmChart extends LitElement {
  @property() heading = ""
  @property({ attribute: false }) data: ChartData = { atMs: [], series: [] }
  @property({ attribute: false }) range: ChartRange | null = null
  @property({ attribute: false }) marks: readonly ChartMark[] = []
  @property({ attribute: false }) format: (value: number | null) => string = (value) =>
    value === null ? t.terms.none : `${value}`
  @property({ type: Number }) height = 150
  @property({ type: Number, attribute: "min-range" }) minRange = 0
  /** Horizontal line, if it is in range. */
  @property({ type: Number }) limit: number | null = null
  /** Limits of the thing itself: always in range, what is beyond them is tinted. */
  @property({ attribute: false }) limits: readonly ChartLimit[] = []
  @property() sync = "page"
  @state() private cursor: number | null = null
  @query(".plot") private box: HTMLDivElement | null | undefined
  #plot: uPlot | undefined
  #shape = ""
  #observer: ResizeObserver | undefined

  static override styles = [
    unsafeCSS(uplotCss),
    shared,
    css`
      :host {
        min-inline-size: 0;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: var(--space-4);
        align-items: baseline;
        padding: var(--space-3) var(--space-4) var(--space-1);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0 var(--space-4);
        flex: 1;
      }
      h3 {
        font-size: var(--type-base);
        font-weight: var(--weight-strong);
        color: var(--text-strong);
        white-space: nowrap;
      }
      .key {
        display: inline-flex;
        gap: var(--space-1-5);
        align-items: center;
        font-size: var(--type-small);
        color: var(--text-2);
      }
      .key i {
        inline-size: var(--space-2-5);
        block-size: var(--space-0-5);
        border-radius: var(--radius-tiny);
      }
      .key b {
        font-weight: var(--weight-medium);
        color: var(--text-strong);
        min-inline-size: 7ch;
      }
      .plot {
        position: relative;
        padding-inline: var(--space-2);
      }
      .none {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        color: var(--text-3);
      }
      .uplot {
        font-family: inherit;
      }
      .u-select {
        background: var(--selection);
      }
      .u-hz .u-cursor-x {
        border-inline-end: var(--line-width) solid var(--text-3);
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("ispvm-theme", this.#onTheme)
    this.#shape = ""
    this.requestUpdate()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("ispvm-theme", this.#onTheme)
    this.#observer?.disconnect()
    this.#plot?.destroy()
    this.#plot = undefined
  }

  override updated(changed: PropertyValues<this>): void {
    if (!this.box) return
    const shape = `${shapeOf(this.data)}\n${this.height} ${this.limit} ${JSON.stringify(this.limits)}`
    if (this.#plot === undefined || shape !== this.#shape) this.#draw(shape)
    else if (changed.has("data")) this.#plot.setData(this.#columns(), false)
    if (changed.has("data") || changed.has("range") || changed.has("marks")) this.#fit()
  }

  override render() {
    const empty = this.data.series.every((each) => each.values.every((value) => value == null))
    return html`<header>
        <h3>${this.heading}</h3>
        <div class="legend">${this.data.series.map((each) => this.#key(each))}</div>
      </header>
      <div class="plot" style="block-size:${this.height}px" role="img" aria-label=${this.#ariaLabel()} title=${nothing}>
        ${empty ? html`<span class="none">${t.components.chartNone}</span>` : nothing}
      </div>`
  }

  #key(series: ChartSeries) {
    return html`<span class="key"
      ><i style="background:var(--${series.colour})"></i>${series.label}<b>${this.format(valueAt(series.values, this.cursor))}</b></span
    >`
  }

  #ariaLabel(): string {
    const values = this.data.series.map(
      (each) => `${each.label} ${this.format(valueAt(each.values, null))}`,
    )
    return `${this.heading}: ${values.join(", ")}`
  }

  #columns(): uPlot.AlignedData {
    const columns = columnsOf(this.data.series).map((column) =>
      columnValues(this.data.series, column),
    )
    return [this.data.atMs.map((at) => at / 1_000), ...columns]
  }

  #draw(shape: string): void {
    if (!this.box) return
    this.#plot?.destroy()
    this.#shape = shape
    const tokens = getComputedStyle(this)
    const size = { width: Math.max(80, this.box.clientWidth - 16), height: this.height }
    const appearance = {
      colour: (token: string) => tokens.getPropertyValue(token).trim(),
      format: (value: number | null) => this.format(value),
      minRange: this.minRange,
      sync: this.sync,
      limit: this.limit,
      limits: this.limits,
    }
    const options = chartOptions(this.data, size, appearance, {
      marks: () => this.marks,
      onCursor: (index) => {
        this.cursor = index
      },
      onSelect: (fromMs, toMs) =>
        emit<ChartRange>(this, "chart-zoom", {
          fromMs: Math.round(fromMs),
          toMs: Math.round(toMs),
        }),
      onReset: () => emit(this, "chart-reset", null),
    })
    this.#plot = new uPlot(options, this.#columns(), this.box)
    this.#observer?.disconnect()
    this.#observer = new ResizeObserver(() => {
      if (this.box)
        this.#plot?.setSize({ width: Math.max(80, this.box.clientWidth - 16), height: this.height })
    })
    this.#observer.observe(this.box)
    this.#fit()
  }

  #fit(): void {
    const first = this.data.atMs[0]
    const last = this.data.atMs.at(-1)
    const fromMs = this.range?.fromMs ?? first
    const toMs = this.range?.toMs ?? last
    if (fromMs !== undefined && toMs !== undefined)
      this.#plot?.setScale("x", { min: fromMs / 1_000, max: toMs / 1_000 })
  }

  readonly #onTheme = (): void => {
    this.#shape = ""
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-chart": IspvmChart
  }
}
