import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import { count } from "../i18n/format/units.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import { emit } from "./emit.ts"
import "./ispvm-button.ts"

/** Where a page is in its list, from the appliance's answer. */
export type PagePosition = {
  readonly items: readonly unknown[]
  readonly next: string | null
  readonly previous: string | null
  readonly total: number
  readonly offset: number
}
/** The query of a page in the address; both empty: the newest. */
export type PageKeys = { readonly before: string; readonly after: string }
export const NEWEST: PageKeys = { before: "", after: "" }

const strings = t.lists

/**
 * "51–100 of 312" with a way to newer and older rows. Emits `turn-page` with the keys of the other
 * page.
 */
@customElement("ispvm-pager")
export class IspvmPager extends LitElement {
  @property({ attribute: false }) position: PagePosition | null = null
  /** Rows of a full page: what is nearer to the beginning is the newest page. */
  @property({ type: Number }) size = 50
  @property({ type: Boolean }) busy = false

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: var(--space-2);
      }
      span {
        color: var(--text-2);
        font-size: var(--type-small);
        margin-inline-end: auto;
      }
    `,
  ]

  override render() {
    const { position } = this
    if (position === null) return html``
    const { items, next, previous, total, offset } = position
    const isWhole = next === null && previous === null
    const text = isWhole
      ? strings.allRows(total)
      : strings.position(count(offset + 1), count(offset + items.length), count(total))
    return html`<div role="group" aria-label=${strings.pages}>
      <span role="status">${text}</span>
      ${isWhole ? "" : html`${this.#button("chevron-left", strings.newer, previous === null ? null : this.#newer(previous, offset))}${this.#button("chevron-right", strings.older, next === null ? null : { before: next, after: "" })}`}
    </div>`
  }

  #newer(previous: string, offset: number): PageKeys {
    return offset <= this.size ? NEWEST : { before: "", after: previous }
  }

  #button(icon: "chevron-left" | "chevron-right", label: string, to: PageKeys | null) {
    return html`<ispvm-button icon=${icon} ?disabled=${to === null || this.busy} @click=${() => to !== null && !this.busy && emit(this, "turn-page", to)}>${label}</ispvm-button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-pager": IspvmPager
  }
}
