import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { bounds, type Range, SPANS } from "../device/range.ts"
import {
  type AbsoluteRange,
  addressRange,
  rangeQuery,
  rangeText,
  SERIES_KEPT_MS,
} from "./absolute-range.ts"
import { problemText } from "./problem-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-icon.ts"
import "./ispvm-range-dialog.ts"

const strings = t.ranges
export type RangeQuery = { readonly range: string; readonly from: string; readonly to: string }

/**
 * The time range of a page's charts: a preset that follows the present, or a range from one moment
 * to another, which stands still. Emits `change-range` with the new query of the page.
 */
@customElement("ispvm-range-bar")
export class IspvmRangeBar extends LitElement {
  @property({ attribute: false }) range: Range | null = null
  /** The preset of an address without a range. */
  @property() preset = ""
  /** Of the page: it may hold a range that cannot be shown. */
  @property({ attribute: false }) query = new URLSearchParams()
  @state() private isOpen = false

  static override styles = shared

  override render() {
    const { range } = this
    if (range === null) return nothing
    const fixed = range.kind === "fixed" ? range : null
    return html`<div class="ranges" role="group" aria-label=${strings.label}>
        ${SPANS.map(
          ({ key }) =>
            html`<ispvm-chip ?active=${range.kind === "live" && range.key === key} @click=${() => this.#pickPreset(key)}>${strings.spans[key]}</ispvm-chip>`,
        )}
        <ispvm-chip ?active=${fixed !== null} @click=${() => this.#setOpen(true)}><ispvm-icon name="calendar-clock" size="14"></ispvm-icon>${fixed === null ? strings.custom : rangeText(fixed, nowMs())}</ispvm-chip>
        ${fixed === null ? nothing : html`<ispvm-button kind="quiet" icon="rotate-cw" @click=${this.#onLive}>${strings.backToLive}</ispvm-button>`}
        <span class="caption push-end wide-only">${t.components.chartHint}</span>
      </div>
      ${this.#problem()}
      <ispvm-range-dialog
        ?open=${this.isOpen}
        .range=${bounds(range, nowMs())}
        .keptMs=${SERIES_KEPT_MS}
        note=${strings.fixed}
        @pick-range=${this.#onPick}
        @dismiss=${() => this.#setOpen(false)}
      ></ispvm-range-dialog>`
  }

  #problem() {
    const check = addressRange(this.query, { nowMs: nowMs(), keptMs: SERIES_KEPT_MS })
    if (check === null || check.ok) return nothing
    return html`<p class="space-before form-error" role="alert">${strings.ignored(problemText(check.problems))}</p>`
  }

  #pickPreset(key: string): void {
    this.#change({ range: key === this.preset ? "" : key, ...rangeQuery(null) })
  }
  #change(changes: RangeQuery): void {
    emit<RangeQuery>(this, "change-range", changes)
  }
  #setOpen(isOpen: boolean): void {
    this.isOpen = isOpen
  }

  readonly #onPick = (event: CustomEvent<AbsoluteRange>): void => {
    this.#change({ range: "", ...rangeQuery(event.detail) })
    this.#setOpen(false)
  }
  readonly #onLive = (): void => this.#change({ range: "", ...rangeQuery(null) })
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-range-bar": IspvmRangeBar
  }
}
