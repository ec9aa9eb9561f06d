import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "./emit.ts"
import "@vaadin/menu-bar"

export type MenuEntry = {
  readonly key: string
  readonly label: string
  readonly checked?: boolean
  readonly disabled?: boolean
  readonly entries?: readonly MenuEntry[]
}
type BarItem = {
  text: string
  key: string
  checked?: boolean
  disabled?: boolean
  keepOpen?: boolean
  children?: BarItem[]
}

/**
 * One or several buttons that open menus. Emits `pick-entry` with the key of the entry; a checkable
 * entry keeps the menu open.
 */
@customElement("ispvm-menu")
export class IspvmMenu extends LitElement {
  @property() label = ""
  @property({ attribute: false }) entries: readonly MenuEntry[] = []
  @property({ type: Boolean }) disabled = false

  override render() {
    const items: BarItem[] = [{ text: this.label, key: "", children: this.entries.map(itemOf) }]
    return html`<vaadin-menu-bar
      aria-label=${this.label}
      ?disabled=${this.disabled}
      theme=${nothing}
      .items=${items}
      @item-selected=${this.#onSelected}
    ></vaadin-menu-bar>`
  }

  readonly #onSelected = (
    event: CustomEvent<{ readonly value: { readonly key?: string } }>,
  ): void => {
    const { key = "" } = event.detail.value
    if (key !== "") emit(this, "pick-entry", key)
  }
}

const itemOf = ({ key, label, checked, disabled, entries }: MenuEntry): BarItem => ({
  key,
  text: label,
  ...(checked === undefined ? {} : { checked, keepOpen: true }),
  ...(disabled === undefined ? {} : { disabled }),
  ...(entries === undefined ? {} : { children: entries.map(itemOf) }),
})

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-menu": IspvmMenu
  }
}
