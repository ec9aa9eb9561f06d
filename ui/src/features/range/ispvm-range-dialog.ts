import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import {
  type AbsoluteRange,
  checkRange,
  fieldMoment,
  fieldsOf,
  momentText,
  type RangeCheck,
  timeZone,
} from "./absolute-range.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-field.ts"

const strings = t.ranges
type End = "from" | "to"

/**
 * Dialog for a range from one moment to another. The fields are the browser's own: typed, picked
 * from its calendar, or from that of a phone. Emits `pick-range` and `dismiss`.
 */
@customElement("ispvm-range-dialog")
export class IspvmRangeDialog extends LitElement {
  @property({ type: Boolean }) open = false
  /** The range that is shown, which the fields begin with. */
  @property({ attribute: false }) range: AbsoluteRange | null = null
  /** Nothing older is stored; null: everything is kept. */
  @property({ attribute: false }) keptMs: number | null = null
  /** What a fixed range means for the page. */
  @property() note = ""
  @state() private filled: Readonly<Record<End, string>> = { from: "", to: "" }
  /** Errors are shown from the first attempt on, then with each change. */
  @state() private isChecked = false

  static override styles = [shared, contentsHost]

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open) return
    this.isChecked = false
    this.filled = this.range === null ? { from: "", to: "" } : fieldsOf(this.range)
  }

  override render() {
    // The dialog stays, so that it gives the focus back when it closes.
    return html`<ispvm-dialog ?open=${this.open} heading=${strings.heading} @dismiss=${this.#onDismiss}>
      ${this.open ? this.#form() : nothing}
      <ispvm-button slot="actions" kind="quiet" @click=${this.#onDismiss}>${t.components.cancel}</ispvm-button>
      <ispvm-button slot="actions" kind="primary" @click=${this.#onSubmit}>${strings.show}</ispvm-button>
    </ispvm-dialog>`
  }

  #form() {
    return html`<form class="stack-4" novalidate @submit=${this.#onSubmit}>
      ${this.#field("from")} ${this.#field("to")}
      <p class="caption">${strings.zone(timeZone())}${this.note === "" ? nothing : ` ${this.note}`}</p>
    </form>`
  }
  #field(end: End) {
    const atMs = fieldMoment(this.filled[end])
    return html`<ispvm-field
      type="datetime-local"
      name=${end}
      label=${strings[end]}
      .value=${this.filled[end]}
      error=${this.#error(end)}
      hint=${atMs === null ? "" : momentText(atMs)}
      @change-value=${(event: CustomEvent<string>) => this.#fill(end, event.detail)}
    ></ispvm-field>`
  }

  #check(): RangeCheck {
    const { from, to } = this.filled
    const limits = { nowMs: nowMs(), keptMs: this.keptMs }
    return checkRange(fieldMoment(from), fieldMoment(to), limits)
  }
  #error(end: End): string {
    const check = this.#check()
    if (!this.isChecked || check.ok) return ""
    const problem = check.problems.find((each) => each.end === end)
    return problem === undefined ? "" : strings.problem[problem.reason]
  }
  #fill(end: End, text: string): void {
    this.filled = { ...this.filled, [end]: text }
  }

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault()
    this.isChecked = true
    const check = this.#check()
    if (check.ok) emit<AbsoluteRange>(this, "pick-range", check.range)
    else {
      const end = check.problems[0]?.end ?? "from"
      this.renderRoot.querySelector<HTMLElement>(`ispvm-field[name="${end}"]`)?.focus()
    }
  }
  readonly #onDismiss = (event: Event): void => {
    event.stopPropagation()
    emit(this, "dismiss", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-range-dialog": IspvmRangeDialog
  }
}
