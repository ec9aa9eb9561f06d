import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { stackHost } from "../theme/hosts.ts"
import { emit } from "./emit.ts"
import type { Choice } from "./ispvm-select.ts"
import "@vaadin/combo-box"

/**
 * Selects one of many; typing filters the list. Emits `change-value`. For a few choices, use
 * `ispvm-select`.
 */
@customElement("ispvm-combobox")
export class IspvmCombobox extends LitElement {
  @property() label = ""
  @property() hint = ""
  @property() error = ""
  @property() value = ""
  @property({ attribute: false }) choices: readonly Choice[] = []
  /** The label is only for screen readers, because the context shows it. */
  @property({ type: Boolean }) bare = false

  static override styles = stackHost

  override render() {
    return html`<vaadin-combo-box
      label=${this.bare ? nothing : this.label}
      accessible-name=${this.bare ? this.label : nothing}
      helper-text=${this.hint === "" ? nothing : this.hint}
      error-message=${this.error}
      ?invalid=${this.error !== ""}
      manual-validation
      item-value-path="value"
      item-label-path="label"
      .items=${[...this.choices]}
      .value=${this.value}
      @change=${this.#onChange}
    ></vaadin-combo-box>`
  }

  readonly #onChange = (event: Event & { readonly target: EventTarget | null }): void => {
    const value = (event.target as { readonly value?: unknown } | null)?.value
    this.value = typeof value === "string" ? value : ""
    emit(this, "change-value", this.value)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-combobox": IspvmCombobox
  }
}
