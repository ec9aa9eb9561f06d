import { html, LitElement } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { type AbsoluteRange, addressRange, rangeQuery, rangeText } from "./absolute-range.ts"
import { problemText } from "./problem-text.ts"
import { WHEN_PRESETS } from "./when-query.ts"
import "../../components/ispvm-select.ts"
import "./ispvm-range-dialog.ts"

const strings = t.ranges
const FIXED = "fixed"
const CUSTOM = "custom"
export type WhenQuery = { readonly span: string; readonly from: string; readonly to: string }

/**
 * The time of a list's rows: a preset, or a range from one moment to another. Emits `change-when`
 * with the new query of the page.
 */
@customElement("ispvm-when")
export class IspvmWhen extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true }
  @property() label = ""
  /** The label is only for screen readers, because the context shows it. */
  @property({ type: Boolean }) bare = false
  /** Of the page: `span`, or `from` and `to`. */
  @property({ attribute: false }) query = new URLSearchParams()
  @state() private isOpen = false

  static override styles = shared

  override render() {
    const limits = { nowMs: nowMs(), keptMs: null }
    const check = addressRange(this.query, limits)
    const fixed = check?.ok === true ? check.range : null
    const choices = [
      ...WHEN_PRESETS,
      ...(fixed === null ? [] : [{ value: FIXED, label: rangeText(fixed, limits.nowMs) }]),
      { value: CUSTOM, label: strings.custom },
    ]
    return html`<ispvm-select
        ?bare=${this.bare}
        label=${this.label}
        .value=${fixed === null ? (this.query.get("span") ?? "") : FIXED}
        .choices=${choices}
        error=${check === null || check.ok ? "" : strings.ignored(problemText(check.problems))}
        @change-value=${this.#onChange}
      ></ispvm-select>
      <ispvm-range-dialog ?open=${this.isOpen} .range=${fixed} @pick-range=${this.#onPick} @dismiss=${this.#onDismiss}></ispvm-range-dialog>`
  }

  #change(span: string, range: AbsoluteRange | null): void {
    emit<WhenQuery>(this, "change-when", { span, ...rangeQuery(range) })
  }

  /** The select shows what the address says: after a dialog that is left, the choice before it. */
  readonly #onChange = (event: CustomEvent<string>): void => {
    event.stopPropagation()
    this.isOpen = event.detail === CUSTOM
    if (event.detail !== CUSTOM && event.detail !== FIXED) this.#change(event.detail, null)
  }
  readonly #onPick = (event: CustomEvent<AbsoluteRange>): void => {
    this.isOpen = false
    this.#change("", event.detail)
  }
  readonly #onDismiss = (): void => {
    this.isOpen = false
    const select = this.renderRoot.querySelector("ispvm-select")
    if (select !== null)
      select.value = this.query.has("from") ? FIXED : (this.query.get("span") ?? "")
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-when": IspvmWhen
  }
}
