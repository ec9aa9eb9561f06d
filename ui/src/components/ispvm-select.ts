import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { live } from "lit/directives/live.js"
import { control } from "../theme/control.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-icon.ts"

export type Choice = { readonly value: string; readonly label: string }

/**
 * Selects one of a few with the native list, which works with every keyboard, touch screen and
 * screen reader. Emits `change-value`. It shows `value`, so what the owner rejects is not shown.
 */
@customElement("ispvm-select")
export class IspvmSelect extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true }
  @property() label = ""
  @property() hint = ""
  @property({ reflect: true }) error = ""
  @property() value = ""
  @property({ attribute: false }) choices: readonly Choice[] = []
  @property({ type: Boolean }) disabled = false
  /** The label is only for screen readers, because the context shows it. */
  @property({ type: Boolean }) bare = false

  static override styles = [
    shared,
    control,
    css`
      select {
        appearance: none;
        padding-inline-end: var(--space-8);
        cursor: pointer;
        text-overflow: ellipsis;
      }
      .box ispvm-icon {
        position: absolute;
        inset-inline-end: var(--space-2);
        inset-block-start: calc(50% - var(--space-2));
        pointer-events: none;
        color: var(--text-3);
      }
    `,
  ]

  override render() {
    return html`
      <label for="select" class=${this.bare ? "hidden-visually" : "label"}>${this.label}</label>
      <div class="box">
        <select
          id="select"
          ?disabled=${this.disabled}
          aria-invalid=${this.error === "" ? nothing : "true"}
          aria-describedby=${this.error !== "" ? "error" : this.hint !== "" ? "hint" : nothing}
          @change=${this.#onChange}
        >
          ${this.choices.map((each) => html`<option value=${each.value} .selected=${live(each.value === this.value)}>${each.label}</option>`)}
        </select>
        <ispvm-icon name="chevron-down" size="14"></ispvm-icon>
      </div>
      ${this.error === "" ? nothing : html`<div id="error" class="error">${this.error}</div>`}
      ${this.hint === "" ? nothing : html`<div id="hint" class="caption">${this.hint}</div>`}
    `
  }

  readonly #onChange = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return
    emit(this, "change-value", event.target.value)
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-select": IspvmSelect
  }
}
