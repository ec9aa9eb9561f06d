import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { stackHost } from "../theme/hosts.ts"
import { emit } from "./emit.ts"
import type { Choice } from "./ispvm-select.ts"
import "@vaadin/multi-select-combo-box"

/** Selects any number of many. Emits `change-values`. */
@customElement("ispvm-multi-select")
export class IspvmMultiSelect extends LitElement {
  @property() label = ""
  @property() placeholder = ""
  @property({ attribute: false }) values: readonly string[] = []
  @property({ attribute: false }) choices: readonly Choice[] = []
  /** The label is only for screen readers, because the context shows it. */
  @property({ type: Boolean }) bare = false

  static override styles = stackHost

  override render() {
    return html`<vaadin-multi-select-combo-box
      label=${this.bare ? nothing : this.label}
      accessible-name=${this.bare ? this.label : nothing}
      placeholder=${this.placeholder}
      item-value-path="value"
      item-label-path="label"
      item-id-path="value"
      clear-button-visible
      .items=${[...this.choices]}
      .selectedItems=${this.choices.filter(({ value }) => this.values.includes(value))}
      @change=${this.#onChange}
    ></vaadin-multi-select-combo-box>`
  }

  readonly #onChange = (event: Event): void => {
    const { selectedItems = [] } = event.target as unknown as { selectedItems?: readonly Choice[] }
    this.values = selectedItems.map(({ value }) => value)
    emit(this, "change-values", this.values)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-multi-select": IspvmMultiSelect
  }
}
