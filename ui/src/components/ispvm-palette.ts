import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import { matches } from "../i18n/format/text-match.ts"
import { t } from "../i18n/strings/strings.ts"
import { contentsHost } from "../theme/hosts.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import type { IconName } from "./icons.ts"
import "./ispvm-icon.ts"
import "./ispvm-status.ts"

export type PaletteItem = {
  readonly key: string
  readonly kind: string
  readonly name: string
  readonly detail?: string
  readonly icon?: IconName
  readonly status?: Status
  /** Found for what is typed: it need not contain it. */
  readonly isFound?: boolean
}

const MAX_RESULTS = 12

/**
 * The command palette. Emits `pick-item` with the key of the item, `dismiss`, and `type-query` with
 * what is typed, for items that have to be looked up.
 */
@customElement("ispvm-palette")
export class IspvmPalette extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false
  @property({ attribute: false }) items: readonly PaletteItem[] = []
  @state() private query = ""
  /** The key of the chosen item, which may move while items arrive; empty: the first. */
  @state() private chosen = ""
  @query("dialog") private dialog: HTMLDialogElement | null | undefined

  static override styles = [
    shared,
    contentsHost,
    css`
      dialog {
        border: 0;
        padding: 0;
        margin: 10vh auto auto;
        inline-size: min(var(--size-150), calc(100vw - var(--space-6)));
        background: var(--surface-2);
        color: var(--text);
        border-radius: calc(var(--radius) * 1.5);
        box-shadow: var(--shadow);
        overflow: hidden;
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        padding-inline: var(--space-4);
        border-block-end: var(--line);
        color: var(--text-3);
      }
      input {
        flex: 1;
        border: 0;
        outline: 0;
        background: none;
        font: inherit;
        font-size: var(--type-large);
        color: var(--text-strong);
        block-size: var(--space-12);
      }
      /* Nothing else in the palette can have the focus: a ring around it would tell nothing. */
      input:focus-visible {
        outline: 0;
      }
      ul {
        max-block-size: 52vh;
        overflow: auto;
        padding: var(--space-1);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        padding: 0 var(--space-3);
        min-block-size: var(--space-9);
        border-radius: var(--radius);
        cursor: pointer;
      }
      .mark {
        inline-size: var(--space-4);
        display: grid;
        place-items: center;
        color: var(--text-3);
      }
      .name {
        color: var(--text-strong);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .nothing {
        padding: var(--space-5);
        color: var(--text-3);
        text-align: center;
      }
    `,
  ]

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.dialog) return
    if (this.open && !this.dialog.open) {
      this.query = ""
      this.chosen = ""
      this.dialog.showModal()
    }
    if (!this.open && this.dialog.open) this.dialog.close()
  }

  override render() {
    const found = this.#found()
    const at = this.#at(found)
    return html`<dialog aria-label=${t.components.paletteLabel} @cancel=${this.#onCancel} @click=${this.#onClick}>
      <div class="line">
        <ispvm-icon name="search"></ispvm-icon>
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="found"
          aria-activedescendant=${found.length > 0 ? `item-${at}` : nothing}
          aria-label=${t.components.paletteLabel}
          placeholder=${t.components.paletteLabel}
          autocomplete="off"
          spellcheck="false"
          .value=${this.query}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        />
      </div>
      <ul id="found" role="listbox" aria-label=${t.components.paletteLabel}>
        ${found.map((item, index) => this.#item(item, index, at))}
      </ul>
      ${found.length === 0 ? html`<p class="nothing">${t.components.paletteNone(this.query)}</p>` : nothing}
    </dialog>`
  }

  #item(item: PaletteItem, index: number, at: number) {
    return html`<li class="choice" id="item-${index}" role="option" aria-selected=${index === at ? "true" : "false"} @click=${() => this.#pick(item)}>
      <span class="mark">
        ${item.status === undefined ? html`<ispvm-icon name=${item.icon ?? "arrow-right"}></ispvm-icon>` : html`<ispvm-status compact status=${item.status}></ispvm-status>`}
      </span>
      <span class="name">${item.name}</span>
      ${item.detail === undefined ? nothing : html`<span class="caption nowrap">${item.detail}</span>`}
      <span class="caption nowrap push-end">${item.kind}</span>
    </li>`
  }

  #found(): readonly PaletteItem[] {
    const found: PaletteItem[] = []
    for (const item of this.items) {
      if (found.length >= MAX_RESULTS) break
      if (item.isFound === true || matches(this.query, item.name, item.detail ?? null, item.kind))
        found.push(item)
    }
    return found
  }

  #at(found: readonly PaletteItem[]): number {
    return Math.max(
      0,
      found.findIndex(({ key }) => key === this.chosen),
    )
  }

  #pick(item: PaletteItem): void {
    this.#dismiss()
    emit(this, "pick-item", item.key)
  }

  #dismiss(): void {
    this.open = false
    emit(this, "dismiss", null)
  }

  readonly #onInput = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    this.query = event.target.value
    this.chosen = ""
    emit(this, "type-query", this.query)
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    const found = this.#found()
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (step !== 0 && found.length > 0) {
      event.preventDefault()
      this.chosen = found[(this.#at(found) + step + found.length) % found.length]?.key ?? ""
    }
    const item = found[this.#at(found)]
    if (event.key === "Enter" && item !== undefined) this.#pick(item)
  }
  readonly #onCancel = (event: Event): void => {
    event.preventDefault()
    this.#dismiss()
  }
  readonly #onClick = (event: Event): void => {
    if (event.target === this.dialog) this.#dismiss()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-palette": IspvmPalette
  }
}
